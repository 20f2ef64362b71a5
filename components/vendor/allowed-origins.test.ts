import { describe, expect, it } from "vitest";
import { checkOrigin } from "./allowed-origins";

describe("allowed origins", () => {
  it("takes https anywhere and http on this machine in test", () => {
    expect(checkOrigin(" https://App.Example.com/ ", "live")).toEqual({ ok: true, origin: "https://app.example.com" });
    expect(checkOrigin("http://localhost:4600", "test")).toEqual({ ok: true, origin: "http://localhost:4600" });
  });
  it.each([
    ["https://*.example.com", "test"],
    ["https://example.com/app", "test"],
    ["example.com", "test"],
    ["http://example.com", "test"],
    ["http://localhost:4600", "live"],
    ["javascript:alert(1)", "test"],
    ["https://user@example.com", "test"],
  ] as const)("refuses %s in %s", (text, kind) => {
    expect(checkOrigin(text, kind).ok).toBe(false);
  });
});
