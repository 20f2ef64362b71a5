import type { StoredSample } from "#server/lib/source-field";

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
];
type Cut = (typeof CUTS)[number];

function cutTo(value: unknown, cut: Cut, depth = 0): unknown {
  if (typeof value === "string") return value.length > cut.text ? `${value.slice(0, cut.text)}…` : value;
  if (value === null || typeof value !== "object") return value;
  if (depth >= cut.depth) return Array.isArray(value) ? [] : {};
  if (Array.isArray(value)) return value.slice(0, cut.list).map((one) => cutTo(one, cut, depth + 1));
  const entries = Object.entries(value).slice(0, cut.names);
  return Object.fromEntries(entries.map(([name, one]) => [name.slice(0, 200), cutTo(one, cut, depth + 1)]));
}

/** A record of at most `limit` characters of JSON: what is too long is cut, a little at first and then harder. Pure. */
export function shortened(source: unknown, limit = ONE): { source: unknown; cut: boolean } {
  if (JSON.stringify(source).length <= limit) return { source, cut: false };
  for (const cut of CUTS) {
    const made = cutTo(source, cut);
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
};

/**
 * Records worth trying a mapping on: the newest, oldest, emptiest and longest, the first that fails, and others spread over the
 * rest; each once, shortened, {@link MOST} and 256 kB at most. Pure.
 */
export function chooseSamples(records: readonly Incoming[], { changedAt, fails }: Choosing): StoredSample[] {
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
    const sample = { why, id: id.slice(0, 500), ...shortened(value) };
    room -= JSON.stringify(sample).length;
    return room < 0 ? [] : [sample];
  });
}
