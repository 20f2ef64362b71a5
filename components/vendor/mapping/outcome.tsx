"use client";

import { cn } from "#components/cn";
import { useRowsInSight } from "#components/ui/use-rows-in-sight";
import type { Draft } from "#components/vendor/mapping/field-draft";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import type { ModelField } from "#server/domains/models/schema";
import { resultWithin, type Whole, wholeOf } from "#server/mapping/whole";

/** A field's outcome in a word or a value. */
function outcomeText(draft: Draft, whole: Whole, field: ModelField, source: unknown): { text: string; fault: boolean } {
  const result = resultWithin(whole, draft.get(field.key), field, source);
  if (result.state === "fault") return { text: "does not fit", fault: true };
  return { text: result.state === "ok" ? show(result.after) : "empty", fault: false };
}

type OutcomeProps = { draft: Draft; against: Draft | null; model: readonly ModelField[]; source: unknown };

/** The record that a mapping makes of one sample, field by field; beside it what `against` makes of it, where that differs. */
export function Outcome({ draft, against, model, source }: OutcomeProps) {
  const { list, pieces } = useRowsInSight<HTMLDListElement>(model.length, 33);
  return (
    <dl ref={list} className="divide-y divide-hairline">
      {pieces.map((piece) => {
        if (typeof piece !== "number") return <div key={`gap ${piece.after}`} data-gap style={{ height: piece.gap }} />;
        const field = model[piece];
        if (!field) return null;
        const { text, fault } = outcomeText(draft, wholeOf(draft, model), field, source);
        const today = against ? outcomeText(against, wholeOf(against, model), field, source).text : text;
        return (
          <div key={field.key} className="flex items-baseline gap-3 py-1.5 text-sm">
            <dt className="w-28 shrink-0 truncate text-secondary text-xs" title={field.key}>
              {field.name}
            </dt>
            <dd className="min-w-0 flex-1">
              <span className={cn("break-words", fault && "text-danger-text", text === "empty" && "text-subtle")}>{text}</span>
              {today === text ? null : <span className="block truncate text-subtle text-xs">today: {today}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
