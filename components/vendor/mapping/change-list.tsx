"use client";

import { Minus, Plus } from "lucide-react";
import { count } from "#components/ui/format";
import { choiceWords } from "#components/vendor/mapping/choice-words";
import { type Draft, factChange, sameField } from "#components/vendor/mapping/field-draft";
import { tryFilter } from "#components/vendor/mapping/filter-editor.tsx";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import { type Content, choiceOf } from "#components/vendor/mapping/use-mapping-draft";
import type { ModelField } from "#server/domains/models/schema";
import { resultWithin, wholeOf } from "#server/mapping/whole";
import type { MappingEditorView } from "#server/trpc/views";

type Samples = MappingEditorView["samples"];

const outcome = (draft: Draft, model: readonly ModelField[], field: ModelField, source: unknown): string => {
  const result = resultWithin(wholeOf(draft, model), draft.get(field.key), field, source);
  return result.state === "fault" ? `does not fit: ${result.message}` : result.state === "ok" ? show(result.after) : "empty";
};

/** The first sample on which a field comes out differently, with both outcomes; null when it does on none. */
function firstDifference(field: ModelField, published: Draft, draft: Draft, { model, samples }: Pick<ChangeProps, "model" | "samples">) {
  for (const { label, source } of samples) {
    const [before, after] = [outcome(published, model, field, source), outcome(draft, model, field, source)];
    if (before !== after) return { label, before, after };
  }
  return null;
}

function Line({ sign, children }: { sign: "gone" | "come"; children: string }) {
  const Icon = sign === "gone" ? Minus : Plus;
  return (
    <span className={`flex items-start gap-1.5 text-xs ${sign === "gone" ? "text-danger-text" : "text-success-text"}`}>
      <Icon aria-label={sign === "gone" ? "before:" : "after:"} className="mt-0.5 size-3 shrink-0 stroke-2" />
      <span className="min-w-0 break-words">{children}</span>
    </span>
  );
}

type ChangeProps = {
  model: readonly ModelField[];
  /** What was before, and what is after. */
  before: Content;
  after: Content;
  /** What the difference is shown on. */
  samples: Samples;
};

/** What changes of one field: how it is filled, and what customers may do with it. */
function FieldChange({ fieldKey, model, before, after, samples }: { fieldKey: string } & ChangeProps) {
  const field = model.find(({ key }) => key === fieldKey);
  const [own, next] = [before.fields.get(fieldKey), after.fields.get(fieldKey)];
  const mapped = !sameField(own, next);
  const { gone, come } = mapped ? factChange(own, next) : { gone: [], come: [] };
  const [was, is] = [choiceWords(choiceOf(before.choices, fieldKey)), choiceWords(choiceOf(after.choices, fieldKey))];
  const difference = field && mapped ? firstDifference(field, before.fields, after.fields, { model, samples }) : null;
  return (
    <li className="px-3 py-2.5 text-sm">
      <p className="font-medium">{field?.name ?? fieldKey}</p>
      <Lines gone={was === is ? gone : [...gone, was]} come={was === is ? come : [...come, is]} />
      {mapped ? (
        <p className="mt-1 break-words text-secondary text-xs">
          {difference ? (
            <>
              {difference.label}: <span className="text-subtle line-through">{difference.before}</span> → {difference.after}
            </>
          ) : (
            "Comes out the same on every sample."
          )}
        </p>
      ) : null}
    </li>
  );
}

function Lines({ gone, come }: { gone: readonly string[]; come: readonly string[] }) {
  return (
    <div className="mt-1 flex flex-col gap-0.5">
      {gone.map((fact) => (
        <Line key={fact} sign="gone">
          {fact}
        </Line>
      ))}
      {come.map((fact) => (
        <Line key={fact} sign="come">
          {fact}
        </Line>
      ))}
    </div>
  );
}

const filterWords = (filter: string | null) => (filter === null ? "all records" : `only records where ${filter}`);

function FilterChange({ before, after, samples }: ChangeProps) {
  const tried =
    after.filter === null
      ? null
      : tryFilter(
          after.filter,
          samples.map(({ source }) => source),
          true,
        );
  return (
    <li className="px-3 py-2.5 text-sm">
      <p className="font-medium">Which records</p>
      <Lines gone={[filterWords(before.filter)]} come={[filterWords(after.filter)]} />
      {tried?.state === "ok" ? (
        <p className="mt-1 text-secondary text-xs">
          {tried.passing} of {count(tried.of, "sample passes", "samples pass")}.
        </p>
      ) : null}
    </li>
  );
}

/** Everything in which two contents of a mapping differ, and on which sample it shows. `changes` as {@link changesOf} tells them. */
export function ChangeList({ changes, ...change }: ChangeProps & { changes: readonly string[] }) {
  return (
    <ul className="divide-y divide-hairline rounded-md border border-hairline">
      {changes.map((key) => (key === "" ? <FilterChange key="" {...change} /> : <FieldChange key={key} fieldKey={key} {...change} />))}
    </ul>
  );
}
