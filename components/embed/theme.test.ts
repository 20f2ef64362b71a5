import { describe, expect, it } from "vitest";
import { contrast } from "#components/ui/contrast";
import { lookFaults, mergeTheme, readableGround, schemeOf, themeVariables, withOwnFont } from "./theme";

const STORED = {
  accent: "#0f766e",
  background: null,
  surface: null,
  radius: 8,
  font: null,
  fontUrl: null,
  appearance: "auto",
  logoUrl: null,
} as const;

describe("the look of the frame", () => {
  it("is what the page asks for, else what the vendor stored; only colours, lengths and names get through", () => {
    expect(mergeTheme(STORED, { accent: "#AA0000" })).toEqual({ accent: "#aa0000", radius: 8, appearance: "auto" });
    expect(mergeTheme(STORED, { accent: "red;}" } as never).accent).toBe("#0f766e");
  });

  it.each([
    ["the system's choice", {}, null, null],
    ["the vendor's choice", { appearance: "dark" }, "dark", null],
    ["a dark ground decides", { background: "#141b19" }, "dark", "#141b19"],
    ["a light ground decides, whatever the system", { appearance: "auto", background: "#f6f3ec" }, "light", "#f6f3ec"],
    ["a ground that suits", { appearance: "dark", background: "#141b19" }, "dark", "#141b19"],
    ["a ground on which nobody could read", { appearance: "dark", background: "#f6f3ec" }, "dark", null],
  ] as const)("light or dark: %s", (_, theme, scheme, ground) => {
    expect(schemeOf(theme)).toMatchObject({ scheme, ground });
  });

  it("raises surfaces from the page's own dark ground, and takes that back with it", () => {
    expect(themeVariables({ background: "#141b19" })["--surface"]).toBe("color-mix(in oklab, #141b19 95%, white)");
    expect(themeVariables({ appearance: "light" })["--surface"]).toBeNull();
  });

  it("sinks what lies back into a light ground of the page's own, as far as text can be read there", () => {
    expect(themeVariables({ background: "#f6f3ec" })["--muted"]).toBe("#edeae4");
    for (const background of ["#f6f3ec", "#e4dcc8", "#dfe8ff"]) {
      const muted = themeVariables({ appearance: "light", background })["--muted"] ?? "";
      expect(contrast(muted, "#676a70")).toBeGreaterThanOrEqual(4.5);
    }
    expect(themeVariables({ appearance: "light" })["--muted"]).toBeNull();
  });

  it("moves a ground that text could not be read on, as little as it takes, and says so", () => {
    for (const [ground, scheme] of [
      ["#8a8f98", "light"],
      ["#5a5f6b", "dark"],
    ] as const) {
      const shown = themeVariables({ background: ground })["--frame-ground"] ?? "";
      expect(shown).toBe(readableGround(ground, scheme));
      expect(contrast(shown, scheme === "light" ? "#676a70" : "#96999f")).toBeGreaterThanOrEqual(4.5);
      expect(lookFaults({ background: ground })).toMatchObject([{ field: "background", corrected: shown }]);
    }
    expect(readableGround("#F6F3EC", "light")).toBe("#f6f3ec");
    expect(lookFaults({ accent: "#fde68a", appearance: "light" })).toMatchObject([{ field: "accent", corrected: null }]);
    expect(lookFaults({ accent: "#0f766e", background: "#f6f3ec" })).toEqual([]);
  });

  it("takes the vendor's surface where it suits the look", () => {
    expect(themeVariables({ appearance: "light", surface: "#fffaf0" })["--surface"]).toBe("#fffaf0");
    expect(themeVariables({ appearance: "dark", surface: "#fffaf0" })["--surface"]).toBeNull();
    expect(schemeOf({ surface: "#141b19" }).scheme).toBe("dark");
  });

  it("has fonts by name, ours by a word, and a file's own family first", () => {
    const font = (stored: object, asked = {}) => themeVariables(mergeTheme(withOwnFont({ ...STORED, ...stored }), asked))["--font"];
    expect(font({})).toBe("system-ui, sans-serif");
    expect(font({ font: "inter" })).toBe('"Inter Variable", system-ui, sans-serif');
    expect(font({ font: "Georgia" })).toBe("Georgia, system-ui, sans-serif");
    expect(font({ font: "Georgia", fontUrl: "https://acme.example/a.woff2" })).toBe('"Inlay Own", system-ui, sans-serif');
  });
});
