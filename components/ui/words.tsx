"use client";

import { createContext, useContext } from "react";
import { count, formatNumber, type TimeWords, timeLeft } from "#components/ui/format";
import type { ConnectionState } from "#server/trpc/views";

/** The words that primitives bring themselves. English, unless a provider above says otherwise. */
export type UiWords = TimeWords & {
  never: string;
  optional: string;
  copy: string;
  copied: string;
  close: string;
  choose: string;
  cancel: string;
  tryAgain: string;
  request: string;
  noFit(search: string): string;
  results(found: number): string;
  /** "34,200 of about 120,000 contacts"; without a total the count so far. */
  progress(done: number, total: number | null, unit: string): string;
  pace(perSecond: number): string;
  timeLeft(seconds: number): string;
  /** The word for a state, where it is another than the dashboard's. */
  state: Partial<Record<ConnectionState, string>>;
};

const ENGLISH: UiWords = {
  locale: "en-US",
  justNow: "just now",
  anyMoment: "any moment",
  never: "never",
  optional: "optional",
  copy: "Copy",
  copied: "Copied",
  close: "Close",
  choose: "Choose",
  cancel: "Cancel",
  tryAgain: "Try again",
  request: "Request",
  noFit: (search) => `Nothing fits “${search}”.`,
  results: (found) => count(found, "result"),
  progress: (done, total, unit) => {
    const counted = done === 1 ? "1" : `${formatNumber(done)} ${unit}`; // "1 contacts" is no English
    return total === null ? `${counted} so far` : `${formatNumber(done)} of about ${formatNumber(total)} ${unit}`;
  },
  pace: (perSecond) => `${formatNumber(perSecond)}/s`,
  timeLeft,
  state: {},
};

const Context = createContext<UiWords>(ENGLISH);

export const UiWordsProvider = Context.Provider;
export const useUiWords = (): UiWords => useContext(Context);
