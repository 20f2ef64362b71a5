import { count, formatNumber, formatPast, timeLeft } from "#components/ui/format";
import type { ConnectionState, ConnectionView, RunView, StreamView } from "#server/trpc/views";

/** What the customer reads. Pure, so that every sentence has a test; numbers and dates follow the reader's language. */

export type Tone = "good" | "busy" | "wait" | "bad" | "off";
export type Sentence = { tone: Tone; text: string; evidence: string };

/** "3,400 of 10,000 · about 20 s left", or "3,400 so far" when the source does not say how many there are. */
export function progressWords(progress: NonNullable<StreamView["progress"]>): string {
  if (progress.total === null) return `${formatNumber(progress.done)} so far`;
  const counted = `${formatNumber(Math.min(progress.done, progress.total))} of ${formatNumber(progress.total)}`;
  return progress.etaSeconds === null ? counted : `${counted} · ${timeLeft(progress.etaSeconds)}`;
}

const TONES = {
  connecting: "busy",
  active: "good",
  syncing: "busy",
  delayed: "wait",
  attention: "bad",
  reauth: "bad",
  paused: "off",
  disconnected: "off",
} as const satisfies Record<ConnectionState, Tone>;

function lastChecked(streams: readonly StreamView[]): Date | null {
  const times = streams.flatMap((stream) => (stream.lastSuccessAt ? [stream.lastSuccessAt] : []));
  return times.reduce<Date | null>((oldest, at) => (oldest && oldest <= at ? oldest : at), null);
}

const PAUSED_BY = {
  customer: "You paused it. Nothing is lost; it goes on from where it stopped.",
  vendor: "Paused by the people who run this service. Nothing is lost; it goes on from where it stopped.",
} as const;

function activeSentence(connection: ConnectionView, now: Date): Sentence {
  const on = connection.streams.filter((stream) => stream.status === "active");
  if (on.length === 0) return { tone: "good", text: "Connected.", evidence: "Nothing is synced yet. Turn on what you need." };
  const checked = lastChecked(on);
  const held = on.reduce((sum, stream) => sum + stream.quarantineCount, 0);
  const heldBack = held > 0 ? ` ${count(held, "record")} held back.` : "";
  if (!checked) return { tone: "busy", text: "Getting ready.", evidence: "The first sync starts in a moment." };
  return { tone: "good", text: "Up to date.", evidence: `Checked ${formatPast(checked, now.getTime())}.${heldBack}` };
}

/** A time of day: "14:05". */
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

function syncingSentence(connection: ConnectionView): Sentence {
  const running = connection.streams.filter((stream) => stream.progress);
  const until = running
    .map((stream) => stream.waitingUntil)
    .reduce((a, b) => (a && b ? (a < b ? a : b) : null), running[0]?.waitingUntil ?? null);
  if (until) {
    const text = `Waiting for ${connection.integrationName} until ${clock.format(until)}.`;
    return { tone: "wait", text, evidence: "It allows only so many requests. We go on by ourselves; nothing is lost." };
  }
  const first = running.find((stream) => stream.progress?.kind === "backfill");
  const shown = (first ?? running[0])?.progress;
  const evidence = shown ? `${progressWords(shown)}.` : "";
  if (first) return { tone: "busy", text: "The first sync is running.", evidence };
  if (shown?.kind === "remap") return { tone: "busy", text: "Applying a new mapping.", evidence };
  return { tone: "busy", text: "Looking for changes.", evidence };
}

/** The state of a connection in one sentence, with the evidence for it. */
export function headline(connection: ConnectionView, now: Date): Sentence {
  const { integrationName: name, problem } = connection;
  const tone = TONES[connection.state];
  switch (connection.state) {
    case "active":
      return activeSentence(connection, now);
    case "syncing":
      return syncingSentence(connection);
    case "connecting":
      return { tone, text: "Connecting.", evidence: "" };
    case "delayed":
      return { tone, text: `Waiting for ${name}.`, evidence: problem?.text ?? "It goes on by itself; nothing is lost." };
    case "attention":
      return { tone, text: "Needs attention.", evidence: problem?.text ?? "Some records could not be synced. The others were." };
    case "reauth":
      return { tone, text: "Reconnect to continue.", evidence: problem?.text ?? `${name} no longer allows access. Nothing was lost.` };
    case "paused": {
      const reasons = connection.streams.flatMap((stream) => stream.pauseReasons);
      return { tone, text: "Paused.", evidence: reasons.includes("vendor") ? PAUSED_BY.vendor : PAUSED_BY.customer };
    }
    case "disconnected":
      return { tone, text: "Disconnected.", evidence: `Nothing is read from ${name} any more.` };
  }
}

function changes(run: RunView): string {
  const parts = [
    run.created > 0 ? `${formatNumber(run.created)} new` : "",
    run.updated > 0 ? `${formatNumber(run.updated)} updated` : "",
    run.deleted > 0 ? `${formatNumber(run.deleted)} deleted` : "",
    run.quarantined > 0 ? `${formatNumber(run.quarantined)} held back` : "",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "nothing new";
}

const STARTED_BY: Record<string, string> = {
  schedule: "on schedule",
  customer: "started here",
  vendor: "started by the people who run this service",
  webhook: "after a notice from the other system",
  activation: "when it was turned on",
  mapping: "after the mapping was changed",
};

/** Who asks for everything once it was read has it read again. */
const AGAIN = new Set(["customer", "vendor", "mapping"]);

function runName({ kind, trigger }: RunView): string {
  if (kind === "backfill") return AGAIN.has(trigger) ? "Whole reading of" : "First sync of";
  return kind === "remap" ? "New mapping for" : "Sync of";
}

/** A run in plain words: what happened, to what, and why it started. */
export function runWords(run: RunView & { streamLabel: string }): { tone: Tone; title: string; detail: string } {
  const what = run.streamLabel;
  const why = STARTED_BY[run.trigger] ?? "";
  const name = `${runName(run)} ${what}`;
  switch (run.status) {
    case "running":
      return { tone: "busy", title: `${name} is running`, detail: `${formatNumber(run.seen)} so far` };
    case "failed":
      return { tone: "bad", title: `${name} stopped`, detail: run.problem?.text ?? "It is tried again by itself; nothing is lost." };
    case "cancelled":
      return { tone: "off", title: `${name} was stopped`, detail: `${formatNumber(run.seen)} read before that` };
    case "succeeded":
      if ((run.kind === "incremental" || run.kind === "named") && run.created + run.updated + run.deleted + run.quarantined === 0)
        return { tone: "good", title: `Checked ${what}: nothing new`, detail: why };
      return { tone: "good", title: `${name}: ${changes(run)}`, detail: why };
  }
}

const FIXER_WORDS = {
  customer: "You can fix this",
  vendor: "The people who run this service can fix this",
  provider: "The other system has to answer again",
  inlay: "We are on it",
} as const;

export const fixerWords = (fixer: keyof typeof FIXER_WORDS): string => FIXER_WORDS[fixer];
