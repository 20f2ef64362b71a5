"use client";

import { ArrowRight, Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { ScalarInput } from "#components/vendor/mapping/source-picker.tsx";
import { addedEntries, type Entry, entriesOf, twice, unmapped, valuesOf } from "#components/vendor/mapping/value-entries";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping } from "#server/mapping/schema";

type ValueMapProps = {
  model: ModelField;
  field: FieldMapping;
  samples: readonly unknown[];
  onChange: (field: FieldMapping) => void;
  disabled: boolean;
};

type RowsProps = {
  entries: readonly Entry[];
  type: ModelField["type"];
  /** What the values become: "Value 1 of Stage". */
  of: string;
  disabled: boolean;
  onChange: (entries: Entry[]) => void;
};

/** Pairs of a value of theirs and what it is here. */
export function ValueRows({ entries, type, of, disabled, onChange }: RowsProps) {
  const change = (index: number, over: Partial<Entry>) =>
    onChange(entries.map((entry, i) => (i === index ? { ...entry, ...over } : entry)));
  const double = twice(entries);
  return (
    <ul className="flex flex-col gap-1.5">
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is the identity
        <li key={index} className="flex flex-wrap items-center gap-2">
          <Input
            aria-label={`Value ${index + 1} of the source`}
            aria-invalid={double.has(index) || undefined}
            value={entry.from}
            disabled={disabled}
            maxLength={200}
            onChange={(event) => change(index, { from: event.target.value })}
            className="w-24 min-w-0 flex-1"
            placeholder="their value"
          />
          <ArrowRight aria-label="becomes" className="size-3.5 shrink-0 stroke-[1.75] text-subtle rtl:rotate-180" />
          <ScalarInput
            label={`Value ${index + 1} of ${of}`}
            type={type}
            value={entry.to}
            disabled={disabled}
            onChange={(to) => change(index, { to })}
            className="w-24 min-w-0 flex-1"
          />
          <Button
            variant="ghost"
            size="icon-sm"
            disabled={disabled}
            aria-label={`Remove entry ${index + 1}`}
            onClick={() => onChange(entries.filter((_, i) => i !== index))}
          >
            <X aria-hidden="true" />
          </Button>
          {double.has(index) ? (
            <p role="alert" className="w-full text-danger-text text-xs">
              “{entry.from}” is listed twice; the last entry counts. Remove one.
            </p>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** The value map of one field: what a value of theirs is called here. What is not in it stays as it is. */
export function ValueMap({ model, field, samples, onChange, disabled }: ValueMapProps) {
  // The order typed is kept here, for an object would sort numbers first; so is an entry that is not finished.
  const [entries, setEntries] = useState<Entry[]>(() => entriesOf(field.values));
  const set = (next: Entry[]) => {
    setEntries(next);
    const { values: _before, ...rest } = field;
    const values = valuesOf(next);
    onChange(values === undefined ? rest : { ...rest, values });
  };
  const open = unmapped(field, model, samples);
  return (
    <div className="sm:col-span-2">
      <p className="font-medium text-sm">Value map</p>
      <p className="mb-1.5 text-secondary text-xs">Applied after the transforms. A value that is not listed stays as it is.</p>
      <ValueRows entries={entries} type={model.type} of={model.name} disabled={disabled} onChange={set} />
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        <Button size="sm" variant="ghost" disabled={disabled} onClick={() => set([...entries, { from: "", to: null }])}>
          <Plus aria-hidden="true" />
          Add an entry
        </Button>
        {open.length > 0 && field.values ? (
          <Button size="sm" variant="ghost" disabled={disabled} onClick={() => set(addedEntries(entries, open))}>
            Add the {open.length === 1 ? "value" : `${open.length} values`} of the samples that {open.length === 1 ? "is" : "are"} not
            listed
          </Button>
        ) : null}
      </div>
    </div>
  );
}
