import { useCallback, useRef, useState } from "react";
import { spokenOf } from "#server/words/languages";
import type { Spoken } from "./language.tsx";

/** What a page asks for, in place of a language, to see which message is which. */
const KEYS = "keys";

/** The language spoken: as the frame was opened, until the page or the session asks for another. */
export function useSpoken(publishableKey: string, first: Spoken) {
  const [spoken, setSpoken] = useState(first);
  const [keys, setKeys] = useState(false);
  /** For who has to know at once, between two drawings. */
  const current = useRef(first.language);
  const speak = useCallback(
    async (asked: string): Promise<void> => {
      if (asked === KEYS) return setKeys(true);
      const language = spokenOf(asked);
      if (language === null || language === current.current) return;
      current.current = language;
      // Where the messages cannot be had, those that are there are better than none.
      const answer = await fetch(`/embed/${encodeURIComponent(publishableKey)}/messages/${language}`, { credentials: "omit" }).catch(
        () => null,
      );
      const told = answer?.ok ? ((await answer.json()) as Spoken) : null;
      if (told && current.current === language) setSpoken(told);
    },
    [publishableKey],
  );
  const getLanguage = useCallback(() => current.current, []);
  return { spoken, keys, speak, getLanguage };
}
