import { describe, expect, it } from "vitest";
import { contrast, isHex } from "./contrast";

describe("contrast", () => {
  it("agrees with the definition", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 1);
    expect(contrast("#0f766e", "#0f766e")).toBe(1);
  });
  it("black or white reads on every colour", () => {
    for (let n = 0; n < 0xffffff; n += 4_099) {
      const hex = `#${n.toString(16).padStart(6, "0")}`;
      expect(Math.max(contrast(hex, "#000000"), contrast(hex, "#ffffff"))).toBeGreaterThanOrEqual(4.5);
    }
  });
  it("takes six digits only", () => {
    expect(isHex("#0f766e")).toBe(true);
    expect(isHex("teal")).toBe(false);
    expect(isHex("#fff")).toBe(false);
  });
});
