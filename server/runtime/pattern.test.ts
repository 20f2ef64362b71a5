import { expect, test } from "vitest";
import { matchPattern, patternFault } from "./pattern";

test("groups, the first group and the whole match are given; a whole match is one of all the text", () => {
  expect(matchPattern("key-(?<dc>us\\d+)", "key-us12")).toEqual({ groups: { dc: "us12" }, first: "us12", whole: "key-us12" });
  expect(matchPattern("us\\d+", "key-us12")).toBeNull();
  expect(matchPattern("page=(\\d+)", "?page=4&x", { whole: false })).toEqual({ groups: {}, first: "4", whole: "page=4" });
  expect(matchPattern("a|ab", "ab")?.whole).toBe("ab");
});

test("patterns that take ever longer elsewhere end here, whatever the text", () => {
  const long = "a".repeat(200_000);
  for (const pattern of ["(a|a)*b", "(a+)+b", "(a*)*b", "(.*a){12}b"]) expect(matchPattern(pattern, long)).toBeNull();
});

test("what cannot run in linear time is refused with a word why", () => {
  expect(patternFault("(?=x)")).toMatch(/look-around/);
  expect(patternFault("(a)\\1")).toMatch(/not a regular expression/);
  expect(patternFault("[a-z]+(?:\\.[a-z]+)*")).toBeNull();
});
