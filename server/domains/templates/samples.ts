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

/**
 * The records worth trying a mapping on: newest, oldest, emptiest and longest, each once. Without stored records the
 * connector's own sample stands in.
 */
export function samplesOf(stored: readonly StoredSource[], fallback: unknown, say: Say = sayIn("en")): MappingEditorView["samples"] {
  if (stored.length === 0) return fallback === null ? [] : [{ label: say("doc.example"), source: fallback }];
  const chosen: [string, StoredSource | undefined][] = [
    [say("sample.newest"), least(stored, age)],
    [say("sample.oldest"), least(stored, (one) => -age(one))],
    [say("sample.emptiest"), least(stored, filled)],
    [say("sample.longest"), least(stored, (one) => -one.source.length)],
  ];
  const taken = new Set<StoredSource>();
  return chosen.flatMap(([label, one]) => {
    if (one === undefined || taken.has(one)) return [];
    taken.add(one);
    return [{ label: one.customer === null ? label : `${label} · ${one.customer}`, source: JSON.parse(one.source) as unknown }];
  });
}
