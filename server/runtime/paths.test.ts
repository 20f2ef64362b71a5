import { expect, test } from "vitest";
import { at } from "./paths";
import { parseXml } from "./protocols/xml";

const feed = (links: string, orders = "") => parseXml(`<feed>${links}<orders>${orders}</orders></feed>`);
const NEXT = `<link rel="next" href="/2"/>`;
const LINES = "<order><id>1</id><line><sku>a</sku></line><line><sku>b</sku></line></order>";

test("the element of a choice is found where there is one only, and where there are many", () => {
  const next = "feed.link.[@rel=next].@href";
  expect(at(feed(NEXT), next)).toBe("/2");
  expect(at(feed(`<link rel="self" href="/1"/>${NEXT}`), next)).toBe("/2");
  expect(at(feed('<link rel="self" href="/1"/>'), next)).toBeUndefined();
  expect(at({ link: { rel: "next", href: "/2" } }, "link.[rel=next].href")).toBe("/2");
});

test("a dot is part of what is chosen by, as it is of a name", () => {
  expect(at([{ url: "a.b", id: 1 }], "[url=a\\.b].id")).toBe(1);
  expect(at([{ "odata.type": "x.y", id: 1 }], "[odata\\.type=x\\.y].id")).toBe(1);
});

test("markup: one element is a list of one, by its place and for each", () => {
  const one = feed("", LINES);
  const two = feed("", LINES + LINES.replaceAll("a", "c"));
  expect([at(one, "feed.orders.order.0.id"), at(two, "feed.orders.order.0.id"), at(one, "feed.orders.order.1.id")]).toEqual([
    "1",
    "1",
    undefined,
  ]);
  expect(at(one, "feed.orders.order.*.id")).toEqual(["1"]);
  expect(at(two, "feed.orders.order.*.id")).toEqual(["1", "1"]);
  expect(at(one, "feed.orders.order.*.line.*.sku")).toEqual(["a", "b"]);
  expect(at(parseXml("<r><tag>x</tag></r>"), "r.tag.*")).toEqual(["x"]);
  expect(at(parseXml("<r><tag>x</tag></r>"), "r.tag.0")).toBe("x");
});

test("for each field still leads through elements of any name, and in JSON through an object's", () => {
  expect(at(parseXml("<Body><anyResponse><id>7</id></anyResponse></Body>"), "Body.*.id")).toEqual(["7"]);
  expect(at({ a: { x: 1 }, b: { x: 2 } }, "*.x")).toEqual([1, 2]);
});

test("lists in lists: one that has none adds none", () => {
  expect(at({ orders: [{ lines: [1] }, {}, { lines: [] }, { lines: [2] }] }, "orders.*.lines.*")).toEqual([1, 2]);
});
