import { describe, expect, it } from "vitest";
import { mergeTheme, schemeOf, themeVariables } from "./theme";

const STORED = { accent: "#0f766e", radius: 8, font: null, appearance: "auto", logoUrl: null } as const;

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
    expect(schemeOf(theme)).toEqual({ scheme, ground });
  });

  it("raises surfaces from the page's own dark ground, and takes that back with it", () => {
    expect(themeVariables({ background: "#141b19" })["--surface"]).toBe("color-mix(in oklab, #141b19 95%, white)");
    expect(themeVariables({ appearance: "light" })["--surface"]).toBeNull();
  });
});
