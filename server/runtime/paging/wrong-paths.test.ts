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

test("keys in no order lead past others, and are refused", async () => {
  tiny.state.answer = () => ({ body: { data: [{ id: 3 }, { id: 1 }, { id: 2 }] } });
  await expect(read({ pagination: { type: "keyset", place: place("after") } })).rejects.toMatchObject(wrong);
});
