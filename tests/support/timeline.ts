import fc from "fast-check";
import type { Egress } from "#server/runtime/egress";
import type { Manifest } from "#server/runtime/manifest";
import { tinyManifest } from "./tiny-manifest";

// A third party over whose records time passes: what it shows, when, and by which clock. It is the truth that readings are measured by.

type Row = { id: string; at: string; email: string; gone?: boolean };

/** How a third party tells of changes and of deletions, and how its clock and ours differ. */
export type Manner = {
  order: "unknown" | "updated_ascending";
  deletes: "mark" | "feed" | "scan";
  inclusive: boolean;
  windowed: boolean;
  /** Whether its answers say what time it is. */
  dated: boolean;
  /** How far our clock is ahead of its own, s. */
  driftS: number;
  /** Records on a page, and whether one of them comes twice. */
  size: number;
  repeats: boolean;
};

const LOOKBACK_S = 20;
/** How often everything is read where only that shows who is missing. */
export const SCAN_S = 240;
const PEOPLE = 7;

/** `spoil`: a put of what cannot be taken. */
export type Change = { who: number; what: "put" | "spoil" | "delete"; lagS: number };

export const manner: fc.Arbitrary<Manner> = fc
  .record({
    order: fc.constantFrom("unknown" as const, "updated_ascending" as const),
    deletes: fc.constantFrom("mark" as const, "feed" as const, "scan" as const),
    inclusive: fc.boolean(),
    windowed: fc.boolean(),
    dated: fc.boolean(),
    driftS: fc.integer({ min: -600, max: 600 }),
    size: fc.integer({ min: 1, max: 4 }),
    repeats: fc.boolean(),
  })
  // Without a date our own clock has to do, less what clocks usually differ.
  .map((one) => (one.dated ? one : { ...one, driftS: one.driftS % 110 }));

export const change: fc.Arbitrary<Change> = fc.record({
  who: fc.nat(PEOPLE - 1),
  what: fc.constantFrom("put" as const, "put" as const, "put" as const, "spoil" as const, "delete" as const),
  lagS: fc.constantFrom(0, 0, 1, LOOKBACK_S - 1),
});

export function manifestOf(one: Manner): Manifest {
  const plain = tinyManifest({
    key: { type: "api_key", title: "Key", fields: [{ key: "key", title: "Key", secret: true }], headers: { "x-api-key": "{key}" } },
  });
  const { updatedAt = "at", ...rest } = plain.objects["thing"] ?? {};
  const deletes = {
    mark: { by: "mark", path: "gone" },
    feed: { by: "feed", request: { path: "/gone" }, records: "items", id: "id", since: { in: "query", name: "since" } },
    scan: { by: "scan", everyMs: SCAN_S * 1_000 },
  }[one.deletes];
  const changes = {
    ...{ since: { in: "query", name: "since" }, format: "iso", inclusive: one.inclusive, lookbackMs: LOOKBACK_S * 1_000, order: one.order },
    ...(one.windowed ? { until: { in: "query", name: "until" }, window: { maxMs: 90_000 } } : {}),
  };
  return tinyManifest(plain.auth, { objects: { thing: { ...rest, updatedAt, deletes, changes } } as never });
}

const START_S = Date.parse("2026-03-01T12:00:00Z") / 1_000;
const iso = (s: number) => new Date(s * 1_000).toISOString();

export function timeline(one: Manner) {
  let nowS = START_S;
  let made = 0;
  /** As shown; a change stands here from when it is to be seen. */
  const shown = new Map<string, Row>();
  const coming: { fromS: number; row: Row }[] = [];
  const gone: { id: string; at: string }[] = [];
  const happened = new Map<string, { puts: number; deletions: number }>();
  const count = (id: string, what: "puts" | "deletions") => {
    const so = happened.get(id) ?? { puts: 0, deletions: 0 };
    happened.set(id, { ...so, [what]: so[what] + 1 });
  };
  /** What happens while a reading is under way: before each request one of them. */
  const meanwhile: Change[] = [];

  function settle(): void {
    for (const { row } of coming.filter((next) => next.fromS <= nowS)) if (row.at >= (shown.get(row.id)?.at ?? "")) shown.set(row.id, row);
    coming.splice(0, coming.length, ...coming.filter((next) => next.fromS > nowS));
  }

  function happens({ who, what, lagS }: Change): void {
    const id = `p${who}`;
    if (what !== "delete") {
      count(id, "puts");
      made++;
      const email = what === "put" ? `${id}.${made}@example.com` : "";
      return void coming.push({ fromS: nowS + lagS, row: { id, at: iso(nowS), email } });
    }
    // Whoever is deleted while a change of theirs is on its way stays deleted.
    coming.splice(0, coming.length, ...coming.filter(({ row }) => row.id !== id));
    const held = shown.get(id);
    if (!held || held.gone) return;
    count(id, "deletions");
    gone.push({ id, at: iso(nowS) });
    if (one.deletes === "mark") shown.set(id, { id, at: iso(nowS), email: held.email, gone: true });
    else shown.delete(id);
  }

  /** The rows of a list from `since` on and before `until`, in the list's order, after the one that `token` names. */
  function rows(query: URLSearchParams, of: readonly Row[], sorted: boolean): { items: Row[]; next: string | null } {
    const [since, until, token] = ["since", "until", "cursor"].map((name) => query.get(name));
    const place = (row: Row) => (sorted && since ? `${row.at} ${row.id}` : row.id);
    const left = of
      .filter((row) => (!since || (one.inclusive ? row.at >= since : row.at > since)) && (!until || row.at <= until))
      .filter((row) => !token || place(row) > token)
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
    const items = left.slice(0, one.size);
    const last = items.at(-1);
    return { items: one.repeats && items[0] ? [...items, items[0]] : items, next: left.length > one.size && last ? place(last) : null };
  }

  const egress: Egress = async ({ url }) => {
    const next = meanwhile.shift();
    if (next) happens(next);
    settle();
    const { pathname, searchParams } = new URL(url);
    const of = pathname.endsWith("/gone") ? gone.map((row) => ({ ...row, email: "" })) : [...shown.values()];
    const body = Buffer.from(JSON.stringify(rows(searchParams, of, one.order === "updated_ascending")));
    const headers = { "content-type": "application/json", ...(one.dated ? { date: new Date(nowS * 1_000).toUTCString() } : {}) };
    nowS += made % 2; // requests take time, sometimes
    return { status: 200, headers, body, url, ms: 1 };
  };

  return {
    happens,
    egress,
    /** Things that will happen during the next reading. */
    during: (changes: readonly Change[]) => void meanwhile.splice(0, meanwhile.length, ...changes),
    pass(seconds: number): void {
      nowS += seconds;
      settle();
    },
    clock: { now: () => new Date((nowS + one.driftS) * 1_000) },
    /** Who lives, as shown. */
    truth: () => new Map([...shown].filter(([, row]) => !row.gone)),
    /** Those among them that cannot be taken. */
    unfit: () => [...shown.values()].filter((row) => !row.gone && row.email === "").map(({ id }) => id),
    /** How often a record was changed and deleted. */
    happened: (id: string) => happened.get(id) ?? { puts: 0, deletions: 0 },
  };
}
