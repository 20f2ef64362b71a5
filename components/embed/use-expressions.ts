"use client";

import { useEffect, useState } from "react";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { expressionsLoaded, loadExpressions } from "#server/mapping/expression-slot";

/** Whether what is computed can be shown. The language comes beside the page, and only where a mapping or a filter is written in it. */
export function useExpressions(streams: readonly AdaptStream[]): boolean {
  const [loaded, setLoaded] = useState(expressionsLoaded);
  const needed = streams.some(
    ({ filter, fields }) => filter !== null || fields.some(({ current, template }) => (current ?? template)?.expression !== undefined),
  );
  useEffect(() => {
    if (!needed || loaded) return;
    let gone = false;
    void loadExpressions().then(() => !gone && setLoaded(true));
    return () => {
      gone = true;
    };
  }, [needed, loaded]);
  return !needed || loaded;
}
