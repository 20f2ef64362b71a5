import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { type Asked, drainTiny, openTiny, startTiny, type Told, thing, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const drain = (object: object, from: string | null = null) => {
  tiny.state.asked.length = 0;
  return drainTiny(() => openTiny(tiny.origin, tinyManifest(object), NOW), from);
};
const asked = () => tiny.state.asked.map(({ method, path, query, body }) => `${method} ${path}?${query} ${body}`.trim());

/** A journal of ids: whoever knows how far it was read is told what follows, two at a time. */
const journal = ["a", "b", "c", "d", "e"];
const told = (from: number, more: (next: number | null) => object): Told => ({
  body: { data: journal.slice(from, from + 2).map((id) => ({ id })), ...more(from + 2 < journal.length ? from + 2 : null) },
});

/** Each as its system's documentation has it. */
const STYLES: Record<string, { object: object; answer: (asked: Asked) => Told }> = {
  "an address for what is new, on the last page": {
    object: { pagination: { type: "link", next: "@odata\\.nextLink" }, changes: { token: { from: "@odata\\.deltaLink" } } },
    answer: ({ query }) =>
      told(Number(query.get("at") ?? 0), (next) => ({
        [next === null ? "@odata.deltaLink" : "@odata.nextLink"]: `https://api.example.com/things?at=${next ?? journal.length}`,
      })),
  },
  "a token beside that of pages": {
    object: {
      pagination: { type: "cursor", next: "nextPageToken", place: { in: "query", name: "pageToken" } },
      changes: { token: { from: "nextSyncToken", place: { in: "query", name: "syncToken" } } },
    },
    answer: ({ query }) =>
      told(Number(query.get("pageToken") ?? query.get("syncToken") ?? 0), (next) =>
        next === null ? { nextSyncToken: String(journal.length) } : { nextPageToken: String(next) },
      ),
  },
  "one token for pages and for what is new": {
    object: {
      list: { method: "POST", path: "/list", body: {} },
      pagination: { type: "cursor", next: "cursor", place: { in: "body", name: "cursor" }, stop: { more: "has_more" } },
      changes: { token: { from: "cursor" }, request: { method: "POST", path: "/continue", body: { cursor: "{token}" } } },
    },
    answer: ({ body }) => {
      const from = Number(JSON.parse(body).cursor ?? 0);
      return told(from, (next) => ({ cursor: String(next ?? journal.length), has_more: next !== null }));
    },
  },
  "a token to begin with, asked for before anything is read": {
    object: {
      pagination: { type: "cursor", next: "next", place: { in: "query", name: "page" } },
      changes: {
        token: { from: "start", request: { path: "/start" }, place: { in: "query", name: "page" } },
        request: { path: "/changes" },
        pagination: { type: "cursor", next: "next", place: { in: "query", name: "page" } },
      },
    },
    answer: ({ path, query }) =>
      path === "/start"
        ? { body: { start: String(journal.length) } }
        : told(Number(query.get("page") ?? 0), (next) => (next === null ? { start: String(journal.length) } : { next: String(next) })),
  },
};

describe.each(Object.entries(STYLES))("%s", (_, { object, answer }) => {
  test("everything is read once, then what is new, and when there is nothing, nothing", async () => {
    journal.length = 5;
    tiny.state.answer = answer;
    const first = await drain(object);
    expect(first.ids).toEqual(["a", "b", "c", "d", "e"]);
    const nothing = await drain(object, first.cursor);
    expect(nothing.ids).toEqual([]);
    journal.push("f", "g", "h");
    const second = await drain(object, nothing.cursor);
    expect(second.ids).toEqual(["f", "g", "h"]);
    expect((await drain(object, second.cursor)).ids).toEqual([]);
  });
  test("a token that is too old makes everything be read anew", async () => {
    journal.length = 5;
    tiny.state.answer = answer;
    const { cursor } = await drain(object);
    let asks = 0;
    tiny.state.answer = (one) => (asks++ === 0 ? { status: 410, body: { message: "too old" } } : answer(one));
    const again = await drain(object, cursor);
    expect(again.ids).toEqual(["a", "b", "c", "d", "e"]);
    expect(again.cursor).toBe(cursor);
  });
});

test("what begins with a token asks for it first, and not again", async () => {
  const { object = {}, answer } = STYLES["a token to begin with, asked for before anything is read"] ?? {};
  journal.length = 5;
  tiny.state.answer = answer ?? (() => ({}));
  const { cursor } = await drain(object);
  expect(asked()).toEqual(["GET /start?", "GET /things?", "GET /things?page=2", "GET /things?page=4"]);
  await drain(object, cursor);
  expect(asked()).toEqual(["GET /changes?page=5"]);
  tiny.state.answer = () => ({ body: {} });
  await expect(drain(object)).rejects.toMatchObject({ code: "provider_invalid_response" });
});

test("a source that tells no token is read whole; other refusals of one are errors", async () => {
  const object = { changes: { token: { from: "token", place: { in: "query", name: "since" } } } };
  tiny.state.answer = () => ({ body: { data: [{ id: "a" }] } });
  const { cursor } = await drain(object);
  expect(JSON.parse(cursor)).toMatchObject({ mode: "full" });
  tiny.state.answer = () => ({ body: { data: [], token: "7" } });
  const next = await drain(object);
  tiny.state.answer = () => ({ status: 400, body: {} });
  const code = await drain(object, next.cursor).catch((error) => isAppError(error) && error.code);
  expect(code).toBe("provider_invalid_response");
  const declared = { changes: { token: { ...object.changes.token, expired: [{ status: 400 }] } } };
  let asks = 0;
  tiny.state.answer = () => (asks++ === 0 ? { status: 400, body: {} } : { body: { data: [{ id: "a" }], token: "9" } });
  expect((await drain(declared, next.cursor)).ids).toEqual(["a"]);
});

test("a token belongs to one list; by time, both numbers must be said", () => {
  const token = { from: "token", place: { in: "query" as const, name: "since" } };
  expect(() => tinyManifest({ each: "other", changes: { token } }, {}, { other: thing })).toThrow(/one list/);
  expect(() => tinyManifest({ changes: { since: { in: "query", name: "since" } } })).toThrow(/inclusive[\s\S]*lookbackMs/);
});
