import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { type Asked, drainTiny, openTiny, startTiny, type Told, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

type Rows = { id: string; at: string }[];
const rowsOf = (n: number): Rows => Array.from({ length: n }, (_, i) => ({ id: String(1_000 + i), at: "2026-01-01T00:00:00Z" }));
type Style = { pagination: object; list?: object; answer: (asked: Asked, rows: Rows, size: number) => Told };

const number = (asked: Asked, name: string, otherwise: number) => Number(asked.query.get(name) ?? otherwise);
const place = (name: string) => ({ in: "query", name });
const limit = { place: place("limit"), value: 7 };
/** A page at a row, with whatever leads on from it. */
const from = (rows: Rows, start: number, size: number, more: (next: number | null) => object): Told => ({
  body: { data: rows.slice(start, start + size), ...more(start + size < rows.length ? start + size : null) },
});

/** Every style of the connector format, as a source of that style answers. `size` is the source's own idea of a page. */
const STYLES: Record<string, Style> = {
  "cursor: body to query": {
    pagination: { type: "cursor", next: "meta.next", place: place("cursor"), limit },
    answer: (asked, rows, size) => from(rows, number(asked, "cursor", 0), size, (next) => ({ meta: { next } })),
  },
  "cursor: header to header": {
    pagination: { type: "cursor", next: { header: "X-Next" }, place: { in: "header", name: "X-From" } },
    answer: (asked, rows, size) => {
      const start = Number(asked.headers["x-from"] ?? 0);
      return {
        body: { data: rows.slice(start, start + size) },
        ...(start + size < rows.length ? { headers: { "x-next": String(start + size) } } : {}),
      };
    },
  },
  "cursor: into a POST body": {
    list: { method: "POST", path: "/search", body: { sort: "id" } },
    pagination: { type: "cursor", next: "pages.next", place: { in: "body", name: "pagination.starting_after" } },
    answer: (asked, rows, size) =>
      from(rows, Number(JSON.parse(asked.body).pagination?.starting_after ?? 0), size, (next) => ({
        pages: { next: next === null ? null : String(next) },
      })),
  },
  "cursor: skip token in an address, flag says the end": {
    pagination: {
      type: "cursor",
      next: "links.next",
      pattern: "page%5Bcursor%5D=([^&]+)",
      place: place("page[cursor]"),
      stop: { more: "more" },
    },
    answer: (asked, rows, size) =>
      from(rows, number(asked, "page[cursor]", 0), size, (next) => ({
        more: next !== null,
        links: { next: `https://x/?page%5Bcursor%5D=${next ?? 0}` },
      })),
  },
  "next address: absolute": {
    pagination: { type: "link", next: "next" },
    answer: (asked, rows, size) =>
      from(rows, number(asked, "p", 0), size, (next) => (next === null ? {} : { next: `https://api.example.com/things?p=${next}` })),
  },
  "next address: relative, in a list of links": {
    pagination: { type: "link", next: "links.[rel=next].href" },
    answer: (asked, rows, size) =>
      from(rows, number(asked, "p", 0), size, (next) => ({
        links: [{ rel: "self", href: "x" }, ...(next === null ? [] : [{ rel: "next", href: `?p=${next}` }])],
      })),
  },
  "OData: relative to the service": {
    list: { path: "/odata/v4/shop/Things" },
    pagination: { type: "link", next: "@odata\\.nextLink", against: "base" },
    answer: (asked, rows, size) =>
      from(rows, number(asked, "$skiptoken", 0), size, (next) =>
        next === null ? {} : { "@odata.nextLink": `odata/v4/shop/Things?$skiptoken=${next}` },
      ),
  },
  "next address: of a host inside, which is not ours": {
    pagination: { type: "link", next: "next", against: "own_host" },
    answer: (asked, rows, size) =>
      from(rows, number(asked, "page", 0), size, (next) => ({ next: next === null ? null : `http://app-7:8000/things?page=${next}` })),
  },
  "Link header": {
    pagination: { type: "link" },
    answer: (asked, rows, size) => {
      const start = number(asked, "page", 0);
      const link = start + size < rows.length ? { headers: { link: `</things?page=${start + size}>; rel="next"` } } : {};
      return { body: { data: rows.slice(start, start + size) }, ...link };
    },
  },
  "page: until an empty one": {
    pagination: { type: "page", place: place("page") },
    answer: (asked, rows, size) => from(rows, (number(asked, "page", 1) - 1) * size, size, () => ({})),
  },
  "page: pages counted in a header, 400 past the end": {
    pagination: {
      type: "page",
      place: place("page"),
      stop: { pages: { header: "x-total-pages" }, statuses: [{ status: 400, path: "code", equals: "past" }] },
    },
    answer: (asked, rows, size) => {
      const start = (number(asked, "page", 1) - 1) * size;
      if (start > 0 && start >= rows.length) return { status: 400, body: { code: "past" } };
      return { ...from(rows, start, size, () => ({})), headers: { "x-total-pages": String(Math.ceil(rows.length / size)) } };
    },
  },
  "page: 204 past the end": {
    pagination: { type: "page", place: place("page"), first: 0, stop: { statuses: [{ status: 204 }] } },
    answer: (asked, rows, size) => {
      const start = number(asked, "page", 0) * size;
      return start >= rows.length ? { status: 204, body: "" } : from(rows, start, size, () => ({}));
    },
  },
  "page: the last one again and again": {
    pagination: { type: "page", place: place("page"), stop: { repeated: true } },
    answer: (asked, rows, size) => {
      const last = Math.max(0, Math.ceil(rows.length / size) - 1);
      return from(rows, Math.min(last, number(asked, "page", 1) - 1) * size, size, () => ({}));
    },
  },
  "page: a short one is the last": {
    pagination: { type: "page", place: place("page"), limit, stop: { short: true } },
    answer: (asked, rows, size) => from(rows, (number(asked, "page", 1) - 1) * size, size, () => ({})),
  },
  "offset: from 0, clamped, total": {
    pagination: { type: "offset", place: place("offset"), limit: { place: place("limit"), value: 500 }, stop: { total: "total" } },
    answer: (asked, rows, size) => from(rows, number(asked, "offset", 0), size, () => ({ total: rows.length })),
  },
  "offset: from 1, inside an expression": {
    list: { path: "/query", query: { query: "select * from T startposition {offset} maxresults {limit}" } },
    pagination: { type: "offset", first: 1, limit: { value: 9 } },
    answer: (asked, rows, size) =>
      from(rows, Number(/startposition (\d+) maxresults 9/.exec(asked.query.get("query") ?? "")?.[1]) - 1, size, () => ({})),
  },
  "offset: take and skip among GraphQL variables": {
    list: { method: "POST", path: "/graphql", body: { query: "query($o:O){things(o:$o){id}}", variables: { o: { take: 5 } } } },
    pagination: { type: "offset", place: { in: "body", name: "variables.o.skip" } },
    answer: (asked, rows, size) => from(rows, JSON.parse(asked.body).variables.o.skip, size, () => ({})),
  },
  keyset: {
    pagination: { type: "keyset", place: place("starting_after"), limit, stop: { more: "has_more" } },
    answer: (asked, rows, size) => {
      const start = rows.findIndex((row) => row.id === asked.query.get("starting_after")) + 1;
      return from(rows, start, size, (next) => ({ has_more: next !== null }));
    },
  },
  "range: of a header": {
    pagination: {
      type: "range",
      size: 5,
      place: { in: "header", name: "range", template: "items={value}" },
      stop: { total: { header: "content-range" } },
    },
    answer: (asked, rows, size) => {
      const [, start = 0] = /items=(\d+)-(\d+)/.exec(String(asked.headers["range"])) ?? [];
      return {
        ...from(rows, Number(start), Math.min(5, size), () => ({})),
        headers: { "content-range": `items ${start}-x/${rows.length}` },
      };
    },
  },
  "range: rows of a sheet, in the path": {
    list: { path: "/values/A{from}:Z{to}" },
    pagination: { type: "range", first: 2, size: 5 },
    answer: (asked, rows, size) =>
      from(rows, Number(/A(\d+)/.exec(decodeURIComponent(asked.path))?.[1]) - 2, Math.min(5, size), () => ({})),
  },
  none: { pagination: { type: "none" }, answer: (_, rows) => ({ body: { data: rows } }) },
};

describe.each(Object.entries(STYLES))("%s", (_, { pagination, list, answer }) => {
  const manifest = tinyManifest({ pagination, ...(list ? { list } : {}) });
  test("any number of rows, any size of page, begun anew at any cursor: every row is read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(23), fc.integer({ min: 1, max: 9 }), fc.nat(100), async (count, size, pick) => {
        const rows = rowsOf(count);
        tiny.state.answer = (asked) => answer(asked, rows, size);
        const open = () => openTiny(tiny.origin, manifest);
        const { ids, cursors } = await drainTiny(open);
        expect([...new Set(ids)]).toEqual(rows.map((row) => row.id));
        const n = pick % (cursors.length - 1); // the last one begins the next pass
        const before = new Set<string>();
        for (const cursor of cursors.slice(0, n))
          for (const record of (await open().readPage(cursor ?? null)).records) before.add(record.id);
        const rest = await drainTiny(open, cursors[n] ?? null);
        expect(new Set([...before, ...rest.ids]).size).toBe(rows.length);
      }),
      { numRuns: 12 },
    );
  });
  test("broken answers are never the end", async () => {
    const good = rowsOf(3);
    const broken = fc.oneof(
      fc.constantFrom<Told>(
        { body: "<html>Sign in</html>", headers: { "content-type": "text/html" } },
        { body: '{"data":[{"id":"1"}', headers: { "content-type": "application/json" } },
        { body: "", headers: { "content-type": "application/json" } },
        { status: 302, headers: { location: "/login?next=x" }, body: "" },
        { status: 304, body: "" },
        { status: 404, body: { message: "gone" } },
        { status: 429, body: {} },
        { body: { error: "x", data: null } },
      ),
      fc
        .anything({ maxDepth: 2 })
        .map((value): Told => ({ body: { data: typeof value === "object" && Array.isArray(value) ? { value } : value } })),
      fc.constantFrom<Told>({ body: [] }, { body: null }, { body: 5 }, { body: { data: {} } }, { body: { Data: [] } }),
    );
    await fc.assert(
      fc.asyncProperty(broken, fc.boolean(), async (told, later) => {
        const state = { n: 0 };
        tiny.state.answer = (asked) => (later && state.n++ === 0 ? answer(asked, good, 1) : told);
        const outcome = await drainTiny(() => openTiny(tiny.origin, manifest)).then(
          (got) => got,
          (error) => (isAppError(error) ? error.code : Promise.reject(error)),
        );
        if (later && pagination && (pagination as { type: string }).type === "none") return;
        expect(outcome).toEqual(expect.any(String));
      }),
      { numRuns: 25 },
    );
  });
});

describe("signs that contradict", () => {
  const read = (pagination: object, body: object) => {
    tiny.state.answer = () => ({ body });
    return drainTiny(() => openTiny(tiny.origin, tinyManifest({ pagination }))).then(
      () => "done",
      (error) => error.code,
    );
  };
  test.each([
    [
      "more is said, no token",
      { type: "cursor", next: "next", place: place("c"), stop: { more: "more" } },
      { data: [{ id: "1" }], more: true },
    ],
    ["a token that is none", { type: "cursor", next: "next", place: place("c") }, { data: [{ id: "1" }], next: { a: 1 } }],
    ["an address that is none", { type: "link", next: "next" }, { data: [{ id: "1" }], next: "http://[" }],
    ["a last row without key", { type: "keyset", place: place("c"), key: "k" }, { data: [{ id: "1" }] }],
  ])("%s", async (_, pagination, body) => expect(await read(pagination, body)).toBe("provider_invalid_response"));
  test("a next address on another host is refused", async () =>
    expect(await read({ type: "link", next: "next" }, { data: [], next: "https://evil.example/x" })).toBe("provider_invalid_response"));
});
