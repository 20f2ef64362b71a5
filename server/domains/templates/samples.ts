import type { MappingEditorView } from "#server/trpc/views";
import { sayIn } from "#server/words/messages";
import type { Say } from "#server/words/say";
import { isEmpty, leavesOf } from "./source-fields";

/** A stored record's source as JSON text. */
export type StoredSource = { source: string; updatedAt: string; customer: string | null };

/** The item with the smallest `measure`. */
const least = <T>(items: readonly T[], measure: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((best, item) => (best === undefined || measure(item) < measure(best) ? item : best), undefined);

const filled = (stored: StoredSource): number => leavesOf(JSON.parse(stored.source)).filter(([, value]) => !isEmpty(value)).length;
const age = (stored: StoredSource): number => -Date.parse(stored.updatedAt);

/** The records worth trying a mapping on: newest, oldest, emptiest and longest, each once. */
export function worthTrying<T extends StoredSource>(stored: readonly T[]): (readonly ["newest" | "oldest" | "emptiest" | "longest", T])[] {
  const chosen = [
    ["newest", least(stored, age)],
    ["oldest", least(stored, (one) => -age(one))],
    ["emptiest", least(stored, filled)],
    ["longest", least(stored, (one) => -one.source.length)],
  ] as const;
  const taken = new Set<T>();
  return chosen.flatMap(([why, one]) => {
    if (one === undefined || taken.has(one)) return [];
    taken.add(one);
    return [[why, one] as const];
  });
}

/** {@link worthTrying} in words, with whose they are. Without stored records the connector's own sample stands in. */
export function samplesOf(stored: readonly StoredSource[], fallback: unknown, say: Say = sayIn("en")): MappingEditorView["samples"] {
  if (stored.length === 0) return fallback === null ? [] : [{ label: say("doc.example"), source: fallback }];
  return worthTrying(stored).map(([why, { customer, source }]) => {
    const label = say(`sample.${why}`);
    return { label: customer === null ? label : `${label} · ${customer}`, source: JSON.parse(source) as unknown };
  });
}
