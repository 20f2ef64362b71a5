"use client";

import type { ComboboxOption } from "#components/ui/combobox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Remedy } from "#components/vendor/mapping/remedy";
import { ScalarInput } from "#components/vendor/mapping/source-picker.tsx";
import { TransformChips } from "#components/vendor/mapping/transform-chips.tsx";
import { ValueMap } from "#components/vendor/mapping/value-map.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping } from "#server/mapping/schema";

const ON_ERROR = [
  { value: "quarantine", label: "Hold the record back" },
  { value: "null", label: "Leave the field empty" },
  { value: "default", label: "Use the value for empty" },
] as const;

type RulesProps = {
  model: ModelField;
  field: FieldMapping;
  samples: readonly unknown[];
  /** Fields of the source, for settings that name one. */
  sources: readonly ComboboxOption[];
  onChange: (field: FieldMapping) => void;
  disabled: boolean;
  /** A transform whose settings are asked for at once. */
  begin?: Remedy | null;
};

/** What happens to a value on its way, when it is missing, and when it does not fit. */
export function FieldRules(props: RulesProps) {
  const { model, field, samples, sources, onChange, disabled, begin = null } = props;
  const setDefault = (value: FieldMapping["default"] | null) => {
    const { default: _before, ...rest } = field;
    onChange(value === null || value === undefined ? rest : { ...rest, default: value });
  };
  return (
    <div className="grid gap-4 rounded-md bg-muted px-3.5 py-3 sm:grid-cols-2">
      <TransformChips
        name={model.name}
        begin={begin}
        transforms={field.transforms}
        sources={sources}
        disabled={disabled}
        onChange={(transforms) => onChange({ ...field, transforms })}
      />
      <Field label="Value for empty" hint="Taken when the source has none.">
        <ScalarInput type={model.type} value={field.default ?? null} disabled={disabled} onChange={setDefault} />
      </Field>
      <Field label="When a value does not fit">
        <Select value={field.onError} disabled={disabled} onChange={(onError) => onChange({ ...field, onError })} options={ON_ERROR} />
      </Field>
      <ValueMap model={model} field={field} samples={samples} disabled={disabled} onChange={onChange} />
    </div>
  );
}
