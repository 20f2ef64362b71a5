import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { type Asked, drainTiny, openTiny, startTiny, type Told, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const date = { date: new Date(NOW).toUTCString() };
const expired = [{ status: 400, path: "code", equals: "expired" }];
const object = {
  pagination: { type: "cursor", next: "next", place: { in: "query", name: "page" }, stop: { expired } },
  changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 0 },
};
const RAN_OUT: Told = { status: 400, body: { code: "expired" } };
const list = ({ query }: Asked): Told => {
  const page = Number(query.get("page")?.slice(1) ?? 0);
  return { headers: date, body: { data: [{ id: `r${page}` }], next: page < 2 ? `p${page + 1}` : null } };
};
const drain = (from: string | null = null, more: object = object, http: object = {}) =>
  drainTiny(() => openTiny(tiny.origin, tinyManifest(more, http), NOW), from).then(
    ({ ids, cursor }) => ({ ids, cursor }),
    (error) => (isAppError(error) ? { code: error.code } : Promise.reject(error)),
  );
/** Answers as `then` does, after the second page has run out `times` times. */
const runsOut = (times: number, then = list, told = RAN_OUT) => {
  let left = times;
  tiny.state.asked.length = 0;
  tiny.state.answer = (asked) => (asked.query.get("page") === "p1" && left-- > 0 ? told : then(asked));
};

describe("the token of a page runs out", () => {
  test("the pass is begun anew, and reads everything", async () => {
    runsOut(1);
    expect(await drain()).toMatchObject({ ids: ["r0", "r0", "r1", "r2"] });
  });
  test("of changes from the same moment", async () => {
    runsOut(0);
    const first = await drain();
    runsOut(2);
    const second = await drain("cursor" in first ? first.cursor : null);
    expect(second).toMatchObject({ ids: ["r0", "r0", "r0", "r1", "r2"] });
    const since = tiny.state.asked.map(({ query }) => query.get("since"));
    expect(new Set(since)).toEqual(new Set([new Date(NOW).toISOString()]));
    expect("cursor" in second && JSON.parse(second.cursor)).toEqual("cursor" in first && JSON.parse(first.cursor));
  });
  test("a whole reading that shows what is gone begins again with it", async () => {
    runsOut(1);
    const scans: unknown[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await openTiny(tiny.origin, tinyManifest({ ...object, deletes: { by: "scan" } }), NOW).readPage(cursor);
      scans.push(page.scan);
      if (page.done) break;
      cursor = page.cursor;
    }
    const later = { first: false, trusted: true };
    expect(scans).toEqual([{ first: true, trusted: true }, later, { first: true, trusted: true }, later, later]);
  });
  test("in a 200 as well, where errors are told so", async () => {
    const told = { body: { ok: false, code: "expired" } };
    const stop = { expired: [{ status: 200, path: "code", equals: "expired" }] };
    const http = { success: { path: "ok", equals: true } };
    const fine = (asked: Asked): Told => ({ ...list(asked), body: { ...(list(asked).body as object), ok: true } });
    runsOut(1, fine, told);
    expect(await drain(null, { ...object, pagination: { ...object.pagination, stop } }, http)).toMatchObject({
      ids: ["r0", "r0", "r1", "r2"],
    });
  });
  test("sooner than it can be used: that is an error, and no end", async () => {
    runsOut(1_000);
    expect(await drain()).toEqual({ code: "provider_invalid_response" });
    expect(tiny.state.asked.length).toBeLessThan(20);
  });
  test("any other refusal, and one of a first page, is what it is", async () => {
    runsOut(1, list, { status: 400, body: { code: "malformed" } });
    expect(await drain()).toEqual({ code: "provider_invalid_response" });
    tiny.state.answer = () => RAN_OUT;
    expect(await drain()).toEqual({ code: "provider_invalid_response" });
  });
});
