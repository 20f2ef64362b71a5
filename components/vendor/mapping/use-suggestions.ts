"use client";

import { useDeferredValue, useMemo } from "react";
import type { SourceField } from "#components/vendor/mapping/source-picker.tsx";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import type { ModelField } from "#server/domains/models/schema";
import { pathsOf } from "#server/mapping/drift";
import { type Suggestion, suggestMapping } from "#server/mapping/suggest";

const SEEN = new Set(["string", "number", "boolean", "datetime", "date", "array", "object"]);
type Seen = Parameters<typeof suggestMapping>[1][number]["type"];

/** The source's field as suggestions take it. */
export const seenField = ({ path, title, type, custom, values, emptyShare, example }: SourceField) => ({
  path,
  title: title ?? path,
  type: (SEEN.has(type) ? type : "string") as Seen,
  ...(custom === undefined ? {} : { custom }),
  ...(values === undefined ? {} : { values }),
  ...(emptyShare === undefined ? {} : { emptyShare }),
  ...(example === null ? {} : { example }),
});

/** Names of the model's fields by the source's path that they read. */
export function useUsedPaths(content: Content, model: readonly ModelField[]): ReadonlyMap<string, string> {
  const { fields } = useDeferredValue(content);
  return useMemo(() => {
    const names = new Map(model.map(({ key, name }) => [key, name]));
    return new Map(
      [...fields.values()].flatMap((field) => pathsOf(field).map((path) => [path, names.get(field.target) ?? field.target] as const)),
    );
  }, [fields, model]);
}

/** For fields that are empty, what would fit of the source's fields that nothing reads yet. Worked out beside the typing. */
export function useSuggestions(
  content: Content,
  model: readonly ModelField[],
  sources: readonly SourceField[],
  used: ReadonlyMap<string, string>,
): ReadonlyMap<string, Suggestion> {
  const { fields } = useDeferredValue(content);
  const open = useMemo(() => model.filter(({ key }) => !fields.has(key)), [model, fields]);
  const free = useMemo(() => sources.filter(({ path }) => !used.has(path)).map(seenField), [sources, used]);
  return useMemo(() => new Map(suggestMapping(open, free).map((one) => [one.target, one])), [open, free]);
}
