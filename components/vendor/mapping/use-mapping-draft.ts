"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import { changedFields, type Draft, toDraft } from "#components/vendor/mapping/field-draft";
import { issuesOf } from "#components/vendor/mapping/field-issues";
import { useUndone } from "#components/vendor/mapping/use-undone";
import type { ModelField } from "#server/domains/models/schema";
import { loadExpressions } from "#server/mapping/expression-slot";
import type { FieldChoice, FieldChoices } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import { neededOf } from "#server/mapping/unfilled";
import type { MappingContent, MappingEditorView } from "#server/trpc/views";

/** All that is drafted and published together, as it is edited. */
export type Content = { fields: Draft; filter: string | null; choices: FieldChoices };

export type Ground = Pick<MappingEditorView, "sourceFields" | "samples">;

/** A mapping that says nothing yet. */
export const NOTHING: MappingContent = { fields: [], filter: null, choices: {} };

/** What is stored, without fields that the model no longer has: those are written by nobody. */
export const contentOf = ({ fields, filter, choices }: MappingContent, model: ReadonlySet<string>): Content => ({
  fields: toDraft(fields.filter(({ target }) => model.has(target))),
  filter,
  choices: Object.fromEntries(Object.entries(choices).filter(([target]) => model.has(target))),
});

export const choiceOf = (choices: FieldChoices, target: string): FieldChoice =>
  (Object.hasOwn(choices, target) ? choices[target] : undefined) ?? { customer: "fixed" };

/** Targets of which customers may do something else. */
export const changedChoices = (before: FieldChoices, after: FieldChoices): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => keyOf(choiceOf(before, key)) !== keyOf(choiceOf(after, key)),
  );

/** Everything that differs, as keys of fields; "" stands for the filter. */
export const changesOf = (before: Content, after: Content): string[] => [
  ...(before.filter === after.filter ? [] : [""]),
  ...new Set([...changedFields(before.fields, after.fields), ...changedChoices(before.choices, after.choices)]),
];

/** Expressions are compiled in the browser too, by the same code; their language is loaded beside the page. */
function useExpressions(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    void loadExpressions().then(() => !gone && setReady(true));
    return () => {
      gone = true;
    };
  }, []);
  return ready;
}

const byNeed = (published: Content) => (a: ModelField, b: ModelField) => {
  const needed = (field: ModelField) => Number(field.required || published.fields.get(field.key)?.required === true);
  return needed(b) - needed(a);
};

/** The mapping as it is on screen, what of it is not stored, and what is wrong with it. `ground`: what it is tried on. */
export function useMappingDraft(view: MappingEditorView, ground: Ground) {
  const expressionsReady = useExpressions();
  const keys = useMemo(() => new Set(view.model.fields.map(({ key }) => key)), [view.model.fields]);
  const published = useMemo(() => contentOf(view.published ?? NOTHING, keys), [view.published, keys]);
  const stored = useMemo(() => (view.draft ? contentOf(view.draft, keys) : published), [view.draft, published, keys]);
  const { edited, setEdited, undo, redo } = useUndone<{ content: Content; basis: string }>();
  const edits = edited?.content ?? null;
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const content = edits ?? stored;
  const dirty = edits !== null && changesOf(stored, edits).length > 0;
  const { direction } = view;
  const model = useMemo(
    () => [...neededOf(view.model.fields, direction)].sort(byNeed(published)),
    [view.model.fields, direction, published],
  );
  const samples = useMemo(() => ground.samples.map(({ source }) => source), [ground.samples]);
  const known = useMemo(
    () => ({ paths: new Set(ground.sourceFields.map(({ path }) => path)), samples, expressionsReady }),
    [ground.sourceFields, samples, expressionsReady],
  );
  const issues = useMemo(
    () => issuesOf(content.fields, model, known, published.fields, { direction, choices: content.choices }),
    [content, model, known, published, direction],
  );
  const edit = useCallback(
    (change: (before: Content) => Content) =>
      setEdited((before) => ({ content: change(before?.content ?? stored), basis: before?.basis ?? view.basis })),
    [stored, view.basis, setEdited],
  );
  const change = useCallback(
    (key: string, field: FieldMapping | undefined) => {
      setRefused((before) => (before.has(key) ? new Map([...before].filter(([own]) => own !== key)) : before));
      edit((before) => {
        const fields = new Map(before.fields);
        if (field) fields.set(key, field);
        else fields.delete(key);
        return { ...before, fields };
      });
    },
    [edit],
  );
  const choose = useCallback(
    (key: string, choice: FieldChoice) =>
      edit((before) => {
        const { [key]: _before, ...rest } = before.choices;
        const plain = choice.customer === "fixed" && choice.prompt === undefined;
        return { ...before, choices: plain ? rest : { ...rest, [key]: choice } };
      }),
    [edit],
  );
  const setFilter = useCallback((filter: string | null) => edit((before) => ({ ...before, filter })), [edit]);
  const gone = (view.draft ?? view.published ?? NOTHING).fields.filter(({ target }) => !keys.has(target)).map(({ target }) => target);
  return {
    ...{ content, published, dirty, model, samples, known, issues, refused, setRefused, change, choose, setFilter, gone },
    /** What the edits began with; what is stored may have moved on since. */
    basis: edited?.basis ?? view.basis,
    ...{ drop: () => setEdited(() => null), undo, redo, expressionsReady },
  };
}
