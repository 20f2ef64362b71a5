import { describe, expect, test } from "vitest";
import { compileReader } from "#server/mapping/paths";
import { type StoredSource, samplesOf } from "./samples";
import { leavesOf, sourceFields } from "./source-fields";

const KNOWN = [
  { path: "id", type: "string", title: "Record ID" },
  { path: "properties.email", type: "string", title: "Email" },
];

describe("source fields", () => {
  test("the connector's own first and in its order, then what the records hold besides", () => {
    const records = [
      { id: "1", properties: { email: "", zeta: 4 } },
      { id: "2", properties: { email: "a@b.example", alpha: "2026-11-21T09:00:00Z" }, tags: ["x"] },
    ];
    expect(sourceFields(KNOWN, records)).toEqual([
      { path: "id", type: "string", title: "Record ID", example: "1" },
      { path: "properties.email", type: "string", title: "Email", example: "a@b.example" },
      { path: "properties.alpha", type: "datetime", title: null, example: "2026-11-21T09:00:00Z" },
      { path: "properties.zeta", type: "number", title: null, example: "4" },
      { path: "tags", type: "array", title: null, example: '["x"]' },
    ]);
  });

  test("names that no mapping can reach are left out, and depth is bounded", () => {
    const hostile = JSON.parse('{"__proto__":{"a":1},"constructor":2,"with.dot":3," pad":4,"":5,"ok":6}') as unknown;
    expect(leavesOf(hostile)).toEqual([["ok", 6]]);
    let deep: unknown = "end";
    for (let i = 0; i < 50; i++) deep = { n: deep };
    expect(leavesOf(deep)[0]?.[0].split(".")).toHaveLength(6);
  });

  test("entries of lists and names with a dot in them are offered by the path that reads them", () => {
    const record = {
      lines: [
        { sku: "A1", price: { amount: 3 } },
        { sku: "B2", gift: true },
      ],
      "a.b": "x",
    };
    expect(sourceFields([], [record]).map(({ path, type, example }) => [path, type, example])).toEqual([
      ['["a.b"]', "string", "x"],
      ["lines", "array", expect.stringContaining("A1")],
      ["lines[].gift", "boolean", "true"],
      ["lines[].price.amount", "number", "3"],
      ["lines[].sku", "string", "A1"],
    ]);
    for (const { path } of sourceFields([], [record])) expect(compileReader(path)(record)).not.toBeUndefined();
  });

  test("a long example is cut", () => {
    expect(sourceFields([], [{ text: "x".repeat(500) }])[0]?.example).toHaveLength(80);
  });
});

describe("samples", () => {
  const stored = (source: object, updatedAt: string): StoredSource => ({ source: JSON.stringify(source), updatedAt, customer: "Globex" });

  test("newest, oldest, emptiest and longest, each record once", () => {
    const newest = stored({ a: "1", b: "2" }, "2026-03-01T00:00:00Z");
    const oldest = stored({ a: "1", b: null, c: "" }, "2026-01-01T00:00:00Z");
    const longest = stored({ a: "1", b: "2".repeat(99) }, "2026-02-01T00:00:00Z");
    expect(samplesOf([longest, newest, oldest], null).map((sample) => sample.label)).toEqual([
      "Newest · Globex",
      "Oldest · Globex",
      "Longest · Globex",
    ]);
  });

  test("without records the connector's example, without that nothing", () => {
    expect(samplesOf([], { id: "151" })).toEqual([{ label: "Example", source: { id: "151" } }]);
    expect(samplesOf([], null)).toEqual([]);
  });
});
