import { hash } from "node:crypto";
import type { ModelField } from "#server/domains/models/schema";
import { keyOf } from "#server/mapping/same-value";
import { type PageBatch, SEPARATOR } from "../streams/page-batch";
import type { Repeat } from "./schema";

/** So many different values of a field are kept, as hashes; what comes after them counts only where it repeats one of those. */
const MOST_VALUES = 200_000;
const EXAMPLE = 80;

type Seen = { field: string; counts: Map<string, number>; example: string | null };

/** Counts the records that share a value in a field that the model calls unique. Nothing is there to be the same. `hidden`: what its reader may not know of. */
export class Repeats {
  readonly #ids = new Set<string>();
  readonly #seen: Seen[];

  constructor(model: readonly ModelField[], hidden: readonly string[]) {
    this.#seen = model
      .filter(({ key, unique }) => unique && !hidden.includes(key))
      .map(({ key }) => ({ field: key, counts: new Map(), example: null }));
  }

  add({ ids, data }: PageBatch): void {
    if (this.#seen.length === 0 || !data) return;
    const texts = data.split(SEPARATOR);
    ids.split(SEPARATOR).forEach((id, at) => {
      if (this.#ids.has(id)) return; // a page may bring a record again
      if (this.#ids.size < MOST_VALUES) this.#ids.add(id);
      const record = JSON.parse(texts[at] ?? "{}") as Record<string, unknown>;
      for (const seen of this.#seen) count(seen, record[seen.field] ?? null);
    });
  }

  list(): Repeat[] {
    return this.#seen.flatMap(({ field, counts, example }) => {
      const records = [...counts.values()].reduce((sum, n) => (n > 1 ? sum + n : sum), 0);
      return example === null ? [] : [{ field, records, example }];
    });
  }
}

function count(seen: Seen, value: unknown): void {
  if (value === null || value === "") return;
  const key = hash("sha1", keyOf(value)).slice(0, 20);
  const before = seen.counts.get(key);
  if (before === undefined && seen.counts.size >= MOST_VALUES) return;
  seen.counts.set(key, (before ?? 0) + 1);
  if (before !== undefined) seen.example ??= (typeof value === "string" ? value : JSON.stringify(value)).slice(0, EXAMPLE);
}
