import { expect, test } from "vitest";
import { linkIn } from "./link-header";

test.each([
  ['<https://a/?page=2>; rel="next"', "https://a/?page=2"],
  ['<https://a/?page=2>; title="x, y"; rel="next"', "https://a/?page=2"],
  ['<https://a/?ids=1,2>; rel=next; type="a/b"', "https://a/?ids=1,2"],
  ['<https://a/1>; rel="prev first", </2> ; REL = "last NEXT"', "/2"],
  ['<https://a/1>;rel="prev";title="say \\"rel=next\\", <b>; rel=next",<https://a/3>;rel=next', "https://a/3"],
  ['<https://a/1>; rel="x-next"', null],
  ['<https://a/1>; rel="next-archive", <https://a/2>; rel=nextish', null],
  ['<https://a/1>; rel="self"; rel="next"', null],
  ['<https://a/1>; title="; rel=next"', null],
  ["", null],
])("%s → %s", (header, address) => expect(linkIn(header, "next")).toBe(address));

test("a header that never ends costs no time", () => {
  expect(linkIn(`<x>${"; a=".repeat(20_000)}"`, "next")).toBeNull();
  expect(linkIn(`<x>${' ;a="\\'.repeat(20_000)}`, "next")).toBeNull();
});
