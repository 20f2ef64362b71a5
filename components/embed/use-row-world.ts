"use client";

import { useMemo } from "react";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { SourceField } from "#server/lib/source-field";
import { sayField } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import { useSay } from "./language.tsx";

/** What a row needs to know of its stream; the same object for all rows, so that only the row that is edited is drawn anew. */
export type RowWorld = {
  sources: ReadonlyMap<string, SourceField>;
  titles: ReadonlyMap<string, string>;
  /** A mapping in words. */
  words: (field: FieldMapping | null) => string;
  integrationName: string;
  /** The record to try on; undefined = there is none. */
  sample: unknown;
  /** Expressions can be computed already. */
  ready: boolean;
  readOnly: boolean;
};

type Given = Pick<RowWorld, "integrationName" | "sample" | "ready" | "readOnly">;

export function useRowWorld({ sourceFields }: AdaptStream, { integrationName, sample, ready, readOnly }: Given): RowWorld {
  const say = useSay();
  const sources = useMemo(() => new Map(sourceFields.map((field) => [field.path, field])), [sourceFields]);
  return useMemo(() => {
    const titles = new Map([...sources.values()].map(({ path, title }) => [path, title]));
    return { sources, titles, words: (field) => sayField(field, titles, say), integrationName, sample, ready, readOnly };
  }, [sources, integrationName, sample, ready, readOnly, say]);
}
