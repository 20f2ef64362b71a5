"use client";

import { useCallback, useReducer } from "react";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { StreamChosen } from "#server/domains/templates/offers";
import { keyOf } from "#server/mapping/same-value";
import type { Say } from "#server/words/say";

/** What the customer wants of a stream before it is turned on. What is not said is as it stands. */
export type StreamWish = { isOn?: boolean; chosen?: StreamChosen };

const NOTHING: StreamWish = {};

/** By stream: it outlives the screen it was chosen on, not the frame. */
const kept = new Map<string, StreamWish>();

export const streamId = (connectionId: string, templateId: string, key: string): string => `${connectionId} ${templateId} ${key}`;

/** Whether a stream is to flow, as it was said or as it stands. */
export const isWanted = ({ offers, isOn }: AdaptStream, wish: StreamWish): boolean =>
  offers.flows === "always" || (wish.isOn ?? (isOn || offers.flows !== "off"));

export const chosenOf = (stream: AdaptStream, wish: StreamWish): StreamChosen => wish.chosen ?? stream.chosen;

/** Whether there is anything to choose beside the fields and whether it flows. */
export const offersChoices = ({ offers: { intervals, windows, filters } }: AdaptStream): boolean =>
  intervals !== undefined || windows !== undefined || filters !== undefined;

export const differs = (one: StreamChosen, other: StreamChosen): boolean => keyOf(one) !== keyOf(other);

/** What was chosen of streams and not turned on yet, by {@link streamId}. */
export function useStreamWishes() {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const set = useCallback((id: string, wish: StreamWish) => {
    kept.set(id, { ...kept.get(id), ...wish });
    redraw();
  }, []);
  const drop = useCallback((ids: readonly string[]) => {
    for (const id of ids) kept.delete(id);
  }, []);
  return { of: (id: string): StreamWish => kept.get(id) ?? NOTHING, set, drop };
}

/** `3600000` → "Every hour". */
export function paceText(ms: number, say: Say): string {
  const [minute, hour] = [60_000, 3_600_000];
  if (ms === 24 * hour) return say("choose.daily");
  if (ms % hour === 0) return say("choose.hours", { n: ms / hour });
  return ms % minute === 0 ? say("choose.minutes", { n: ms / minute }) : say("choose.seconds", { n: Math.round(ms / 1_000) });
}

/** What the first reading takes, from so many days back; null = everything. */
export const windowText = (days: number | null, say: Say): string =>
  days === null ? say("choose.begin.all") : say("choose.begin.days", { days });
