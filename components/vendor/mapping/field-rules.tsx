"use client";

import { Plus, X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { Select } from "#components/ui/select.tsx";
import { TRANSFORM_WORDS } from "#components/vendor/mapping/field-draft";
import { ScalarInput } from "#components/vendor/mapping/source-picker.tsx";
import { ValueMap } from "#components/vendor/mapping/value-map.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping, Transform } from "#server/mapping/schema";
import { startTransform, TRANSFORMS } from "#server/mapping/transforms/registry";

// Those whose settings this screen can show.
const TYPES = TRANSFORMS.filter(({ params }) =>
  Object.entries(params).every(([name, { optional }]) => optional || name === "separator"),
).map(({ type }) => type);

const ON_ERROR = [
  { value: "quarantine", label: "Hold the record back" },
  { value: "null", label: "Leave the field empty" },
  { value: "default", label: "Use the value for empty" },
] as const;

type RulesProps = {
  model: ModelField;
  field: FieldMapping;
  samples: readonly unknown[];
  onChange: (field: FieldMapping) => void;
  disabled: boolean;
};

function Transforms({ model, field, onChange, disabled }: RulesProps) {
  const set = (transforms: Transform[]) => onChange({ ...field, transforms });
  return (
    <div className="sm:col-span-2">
      <p className="mb-1.5 font-medium text-sm">Transforms, in this order</p>
      <div className="flex flex-wrap items-center gap-1.5">
        {field.transforms.map((transform, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the place in the order is the identity
            key={index}
            className="inline-flex h-7 items-center gap-1.5 rounded-full border border-hairline-strong bg-surface ps-2.5 pe-1 text-xs"
          >
            {TRANSFORM_WORDS[transform.type]}
            {"separator" in transform ? (
              <input
                aria-label="Separator"
                value={transform.separator}
                disabled={disabled}
                onChange={(event) =>
                  set(field.transforms.map((t, i) => (i === index && "separator" in t ? { ...t, separator: event.target.value } : t)))
                }
                className="w-9 rounded-sm border border-hairline-strong bg-surface px-1 text-center font-mono"
              />
            ) : null}
            <button
              type="button"
              disabled={disabled}
              aria-label={`Remove ${TRANSFORM_WORDS[transform.type]}`}
              onClick={() => set(field.transforms.filter((_, i) => i !== index))}
              className="flex size-5 items-center justify-center rounded-full text-subtle hover:bg-pressed hover:text-foreground"
            >
              <X aria-hidden="true" className="size-3" />
            </button>
          </span>
        ))}
        <Menu
          align="start"
          trigger={
            <Button
              size="sm"
              variant="ghost"
              disabled={disabled || field.transforms.length >= 10}
              aria-label={`Add a transform to ${model.name}`}
            >
              <Plus aria-hidden="true" />
              Add
            </Button>
          }
        >
          {TYPES.map((type) => (
            <MenuItem key={type} onSelect={() => set([...field.transforms, startTransform(type)])}>
              {TRANSFORM_WORDS[type]}
            </MenuItem>
          ))}
        </Menu>
      </div>
    </div>
  );
}

/** What happens to a value on its way, when it is missing, and when it does not fit. */
export function FieldRules(props: RulesProps) {
  const { model, field, samples, onChange, disabled } = props;
  const setDefault = (value: FieldMapping["default"] | null) => {
    const { default: _before, ...rest } = field;
    onChange(value === null || value === undefined ? rest : { ...rest, default: value });
  };
  return (
    <div className="grid gap-4 rounded-md bg-muted px-3.5 py-3 sm:grid-cols-2">
      <Transforms {...props} />
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
