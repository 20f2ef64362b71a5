import { afterAll, beforeAll, expect, test } from "vitest";
import { openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const place = (name: string) => ({ in: "query" as const, name });
const scan = { deletes: { by: "scan", everyMs: 1 } };

/** One pass: its ids, and whether it shows who is missing: at once (`trusted`), or only with another one (`moving`). */
async function pass(object: object, from: string | null = null) {
  const manifest = tinyManifest({ ...scan, ...object });
  const ids: string[] = [];
  let [cursor, trusted, moving] = [from, true, false];
  for (let pages = 1; pages < 50; pages++) {
    const page = await openTiny(tiny.origin, manifest).readPage(cursor);
    ids.push(...page.records.map(({ id }) => id));
    trusted &&= page.scan?.trusted ?? true;
    moving ||= page.scan?.moving ?? false;
    cursor = page.cursor;
    if (page.done) return { ids, trusted, moving, cursor };
  }
  throw new Error("no end");
}

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ({ id: `r${from + n}` }));

test("offsets that must be multiples of the limit are asked as they are, and one such reading buries nobody", async () => {
  const asked: string[] = [];
  tiny.state.answer = ({ query }) => {
    const [offset, limit] = [Number(query.get("offset")), Number(query.get("limit"))];
    asked.push(String(offset));
    if (offset % limit !== 0) return { status: 400, body: { message: "offset must be divisible by limit" } };
    return { body: { data: rows(7).slice(offset, offset + limit), hasMore: offset + limit < 7 } };
  };
  const pagination = { type: "offset", place: place("offset"), limit: { place: place("limit"), value: 2 }, stop: { more: "hasMore" } };
  expect(await pass({ pagination })).toMatchObject({ ids: rows(7).map(({ id }) => id), trusted: true, moving: true });
  expect(asked).toEqual(["0", "1", "2", "4", "6"]); // it is asked back once, and no more
});

test("what is refused without going back as well is an error", async () => {
  tiny.state.answer = ({ query }) => (query.get("offset") === "0" ? { body: { data: rows(2) } } : { status: 400, body: { message: "no" } });
  const object = { pagination: { type: "offset", place: place("offset") } };
  await expect(pass(object)).rejects.toMatchObject({ code: "provider_invalid_response" });
});

const BY_TOKEN = { type: "cursor", next: "next", place: place("start") };

test("a token that is a count passes over rows when others go, and says so", async () => {
  for (const [first, step] of [
    [0, 2],
    [1, 2],
    [1, 1],
  ] as const) {
    let left = rows(6);
    tiny.state.answer = ({ query }) => {
      const at = Number(query.get("start") ?? first);
      const from = step === 1 ? (at - first) * 2 : at - first;
      const data = left.slice(from, from + 2);
      if (from === 0) left = left.slice(1);
      return { body: { data, next: from + 2 < left.length ? at + step : null } };
    };
    const read = await pass({ pagination: BY_TOKEN });
    expect([read.ids.includes("r2"), read.moving]).toEqual([false, true]);
  }
});

test("a first page of fewer rows than were asked for, which itself leads on, may be passed over as well", async () => {
  const fewer = { limit: { place: place("limit"), value: 4 } };
  for (const [pagination, onward] of [
    [{ ...BY_TOKEN, ...fewer }, (at: number) => ({ next: at })],
    [{ type: "link", next: "next", ...fewer }, (at: number) => ({ next: `/rows?start=${at}` })],
  ] as const) {
    let left = rows(6);
    tiny.state.answer = ({ query }) => {
      const from = Number(query.get("start") ?? 0);
      const data = left.slice(from, from + 3); // it gives three a page, whatever is asked for
      if (from === 0) left = left.slice(1);
      return { body: { data, ...(from + 3 < left.length ? onward(from + 3) : {}) } };
    };
    const read = await pass({ pagination });
    expect([read.ids.includes("r3"), read.moving]).toEqual([false, true]);
  }
});

test("a token that is no count is none", async () => {
  const next: Record<string, unknown> = { none: 8_812_345, 8812345: "f00d", f00d: null };
  tiny.state.answer = ({ query }) => ({ body: { data: rows(2, tiny.state.asked.length * 2), next: next[query.get("start") ?? "none"] } });
  expect(await pass({ pagination: BY_TOKEN })).toMatchObject({ trusted: true, moving: false });
});

test("a total told on any page holds for the end: fewer came, and nobody is gone by that", async () => {
  const told = { data: rows(2), total: 5, next: "x" };
  tiny.state.answer = ({ query }) => ({ body: query.has("start") ? { data: [] } : told });
  expect(await pass({ total: "total", pagination: BY_TOKEN })).toMatchObject({ ids: ["r0", "r1"], trusted: false });
  expect(await pass({ pagination: { ...BY_TOKEN, stop: { total: "total" } } })).toMatchObject({ trusted: false });
  const statuses = [{ status: 404, path: "code", equals: "end" }];
  tiny.state.answer = ({ query }) => (query.get("page") === "1" ? { body: told } : { status: 404, body: { code: "end" } });
  const ended = { type: "page", place: place("page"), stop: { statuses } };
  expect(await pass({ total: "total", pagination: ended })).toMatchObject({ ids: ["r0", "r1"], trusted: false });
  // What is left, told on every page, and the whole, told once.
  const left: Record<string, object> = { none: { data: rows(2), total: 3, next: "x" }, x: { data: rows(1, 2), total: 1 } };
  tiny.state.answer = ({ query }) => ({ body: left[query.get("start") ?? "none"] });
  expect(await pass({ total: "total", pagination: BY_TOKEN })).toMatchObject({ trusted: true });
  left["x"] = { data: rows(1, 2) };
  expect(await pass({ total: "total", pagination: BY_TOKEN })).toMatchObject({ trusted: true });
});
