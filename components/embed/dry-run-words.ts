import type { DryRunKind, DryRunResult, DryRunWrites, WriteKind } from "#server/domains/dry-runs/schema";
import type { Say } from "#server/words/say";
import type { Tone } from "./words";

/** What becomes of records, in the order in which one wants to know. */
export const KINDS: readonly { kind: DryRunKind; tone: Tone }[] = [
  { kind: "create", tone: "good" },
  { kind: "update", tone: "busy" },
  { kind: "remove", tone: "wait" },
  { kind: "quarantine", tone: "bad" },
  { kind: "same", tone: "off" },
  { kind: "skip", tone: "off" },
];

/** The same of what is sent. */
export const SENT_KINDS: readonly { kind: WriteKind; tone: Tone }[] = [
  { kind: "create", tone: "good" },
  { kind: "update", tone: "busy" },
  { kind: "delete", tone: "wait" },
  { kind: "hold", tone: "bad" },
  { kind: "unknown", tone: "wait" },
  { kind: "skip", tone: "off" },
];

/** What would be sent, in one sentence. */
export function sentWords(writes: DryRunWrites, of: { what: string; vendor: string }, say: Say): string {
  if (writes.own === 0) return say("sent.none", of);
  const parts = SENT_KINDS.flatMap(({ kind }) =>
    kind === "skip" || writes[kind] === 0 ? [] : [say(`sent.would_${kind}`, { count: writes[kind] })],
  );
  const changes = parts.length > 0 ? parts.join(say.language === "ja" ? "、" : ", ") : say("sent.would_nothing");
  return say(writes.more ? "sent.of_first" : "sent.of", { own: writes.own, changes, ...of });
}

/** The result in one sentence: what a person decides by. */
export function dryRunWords(result: DryRunResult, what: string, say: Say): string {
  const { read, create, update, quarantine, remove, more } = result;
  if (read === 0) return say("try.none", { what });
  const parts = [
    create > 0 ? say("try.would_create", { count: create }) : "",
    update > 0 ? say("try.would_update", { count: update }) : "",
    remove > 0 ? say("try.would_remove", { count: remove }) : "",
    quarantine > 0 ? say("try.would_quarantine", { count: quarantine }) : "",
  ].filter(Boolean);
  const changes = parts.length > 0 ? parts.join(say.language === "ja" ? "、" : ", ") : say("try.would_nothing");
  return say(more ? "try.of_first" : "try.of", { read, what, changes });
}

export type Difference = { key: string; before: unknown; after: unknown };

/** The fields in which two records differ, in the order given; all that are filled when there is only one. */
export function differences(before: Record<string, unknown> | null, after: Record<string, unknown> | null): Difference[] {
  const keys = [...new Set([...Object.keys(after ?? {}), ...Object.keys(before ?? {})])];
  return keys
    .map((key) => ({ key, before: before?.[key] ?? null, after: after?.[key] ?? null }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}
