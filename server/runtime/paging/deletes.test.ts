import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SourcePage } from "#server/runtime/source";
import { openTiny, startTiny, type Told, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const date = { date: new Date(NOW).toUTCString() };
const changes = { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 60_000 };

/** Pages of one pass, from a cursor on. */
async function pass(object: object, from: string | null = null, nowMs = NOW): Promise<SourcePage[]> {
  const source = openTiny(tiny.origin, tinyManifest(object), nowMs);
  const pages: SourcePage[] = [];
  for (let cursor = from; pages.at(-1)?.done !== true; cursor = pages.at(-1)?.cursor ?? null) {
    pages.push(await source.readPage(cursor));
    expect(pages.length).toBeLessThan(20);
  }
  return pages;
}
const answers = (by: (path: string, query: URLSearchParams) => Told) => {
  tiny.state.asked.length = 0;
  tiny.state.answer = (asked) => {
    const told = by(asked.path, asked.query);
    return { ...told, headers: { ...date, ...told.headers } };
  };
};

test("a mark: the record that says it is deleted is no record, on full readings and among changes", async () => {
  const object = { changes, deletes: { by: "mark", path: "archived", equals: true } };
  answers(() => ({ body: { data: [{ id: "1" }, { id: "2", archived: true }, { id: "3", archived: false }] } }));
  const full = await pass(object);
  expect(full.map((page) => [page.records.map((one) => one.id), page.deleted])).toEqual([[["1", "3"], ["2"]]]);
  const later = await pass(object, full.at(-1)?.cursor ?? null);
  expect(later[0]?.deleted).toEqual(["2"]);
  expect(later[0]?.scan).toBeUndefined();
});

test("a mark of which the id stands elsewhere: one that is marked and known by nothing is a fault, and no deletion", async () => {
  const object = { changes, deletes: { by: "mark", path: "$deletedEntity", id: "gone" } };
  answers(() => ({ body: { data: [{ id: "1" }, { $deletedEntity: true, gone: "2" }, { $deletedEntity: true }] } }));
  const [page] = await pass(object);
  expect([page?.records.map((one) => one.id), page?.deleted, page?.faults.length]).toEqual([["1"], ["2"], 1]);
});

test("a feed: what was deleted is read page by page before what changed, from the same moment; the first reading has no need of it", async () => {
  const feed = {
    by: "feed",
    request: { path: "/deleted", query: { from: "{since}" } },
    pagination: { type: "cursor", next: "next", place: { in: "query", name: "after" } },
    records: "gone",
    id: "key",
  };
  answers((path, query) => {
    if (path !== "/deleted") return { body: { data: [{ id: "1" }] } };
    return query.get("after") === null ? { body: { gone: [{ key: "7" }], next: "b" } } : { body: { gone: [{ key: "8" }] } };
  });
  const object = { changes, deletes: feed };
  const first = await pass(object);
  expect(tiny.state.asked.map((one) => one.path)).not.toContain("/deleted");

  tiny.state.asked.length = 0;
  const second = await pass(object, first.at(-1)?.cursor ?? null);
  expect(second.map((page) => [page.records.map((one) => one.id), page.deleted, page.done])).toEqual([
    [[], [], false],
    [[], [], false],
    [["1"], ["7", "8"], true],
  ]);
  expect(tiny.state.asked.map((one) => one.query.get("from") ?? one.query.get("since"))).toEqual([
    "2026-11-21T11:59:00.000Z",
    "2026-11-21T11:59:00.000Z",
    "2026-11-21T11:59:00.000Z",
  ]);
  // And the pass after it begins with deletions again.
  expect(JSON.parse(second.at(-1)?.cursor ?? "")).toMatchObject({ mode: "deletes", since: "2026-11-21T11:59:00.000Z" });
});

describe("a feed that tells of a record that was made anew since", () => {
  const feed = { by: "feed", request: { path: "/deleted" }, records: "gone", id: "id" };
  const next = { type: "cursor", next: "next", place: { in: "query", name: "after" } };
  /** The pass after the first, of which the list of deletions says `gone`. */
  async function second(gone: readonly string[]): Promise<SourcePage[]> {
    answers((path, query) => {
      if (path === "/deleted") return { body: { gone: gone.map((id) => ({ id })) } };
      return { body: query.get("after") === null ? { data: [{ id: "8" }], next: "b" } : { data: [{ id: "1" }] } };
    });
    const object = { changes, deletes: feed, pagination: next };
    return pass(object, (await pass(object)).at(-1)?.cursor ?? null);
  }

  test("the record is not deleted, as it is among the changes; the others are when those are read", async () => {
    const pages = await second(["7", "8"]);
    expect(pages.map((page) => page.deleted)).toEqual([[], [], ["7"]]);
    expect(pages.map((page) => JSON.parse(page.cursor).gone)).toEqual([["7", "8"], ["7"], undefined]);
  });

  test("more than a cursor has room for is told at once", async () => {
    const many = Array.from({ length: 1_000 }, (_, n) => `many-${n}`);
    const pages = await second(many);
    expect(pages[0]?.deleted.length).toBeGreaterThan(0);
    expect(pages[0]?.cursor.length).toBeLessThan(10_000);
    expect(pages.flatMap((page) => page.deleted).sort()).toEqual(many.sort());
  });
});

test("a scan: a whole reading says where it begins and whether each of its records is known", async () => {
  const object = {
    pagination: { type: "cursor", next: "next", place: { in: "query", name: "after" } },
    deletes: { by: "scan" },
  };
  answers((_, query) =>
    query.get("after") === null ? { body: { data: [{ id: "1" }], next: "b" } } : { body: { data: [{ noid: true }, { id: "2" }] } },
  );
  const pages = await pass(object);
  expect(pages.map((page) => page.scan)).toEqual([
    { first: true, trusted: true },
    { first: false, trusted: false },
  ]);
});

test("a scan beside changes: only once in its time is everything read again", async () => {
  const object = { changes, deletes: { by: "scan", everyMs: 3_600_000 } };
  answers(() => ({ body: { data: [{ id: "1" }] } }));
  const full = await pass(object);
  const changed = await pass(object, full.at(-1)?.cursor ?? null, NOW + 60_000);
  expect([full[0]?.scan, changed[0]?.scan]).toEqual([{ first: true, trusted: true }, undefined]);
  date.date = new Date(NOW + 3_700_000).toUTCString();
  const due = await pass(object, changed.at(-1)?.cursor ?? null, NOW + 3_700_000);
  expect(due[0]?.scan).toBeUndefined();
  const again = await pass(object, due.at(-1)?.cursor ?? null, NOW + 3_700_000);
  expect(again[0]?.scan).toEqual({ first: true, trusted: true });
});

test("a reading that ends before the total that its source tells proves nothing of who is missing", async () => {
  answers(() => ({ body: { data: [{ id: "1" }], total: 5 } }));
  expect((await pass({ total: "total", deletes: { by: "scan" } }))[0]?.scan).toEqual({ first: true, trusted: false });
});
