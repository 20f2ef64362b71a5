import { describe, expect, it } from "vitest";
import { buildTransform, hasSettings, settingWords, titleParts, typedTransform } from "#components/vendor/mapping/transform-settings";
import { Transform } from "#server/mapping/schema";
import { TRANSFORMS } from "#server/mapping/transforms/registry";

describe("settings of a transform", () => {
  it("every transform there is can be typed: each of its examples comes out as it was", () => {
    expect(TRANSFORMS.length).toBeGreaterThan(50);
    for (const { type, examples } of TRANSFORMS) {
      for (const { settings } of examples) {
        const transform = Transform.parse({ type, ...settings });
        expect(buildTransform(type, typedTransform(transform))).toEqual({ transform });
      }
    }
  });

  it("nothing takes effect before a person has chosen: nothing typed is refused, or leaves everything out", () => {
    for (const { type, params } of TRANSFORMS.filter(({ type }) => hasSettings(type))) {
      const built = buildTransform(type, {});
      const given = "transform" in built ? Object.entries(built.transform).filter(([name, value]) => name !== "type" && value !== "") : [];
      expect(given, `${type} ${Object.keys(params).join()}`).toEqual([]);
    }
    expect(buildTransform("money", {})).toMatchObject({ message: "Give either a currency or the path of one." });
    expect(buildTransform("minorUnits", {})).toMatchObject({ faults: { currency: "Fill this in." } });
    expect(buildTransform("parseDatetime", { pattern: "dd.MM.yyyy" })).toMatchObject({ faults: { zone: "Choose one." } });
  });

  it("says what is wrong with a setting beside it", () => {
    expect(buildTransform("round", { digits: "a few" })).toMatchObject({ faults: { digits: "A whole number from -12 to 20." } });
    expect(buildTransform("money", { currency: "XXL" })).toMatchObject({ message: expect.stringContaining("XXL") });
    expect(buildTransform("nullIf", { values: "\n" })).toHaveProperty("faults.values");
    expect(buildTransform("map", { values: [] })).toHaveProperty("faults.values");
  });

  it("keeps text that looks like a number text, when it is in quotes", () => {
    expect(buildTransform("default", { value: "12" })).toEqual({ transform: { type: "default", value: 12 } });
    expect(buildTransform("default", { value: '"12"' })).toEqual({ transform: { type: "default", value: "12" } });
    expect(typedTransform({ type: "default", value: "12" })).toEqual({ value: '"12"' });
  });

  it("shows the settings in a few words", () => {
    expect(settingWords({ type: "money", currency: "EUR", unit: "minor" })).toBe("EUR, minor");
    expect(settingWords({ type: "join", separator: ", " })).toBe("“, ”");
    expect(settingWords({ type: "map", values: { a: "b", c: "d" } })).toBe("2 values");
    expect(settingWords({ type: "trim" })).toBe("");
    expect(titleParts({ title: "Currency, for example EUR" })).toEqual({ label: "Currency", hint: "For example EUR." });
  });
});
