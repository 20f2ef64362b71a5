import type { Tone } from "#components/ui/badge.tsx";
import { formatDuration } from "#components/ui/format";
import type { ConsumerRow } from "#server/trpc/views/feed";

/** How a reader of the feed stands, in a word. */
export const CONSUMER_STATES: Record<ConsumerRow["state"], { word: string; tone: Tone }> = {
  current: { word: "Up to date", tone: "success" },
  behind: { word: "Behind", tone: "warning" },
  atRisk: { word: "At risk", tone: "danger" },
  lost: { word: "Missed changes", tone: "danger" },
};

const DAY_S = 86_400;

/** The word for one reader: what is behind, but within the time it was given, is not called up to date. */
export const consumerWord = ({ state, lag }: Pick<ConsumerRow, "state" | "lag">): string =>
  state === "current" && lag > 0 ? "On time" : CONSUMER_STATES[state].word;

/** A lag as one says it: `3 d 4 h`, `12 min`. */
export function lagWords(seconds: number): string {
  if (seconds < DAY_S) return formatDuration(seconds * 1_000);
  const hours = Math.floor((seconds % DAY_S) / 3_600);
  return `${Math.floor(seconds / DAY_S)} d${hours > 0 ? ` ${hours} h` : ""}`;
}

/** What to do about it, in a sentence; null when all is well. */
export function consumerAdvice({ state, lagSeconds }: Pick<ConsumerRow, "state" | "lagSeconds">): string | null {
  if (state === "current") return null;
  if (state === "lost") return "Changes it had not read are older than 90 days and gone. Read /v1/records, then move it.";
  const waits = `Its oldest change has waited ${lagWords(lagSeconds)}.`;
  return state === "atRisk" ? `${waits} Changes go after 90 days.` : `${waits} Is it still running?`;
}
