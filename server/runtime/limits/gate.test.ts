import { expect, test } from "vitest";
import { fits } from "./gate";

test.each<[string, string[], string[]]>([
  [
    "/objects/*/search",
    ["/objects/a/search", "/objects/a/search/"],
    ["/objects/search", "/objects/a/b/search", "/v1/objects/a/search", "/objects/a"],
  ],
  ["/reports/**", ["/reports", "/reports/1", "/reports/1/2"], ["/report", "/a/reports/1"]],
  ["/**/items", ["/items", "/a/items", "/a/items/b/items"], ["/a/items/b"]],
  ["/a.b", ["/a.b"], ["/axb"]],
])("%s", (pattern, yes, no) => {
  expect(yes.filter((path) => !fits(pattern, path))).toEqual([]);
  expect(no.filter((path) => fits(pattern, path))).toEqual([]);
});

test("a pattern full of stars ends", () => {
  expect(fits("/**/a".repeat(200), `/${"a/".repeat(5_000)}b`)).toBe(false);
});
