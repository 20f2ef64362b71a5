import type { StoredSample } from "#server/lib/source-field";
import { whyNotFiltered } from "#server/mapping/only-values";
import { pathParts } from "#server/mapping/paths";

const MOST = 25;
/** Of one sample, and of all, as JSON text. */
const ONE = 16_000;
const ALL = 256_000;

type Incoming = { id: string; value: unknown };

/** How tightly a record is cut, from a little to hard: the first that fits is taken. */
const CUTS = [
  { text: 2_000, list: 50, names: 400, depth: 8 },
  { text: 500, list: 10, names: 200, depth: 6 },
  { text: 100, list: 3, names: 80, depth: 4 },
  { text: 40, list: 1, names: 40, depth: 2 },
  { text: 40, list: 1, names: 0, depth: 2 },
];
/** Of a text that is kept. */
const KEPT_TEXT = 2_000;
type Cut = (typeof CUTS)[number];

/** Names that are kept on a way into a record; one without names under it is kept whole. */
type Kept = ReadonlyMap<string, Kept>;

const namesIn = (path: string): string[] =>
  whyNotFiltered(path) === null ? pathParts(path).filter((part) => typeof part === "string") : [];

function keptOf(paths: readonly string[]): Kept {
  const root = new Map<string, Kept>();
  for (const path of paths) {
    let place = root;
    for (const part of namesIn(path)) {
      const next = (place.get(part) as Map<string, Kept> | undefined) ?? new Map<string, Kept>();
      place.set(part, next);
      place = next;
    }
  }
  return root;
}

function cutTo(value: unknown, cut: Cut, kept: Kept | undefined, depth = 0): unknown {
  if (typeof value === "string") return value.length > cut.text ? `${value.slice(0, cut.text)}…` : value;
  if (value === null || typeof value !== "object") return value;
  const isHeld = (kept?.size ?? 0) > 0;
  if (depth >= cut.depth && !isHeld) return Array.isArray(value) ? [] : {};
  if (Array.isArray(value)) return value.slice(0, cut.list).map((one) => cutTo(one, cut, kept, depth + 1));
  let room = cut.names;
  const entries = Object.entries(value).filter(([name]) => kept?.has(name) || room-- > 0);
  return Object.fromEntries(
    entries.map(([name, one]) => {
      const inner = kept?.get(name);
      return [name.slice(0, 200), cutTo(one, inner?.size === 0 ? { ...cut, text: KEPT_TEXT } : cut, inner, depth + 1)];
    }),
  );
}

/**
 * A record of at most `limit` characters of JSON: what is too long is cut, a little at first and then harder, what stands at the
 * `keep` paths least of all. Pure.
 */
export function shortened(source: unknown, limit = ONE, keep: readonly string[] = []): { source: unknown; cut: boolean } {
  if (JSON.stringify(source).length <= limit) return { source, cut: false };
  const kept = keptOf(keep);
  for (const [cut, held] of [...CUTS.map((one) => [one, kept] as const), ...CUTS.map((one) => [one, undefined] as const)]) {
    const made = cutTo(source, cut, held);
    if (JSON.stringify(made).length <= limit) return { source: made, cut: true };
  }
  return { source: {}, cut: true };
}

function filled(value: unknown): number {
  if (value === null || value === undefined || value === "") return 0;
  if (typeof value !== "object") return 1;
  return Object.values(value).reduce<number>((sum, one) => sum + filled(one), 0);
}

const least = <T>(items: readonly T[], measure: (item: T) => number | string): T | undefined =>
  items.reduce<{ item: T; by: number | string } | undefined>((best, item) => {
    const by = measure(item);
    return best === undefined || by < best.by ? { item, by } : best;
  }, undefined)?.item;

type Choosing = {
  /** When a record was last changed, in a text that sorts; null = nobody knows, and their order stands for it. */
  changedAt: (value: unknown) => string | null;
  /** Whether a mapping in force holds it back. */
  fails: (value: unknown) => boolean;
  /** Paths that something reads: kept when a record is too long. */
  keep?: readonly string[];
};

/**
 * Records worth trying a mapping on: the newest, oldest, emptiest and longest, the first that fails, and others spread over the
 * rest; each once, shortened, {@link MOST} and 256 kB at most. Pure.
 */
export function chooseSamples(records: readonly Incoming[], { changedAt, fails, keep = [] }: Choosing): StoredSample[] {
  const aged = records.map((record, at) => ({ record, at, age: `${changedAt(record.value) ?? ""}\u0000${String(at).padStart(9, "0")}` }));
  const dated = [...aged].sort((a, b) => (a.age < b.age ? -1 : 1)).map((one) => one.record);
  const chosen = new Map<Incoming, StoredSample["why"]>();
  const take = (why: StoredSample["why"], record: Incoming | undefined) => {
    if (record && chosen.size < MOST && !chosen.has(record)) chosen.set(record, why);
  };
  take("newest", dated.at(-1));
  take("oldest", dated[0]);
  take(
    "emptiest",
    least(records, (record) => filled(record.value)),
  );
  take(
    "longest",
    least(records, (record) => -JSON.stringify(record.value).length),
  );
  take(
    "failing",
    records.find((record) => fails(record.value)),
  );
  const step = Math.max(1, Math.floor(records.length / MOST));
  for (let at = 0; at < records.length; at += step) take("other", records[at]);
  let room = ALL;
  return [...chosen].flatMap(([{ id, value }, why]) => {
    const sample = { why, id: id.slice(0, 500), ...shortened(value, ONE, keep) };
    room -= JSON.stringify(sample).length;
    return room < 0 ? [] : [sample];
  });
}
