import { afterAll, beforeAll, expect, test } from "vitest";
import { openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const place = (name: string) => ({ in: "query" as const, name });
const read = (object: object) => openTiny(tiny.origin, tinyManifest(object)).readPage(null);
const wrong = { code: "provider_invalid_response" };

test("a full page whose way on is looked for in the wrong place is an error; a list of just so many is none", async () => {
  const cursor = (next: string) => ({
    pagination: { type: "cursor", next, place: place("after"), limit: { place: place("limit"), value: 4 } },
  });
  const holds = (count: number) => {
    tiny.state.answer = ({ query }) => {
      const limit = Number(query.get("limit"));
      const data = Array.from({ length: Math.min(limit, count) }, (_, n) => ({ id: `n${n}` }));
      return { body: { data, ...(count > limit ? { meta: { cursors: { after: "x" } } } : {}) } };
    };
  };
  holds(9);
  await expect(read(cursor("meta.cursor.after"))).rejects.toMatchObject({
    ...wrong,
    message: expect.stringContaining("meta.cursor.after"),
  });
  holds(4);
  expect((await read(cursor("meta.cursors.after"))).records).toHaveLength(4);
});

test("an absent list beside another list of records is an error, and not none", async () => {
  tiny.state.answer = () => ({ body: { r: { customers: [{ id: "1" }] } } });
  await expect(read({ records: "r.custmers", leavesOutEmpty: true })).rejects.toMatchObject(wrong);
  tiny.state.answer = () => ({ body: { r: { links: [{ href: "/x" }] } } });
  expect((await read({ records: "r.customers", leavesOutEmpty: true })).records).toEqual([]);
});

const NAMED = { fields: ["id", "name"].map((path) => ({ path, type: "string", title: path })) };
const xml = (body: string) => {
  tiny.state.answer = () => ({ headers: { "content-type": "application/xml" }, body });
  return { protocol: { type: "xml" } };
};

test("an empty list that is rightly left out is none, whatever stands beside it", async () => {
  const none = async (object: object, http: object = {}) =>
    expect((await openTiny(tiny.origin, tinyManifest({ ...NAMED, ...object }, http)).readPage(null)).records).toEqual([]);
  tiny.state.answer = () => ({ body: { links: [{ rel: "self", href: "/x" }], count: 0 } });
  await none({ records: "lines", leavesOutEmpty: true });
  tiny.state.answer = () => ({ body: { included: [{ id: "u1", name: "a user" }], dates: [{ id: "7" }] } });
  await none({ records: "data", leavesOutEmpty: true });
  tiny.state.answer = () => ({ body: { data: [{ id: "o1", links: [{ rel: "self" }] }] } });
  await none({ id: ["oid", "n"], nested: { list: "lines", with: { oid: "id" }, leavesOutEmpty: true } });
  await none({ records: "r.customer" }, xml("<r><store><id>7</id><name>x</name></store></r>"));
  const changes = { since: place("since"), format: "iso", inclusive: true, lookbackMs: 0 };
  await none({ records: "r.ticket", changes }, xml("<r><requester><id>77</id><name>x</name></requester></r>"));
});

test("keys in no order lead past others, and are refused", async () => {
  tiny.state.answer = () => ({ body: { data: [{ id: 3 }, { id: 1 }, { id: 2 }] } });
  await expect(read({ pagination: { type: "keyset", place: place("after") } })).rejects.toMatchObject(wrong);
  tiny.state.answer = () => ({ body: { data: ["03", "01", "02"].map((day) => ({ id: day, at: `2026-01-${day}T10:00:00+01:00` })) } });
  await expect(read({ pagination: { type: "keyset", key: "at", place: place("after") } })).rejects.toMatchObject(wrong);
});

test.each([
  ["fractions that are left out where they are none", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.500Z", "2026-01-01T00:00:01Z"]],
  ["fractions whose noughts are left out", ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.51Z", "2026-01-01T00:00:00.6Z"]],
  ["finer than we count", ["2026-01-01T00:00:00.0001Z", "2026-01-01T00:00:00.00011Z", "2026-01-01T00:00:00.0002Z"]],
  ["the end of summer time", ["2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T03:00:00+01:00"]],
  ["the end of summer time on clocks without a zone", ["2026-10-25T02:30:00", "2026-10-25T02:10:00", "2026-10-25T03:00:00"]],
  ["a zone and none", ["2026-01-01T12:00:00", "2026-01-01T04:30:00Z", "2026-01-01T13:00:00"]],
  ["what is no moment", ["2026-01-01 week 2", "2026-01-01 week 10", "2026-01-01 week 3"]],
  ["texts of digits in the order of texts", ["1", "10", "9"]],
  ["numbers that a collation puts in its own order", ["1.5", "10", "-2"]],
])("keys in an order that is right, or that nobody knows, are read: %s", async (_, keys) => {
  tiny.state.answer = ({ query }) => ({ body: { data: query.has("after") ? [] : keys.map((at, n) => ({ id: `k${n}`, at })) } });
  expect((await read({ pagination: { type: "keyset", key: "at", place: place("after") } })).records).toHaveLength(3);
});
