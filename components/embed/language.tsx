"use client";

import { Direction } from "radix-ui";
import { createContext, Fragment, type ReactNode, useContext, useLayoutEffect, useMemo } from "react";
import { type UiWords, UiWordsProvider } from "#components/ui/words.tsx";
import { directionOf, type Language } from "#server/words/languages";
import type { MessageKey } from "#server/words/messages";
import { createSay, type Messages, type Say, type Values } from "#server/words/say";

/** A language with all its messages. */
export type Spoken = { language: Language; messages: Messages };

const Context = createContext<Say | null>(null);

/** How long there is still to go, in words. Rounded to what one can believe. */
export function sayTimeLeft(say: Say, seconds: number): string {
  if (seconds < 5) return say("time.left_few");
  if (seconds < 60) return say("time.left_seconds", { count: Math.round(seconds / 5) * 5 });
  if (seconds < 3600) return say("time.left_minutes", { count: Math.round(seconds / 60) });
  return say("time.left_hours", { count: Math.round(seconds / 3600) });
}

/** What the primitives say, from the same messages. */
const uiWords = (say: Say): UiWords => ({
  locale: say.locale,
  justNow: say("time.just_now"),
  anyMoment: say("time.any_moment"),
  never: say("time.never"),
  optional: say("common.optional"),
  copy: say("common.copy"),
  copied: say("common.copied"),
  close: say("frame.close"),
  choose: say("common.choose"),
  cancel: say("common.cancel"),
  tryAgain: say("common.try_again"),
  request: say("common.request"),
  noFit: (search) => say("common.no_fit", { search }),
  results: (count) => say("common.results", { count }),
  progress: (done, total) => (total === null ? say("progress.so_far", { done }) : say("progress.of_about", { done, total })),
  pace: (pace) => say("progress.pace", { pace }),
  timeLeft: (seconds) => sayTimeLeft(say, seconds),
  state: {
    connecting: say("state.connecting"),
    active: say("state.active"),
    syncing: say("state.syncing"),
    delayed: say("state.delayed"),
    attention: say("state.attention"),
    reauth: say("state.reauth"),
    paused: say("state.paused"),
    disconnected: say("state.disconnected"),
  },
});

type LanguageProps = { spoken: Spoken /** Shows the keys of the messages in their place. */; keys: boolean; children: ReactNode };

/** Speaks one language below, and turns the page to where it is read from. */
export function LanguageProvider({ spoken, keys, children }: LanguageProps) {
  const say = useMemo(() => createSay({ ...spoken, keys }), [spoken, keys]);
  const words = useMemo(() => uiWords(say), [say]);
  const direction = directionOf(spoken.language);
  useLayoutEffect(() => {
    // What floats is hung on the body, outside of this.
    document.documentElement.lang = spoken.language;
    document.documentElement.dir = direction;
  }, [spoken.language, direction]);
  return (
    <Context value={say}>
      <Direction.Provider dir={direction}>
        <UiWordsProvider value={words}>
          <div lang={spoken.language} dir={direction}>
            {children}
          </div>
        </UiWordsProvider>
      </Direction.Provider>
    </Context>
  );
}

/** Says a message in the customer's language. */
export function useSay(): Say {
  const say = useContext(Context);
  if (!say) throw new Error("useSay needs a LanguageProvider");
  return say;
}

const MARK = "\u0001";

/** Says a message whose values are parts of a page: the place of each is found by a mark that no text holds. */
export function sayAround(say: Say, key: MessageKey, parts: Record<string, ReactNode>, values: Values = {}): ReactNode {
  const marks = Object.fromEntries(Object.keys(parts).map((name) => [name, `${MARK}${name}${MARK}`]));
  return say(key, { ...values, ...marks })
    .split(MARK)
    .map((piece, at) => {
      // Every other piece is the name of a part. A sentence's pieces keep their places.
      const key = `${at}`;
      return <Fragment key={key}>{at % 2 === 1 ? parts[piece] : piece}</Fragment>;
    });
}
