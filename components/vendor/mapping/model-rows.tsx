"use client";

import { useRef } from "react";
import type { ComboboxOption } from "#components/ui/combobox.tsx";
import { useRowsInSight } from "#components/ui/use-rows-in-sight";
import { type Issue, isError } from "#components/vendor/mapping/field-issues";
import { MappingRow } from "#components/vendor/mapping/mapping-row.tsx";
import type { SourceField } from "#components/vendor/mapping/source-picker.tsx";
import { choiceOf, type useMappingDraft } from "#components/vendor/mapping/use-mapping-draft";
import type { Suggestion } from "#server/mapping/suggest";
import { wholeOf } from "#server/mapping/whole";

type RowsProps = {
  draft: ReturnType<typeof useMappingDraft>;
  /** Changes when what is typed is thrown away: rows begin anew then. */
  round: number;
  sample: unknown;
  options: readonly ComboboxOption[];
  sourceFields: readonly SourceField[];
  changed: ReadonlySet<string>;
  suggestions: ReadonlyMap<string, Suggestion>;
  /** Why fields do not go back, by key; empty where nothing goes back. */
  readOnly: ReadonlyMap<string, string>;
  hand: string | null;
  onHand: (key: string) => void;
  onTake: (key: string, path: string) => void;
  disabled: boolean;
};

const said = (issue: Issue | undefined, error: boolean): string | null =>
  issue !== undefined && isError(issue) === error ? issue.message : null;

/** A row for each field of the model; of very many, those in sight and the one in hand. */
export function ModelRows({ draft, round, sample, changed, suggestions, readOnly, hand, ...rest }: RowsProps) {
  const { content, model, samples, issues, refused } = draft;
  const whole = wholeOf(content.fields, model);
  const opened = useRef(new Set<string>());
  const at = model.findIndex(({ key }) => key === hand);
  const { list, pieces, isPart } = useRowsInSight<HTMLUListElement>(model.length, 66, at);
  return (
    <ul ref={list} className="divide-y divide-hairline">
      {pieces.map((piece) => {
        if (typeof piece !== "number") return <li key={`gap ${piece.after}`} data-gap aria-hidden="true" style={{ height: piece.gap }} />;
        const field = model[piece];
        if (!field) return null;
        const { key } = field;
        const issue = issues.get(key);
        return (
          <MappingRow
            key={`${round}:${key}`}
            model={field}
            field={content.fields.get(key)}
            whole={whole.isShared(key) ? whole : null}
            sample={sample}
            samples={samples}
            changed={changed.has(key)}
            issue={said(issue, true) ?? refused.get(key) ?? null}
            doubt={said(issue, false)}
            opened={opened.current}
            ready={draft.expressionsReady}
            onChange={draft.change}
            choice={choiceOf(content.choices, key)}
            onChoose={draft.choose}
            suggestion={suggestions.get(key)}
            readOnly={readOnly.get(key) ?? null}
            inHand={hand === key}
            place={isPart ? { at: piece, of: model.length } : null}
            {...rest}
          />
        );
      })}
    </ul>
  );
}
