import { formatPast } from "#components/ui/format";
import type { ConnectionState, ConnectionView, RunView, StreamView } from "#server/trpc/views";
import type { MessageKey } from "#server/words/messages";
import type { Say } from "#server/words/say";
import { sayTimeLeft } from "./language.tsx";

/** What the customer reads. Pure, so that every sentence has a test; numbers and dates follow the reader's language. */

export type Tone = "good" | "busy" | "wait" | "bad" | "off";
export type Sentence = { tone: Tone; text: string; evidence: string };

/** "3,400 of 10,000 · about 20 s left", or "3,400 so far" when the source does not say how many there are. */
export function progressWords(progress: NonNullable<StreamView["progress"]>, say: Say): string {
  const { total, done, etaSeconds } = progress;
  if (total === null) return say("progress.so_far", { done });
  const counted = say("progress.of", { done: Math.min(done, total), total });
  return etaSeconds === null ? counted : `${counted} · ${sayTimeLeft(say, etaSeconds)}`;
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

function activeSentence(connection: ConnectionView, now: Date, say: Say): Sentence {
  const on = connection.streams.filter((stream) => stream.status === "active");
  if (on.length === 0) return { tone: "good", text: say("head.active.none"), evidence: say("head.active.none_text") };
  const checked = lastChecked(on);
  if (!checked) return { tone: "busy", text: say("head.ready"), evidence: say("head.ready_text") };
  const count = on.reduce((sum, stream) => sum + stream.quarantineCount, 0);
  // A full stop of an abbreviation would stand beside that of the sentence.
  const when = formatPast(checked, now.getTime(), timeWords(say)).replace(/\.$/, "");
  const evidence = count > 0 ? say("head.checked_held", { when, count }) : say("head.checked", { when });
  return { tone: "good", text: say("head.up_to_date"), evidence };
}

const timeWords = (say: Say) => ({ locale: say.locale, justNow: say("time.just_now"), anyMoment: say("time.any_moment") });

/** A time of day in the reader's zone: "14:05". */
const clock = (at: Date, say: Say) =>
  new Intl.DateTimeFormat(say.language === "en" ? undefined : say.locale, { timeStyle: "short" }).format(at);

function syncingSentence(connection: ConnectionView, say: Say): Sentence {
  const running = connection.streams.filter((stream) => stream.progress);
  const until = running
    .map((stream) => stream.waitingUntil)
    .reduce((a, b) => (a && b ? (a < b ? a : b) : null), running[0]?.waitingUntil ?? null);
  if (until) {
    const text = say("head.waiting_until", { name: connection.integrationName, time: clock(until, say) });
    return { tone: "wait", text, evidence: say("head.waiting_until_text") };
  }
  const first = running.find((stream) => stream.progress?.kind === "backfill");
  const shown = (first ?? running[0])?.progress;
  const evidence = shown ? `${progressWords(shown, say)}.` : "";
  if (first) return { tone: "busy", text: say("head.first"), evidence };
  if (shown?.kind === "remap") return { tone: "busy", text: say("head.remap"), evidence };
  if (shown?.kind === "push") return { tone: "busy", text: say("head.push"), evidence };
  return { tone: "busy", text: say("head.changes"), evidence };
}

/** What waits for somebody though everything runs. */
function waitingWords({ streams, integrationName: name }: ConnectionView, say: Say): string {
  const conflicts = streams.reduce((sum, stream) => sum + stream.conflictCount, 0);
  if (conflicts > 0) return say("head.conflicts", { count: conflicts });
  const unwritten = streams.reduce((sum, stream) => sum + stream.heldCount, 0);
  return unwritten > 0 ? say("head.unwritten", { count: unwritten, name }) : say("head.attention_text");
}

/** The state of a connection in one sentence, with the evidence for it. */
export function headline(connection: ConnectionView, now: Date, say: Say): Sentence {
  const { integrationName: name, problem } = connection;
  const tone = TONES[connection.state];
  switch (connection.state) {
    case "active":
      return activeSentence(connection, now, say);
    case "syncing":
      return syncingSentence(connection, say);
    case "connecting":
      return { tone, text: say("head.connecting"), evidence: "" };
    case "delayed":
      return { tone, text: say("head.delayed", { name }), evidence: problem?.text ?? say("head.delayed_text") };
    case "attention":
      return { tone, text: say("head.attention"), evidence: problem?.text ?? waitingWords(connection, say) };
    case "reauth":
      return { tone, text: say("head.reauth"), evidence: problem?.text ?? say("head.reauth_text", { name }) };
    case "paused": {
      const byVendor = connection.streams.some((stream) => stream.pauseReasons.includes("vendor"));
      return { tone, text: say("head.paused"), evidence: say(byVendor ? "head.paused_vendor" : "head.paused_customer") };
    }
    case "disconnected":
      return { tone, text: say("head.disconnected"), evidence: say("head.disconnected_text", { name }) };
  }
}

function changes(run: RunView, say: Say): string {
  const parts = [
    run.created > 0 ? say("run.new", { count: run.created }) : "",
    run.updated > 0 ? say("run.updated", { count: run.updated }) : "",
    run.deleted > 0 ? say("run.deleted", { count: run.deleted }) : "",
    run.quarantined > 0 ? say("run.held", { count: run.quarantined }) : "",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(say.language === "ja" ? "、" : ", ") : say("run.nothing_new");
}

const STARTED_BY: Record<string, MessageKey> = {
  schedule: "run.by_schedule",
  customer: "run.by_customer",
  vendor: "run.by_vendor",
  webhook: "run.by_webhook",
  activation: "run.by_activation",
  mapping: "run.by_mapping",
};

/** Who asks for everything once it was read has it read again. */
const AGAIN = new Set(["customer", "vendor", "mapping"]);

function runName({ kind, trigger }: RunView): MessageKey {
  if (kind === "backfill") return AGAIN.has(trigger) ? "run.whole" : "run.first";
  if (kind === "push") return "run.push";
  return kind === "remap" ? "run.remap" : "run.sync";
}

/** A run in plain words: what happened, to what, and why it started. */
export function runWords(run: RunView & { streamLabel: string }, say: Say): { tone: Tone; title: string; detail: string } {
  const what = run.streamLabel;
  const trigger = STARTED_BY[run.trigger];
  const why = trigger ? say(trigger) : "";
  const name = say(runName(run), { what });
  switch (run.status) {
    case "running":
      return { tone: "busy", title: say("run.running", { run: name }), detail: say("progress.so_far", { done: run.seen }) };
    case "failed":
      return { tone: "bad", title: say("run.stopped", { run: name }), detail: run.problem?.text ?? say("run.tried_again") };
    case "cancelled":
      return { tone: "off", title: say("run.cancelled", { run: name }), detail: say("run.read_before", { count: run.seen }) };
    case "succeeded":
      if ((run.kind === "incremental" || run.kind === "named") && run.created + run.updated + run.deleted + run.quarantined === 0)
        return { tone: "good", title: say("run.checked", { what }), detail: why };
      return { tone: "good", title: say("run.done", { run: name, changes: changes(run, say) }), detail: why };
  }
}
