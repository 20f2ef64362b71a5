"use client";

import { useDeferredValue, useEffect, useMemo, useState } from "react";
import type { SourceField } from "#components/vendor/mapping/source-picker.tsx";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import type { ModelField } from "#server/domains/models/schema";
import { loadedPaths } from "#server/mapping/expression-slot";
import { fieldPaths } from "#server/mapping/field-paths";
import type { FieldMapping } from "#server/mapping/schema";
import { type Suggestion, suggestionsFrom } from "#server/mapping/suggest";

const SEEN = new Set(["string", "number", "boolean", "datetime", "date", "array", "object"]);
type Seen = Parameters<typeof suggestionsFrom>[0][number]["type"];

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

/** What is read of an entry of a list is what the list of fields calls `lines[].sku`. */
const listed = (path: string) => path.replace(/\[(?:\*|-?\d{1,5})\]/g, "[]");

const paths = new WeakMap<FieldMapping, string[]>();

/** By identity: at a key in one field the others are not read anew. Expressions may not be there yet, and are read each time. */
function pathsOf(field: FieldMapping): string[] {
  const found = paths.get(field) ?? fieldPaths(field, loadedPaths).map(listed);
  if (field.expression === undefined) paths.set(field, found);
  return found;
}

/** Names of all fields of the model that a path of the source fills. */
export type Used = ReadonlyMap<string, readonly string[]>;

/** Names of the model's fields by the source's path that they read. */
export function useUsedPaths(content: Content, model: readonly ModelField[]): Used {
  const { fields } = useDeferredValue(content);
  // As text, so that what is typed into one field does not make the list anew.
  const read = JSON.stringify([...fields.values()].map((field) => [field.target, pathsOf(field)]));
  return useMemo(() => {
    const names = new Map(model.map(({ key, name }) => [key, name]));
    const used = new Map<string, string[]>();
    for (const [target, own] of JSON.parse(read) as [string, string[]][])
      for (const path of new Set(own)) used.set(path, [...(used.get(path) ?? []), names.get(target) ?? target]);
    return used;
  }, [read, model]);
}

const SLICE_MS = 8;
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Of several fields that one source field would fit, the one that it fits best. */
function eachOnce(found: readonly Suggestion[]): ReadonlyMap<string, Suggestion> {
  const best = new Map<string, Suggestion>();
  for (const one of found) if (one.score > (best.get(one.path)?.score ?? 0)) best.set(one.path, one);
  return new Map([...best.values()].map((one) => [one.target, one]));
}

type Source = Parameters<typeof suggestionsFrom>[0][number];

/**
 * For open fields of the model, what would fit of these fields of the source. Worked out field by field, a few milliseconds at a time, so that
 * a thousand fields against a thousand are never felt in the typing.
 */
export function useFitting(open: readonly ModelField[], free: readonly Source[]): ReadonlyMap<string, Suggestion> {
  const [found, setFound] = useState<ReadonlyMap<string, Suggestion>>(new Map());
  useEffect(() => {
    let gone = false;
    void (async () => {
      await turn(); // what asked for it is drawn first
      if (gone) return;
      const all: Suggestion[] = [];
      const fitting = suggestionsFrom(free);
      let since = performance.now();
      for (const field of open) {
        all.push(...fitting(field).slice(0, 1));
        if (performance.now() - since < SLICE_MS) continue;
        await turn();
        if (gone) return;
        since = performance.now();
      }
      setFound(eachOnce(all));
    })();
    return () => {
      gone = true;
    };
  }, [open, free]);
  return found;
}

/** For fields that are empty, what would fit of the source's fields that nothing reads yet. */
export function useSuggestions(
  content: Content,
  model: readonly ModelField[],
  sources: readonly SourceField[],
  used: Used,
): ReadonlyMap<string, Suggestion> {
  // Of what no record shows nobody could say whether it fits.
  const free = useMemo(() => sources.filter(({ path, unread }) => !unread && !used.has(path)).map(seenField), [sources, used]);
  const filled = [...content.fields.keys()].sort().join(" ");
  const open = useMemo(() => {
    const keys = new Set(filled.split(" "));
    return model.filter(({ key }) => !keys.has(key));
  }, [model, filled]);
  const found = useFitting(open, free);
  // What was filled a moment ago is not suggested any more, whatever is still being worked out.
  return useMemo(() => {
    const keys = new Set(filled.split(" "));
    return new Map([...found].filter(([key]) => !keys.has(key)));
  }, [found, filled]);
}
