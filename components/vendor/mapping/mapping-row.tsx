"use client";

import { ArrowRight, CircleAlert, SlidersHorizontal, TriangleAlert } from "lucide-react";
import { memo, useState } from "react";
import { cn } from "#components/cn";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ComboboxOption } from "#components/ui/combobox.tsx";
import { FIELD_TYPE_WORDS, TypeIcon } from "#components/vendor/field-type.tsx";
import { type Result, resultOf } from "#components/vendor/mapping/field-draft";
import { FieldRules } from "#components/vendor/mapping/field-rules.tsx";
import { type SourceField, SourcePicker } from "#components/vendor/mapping/source-picker.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping } from "#server/mapping/schema";

export const show = (value: unknown): string =>
  value === null || value === undefined || value === "" ? "empty" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** What the sample becomes: before → after, or why it does not. */
export function ResultLine({ result }: { result: Result }) {
  if (result.state === "unmapped") return null;
  if (result.state === "fault") {
    return (
      <p className="flex items-start gap-1.5 text-danger-text text-xs">
        <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
        <span className="min-w-0 break-words">{result.message}</span>
      </p>
    );
  }
  const same = result.before === undefined || show(result.before) === show(result.after);
  const note = result.notes[0];
  return (
    <p className="flex min-w-0 items-center gap-1.5 text-secondary text-xs">
      {same ? null : (
        <>
          <span className="max-w-[45%] truncate">{show(result.before)}</span>
          <ArrowRight aria-label="becomes" className="size-3 shrink-0 stroke-[1.75] text-subtle" />
        </>
      )}
      <span className={cn("truncate", show(result.after) === "empty" ? "text-subtle" : "text-foreground")}>{show(result.after)}</span>
      {note ? (
        <span className="ms-1 flex min-w-0 items-center gap-1 text-warning-text">
          <TriangleAlert aria-hidden="true" className="size-3 shrink-0" />
          <span className="truncate">{note.message}</span>
        </span>
      ) : null}
    </p>
  );
}

type MappingRowProps = {
  model: ModelField;
  field: FieldMapping | undefined;
  sample: unknown;
  samples: readonly unknown[];
  options: readonly ComboboxOption[];
  sourceFields: readonly SourceField[];
  changed: boolean;
  /** What is wrong whatever the record, and is said instead of what the sample becomes. */
  issue: string | null;
  /** Whether expressions can be shown already: when that comes, the row is drawn anew. */
  ready: boolean;
  disabled: boolean;
  onChange: (key: string, field: FieldMapping | undefined) => void;
};

/** How many rules stand behind the button beside a field. */
function ruleCount(field: FieldMapping | undefined): number {
  if (!field) return 0;
  const mapped = field.values !== undefined && Object.keys(field.values).length > 0;
  return field.transforms.length + Number(field.default !== undefined && field.default !== null) + Number(mapped);
}

export const MappingRow = memo(function MappingRow(props: MappingRowProps) {
  const { model, field, sample, samples, options, sourceFields, changed, issue, disabled, onChange } = props;
  const [open, setOpen] = useState(false);
  const result = resultOf(field, model, sample);
  const rules = ruleCount(field);
  return (
    <li className="px-4 py-3 sm:px-5" data-field={model.key}>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-2 sm:grid-cols-[minmax(0,200px)_minmax(0,1fr)_52px]">
        <div className="min-w-0 sm:pt-1.5">
          <p className="flex items-center gap-1.5">
            <span className="truncate font-medium text-sm">{model.name}</span>
            {model.required || field?.required ? <Badge className="h-[18px] px-1.5 text-[11px]">Required</Badge> : null}
            {changed ? (
              <span className="size-1.5 shrink-0 rounded-full bg-info">
                <span className="sr-only">Changed</span>
              </span>
            ) : null}
          </p>
          <p className="mt-0.5 flex items-center gap-1 text-secondary text-xs">
            <TypeIcon type={model.type} />
            {FIELD_TYPE_WORDS[model.type]}
          </p>
        </div>
        <div className="flex min-w-0 flex-col gap-1.5 max-sm:order-last max-sm:col-span-2">
          <SourcePicker
            model={model}
            field={field}
            options={options}
            sourceFields={sourceFields}
            onChange={(next) => onChange(model.key, next)}
            invalid={issue !== null || result.state === "fault"}
            issue={issue}
            disabled={disabled}
          />
          {issue === null ? <ResultLine result={result} /> : null}
        </div>
        <Button
          variant="ghost"
          size={rules > 0 ? "md" : "icon"}
          className="justify-self-end px-2"
          disabled={!field}
          aria-expanded={open && Boolean(field)}
          aria-label={`Rules of ${model.name}`}
          onClick={() => setOpen(!open)}
        >
          <SlidersHorizontal aria-hidden="true" />
          {rules > 0 ? <span className="text-xs tabular-nums">{rules}</span> : null}
        </Button>
      </div>
      {open && field ? (
        <div className="mt-3">
          <FieldRules model={model} field={field} samples={samples} disabled={disabled} onChange={(next) => onChange(model.key, next)} />
        </div>
      ) : null}
    </li>
  );
});
