import { count, formatNumber } from "#components/ui/format";
import type { DryRunKind, DryRunResult } from "#server/domains/dry-runs/schema";
import type { Tone } from "./words";

/** What becomes of records, in the customer's words and in the order in which one wants to know. */
export const KINDS: readonly { kind: DryRunKind; word: string; tone: Tone }[] = [
  { kind: "create", word: "New", tone: "good" },
  { kind: "update", word: "Changed", tone: "busy" },
  { kind: "remove", word: "Taken away", tone: "wait" },
  { kind: "quarantine", word: "Held back", tone: "bad" },
  { kind: "same", word: "As before", tone: "off" },
  { kind: "skip", word: "Not synced", tone: "off" },
];

/** The result in one sentence: what a person decides by. */
export function dryRunWords(result: DryRunResult, what: string): string {
  const { read, create, update, quarantine, remove, more } = result;
  if (read === 0) return `There are no ${what} to try this on yet.`;
  const parts = [
    create > 0 ? `${formatNumber(create)} would be new` : "",
    update > 0 ? `${formatNumber(update)} would change` : "",
    remove > 0 ? `${formatNumber(remove)} would be taken away` : "",
    quarantine > 0 ? `${formatNumber(quarantine)} would be held back` : "",
  ].filter(Boolean);
  const of = more ? `Of the first ${formatNumber(read)} ${what}` : `Of ${count(read, what.replace(/s$/, ""), what)}`;
  return `${of}, ${parts.length > 0 ? parts.join(", ") : "none would change"}.`;
}

export type Difference = { key: string; before: unknown; after: unknown };

/** The fields in which two records differ, in the order given; all that are filled when there is only one. */
export function differences(before: Record<string, unknown> | null, after: Record<string, unknown> | null): Difference[] {
  const keys = [...new Set([...Object.keys(after ?? {}), ...Object.keys(before ?? {})])];
  return keys
    .map((key) => ({ key, before: before?.[key] ?? null, after: after?.[key] ?? null }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}
