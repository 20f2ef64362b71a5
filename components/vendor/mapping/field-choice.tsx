"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { CHOICES } from "#components/vendor/mapping/choice-words";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldChoice as Choice } from "#server/mapping/overrides";

type ChoiceProps = { model: ModelField; choice: Choice; onChange: (choice: Choice) => void; disabled: boolean };

/** What customers may do with one field, and what they are asked. */
export function FieldChoice({ model, choice, onChange, disabled }: ChoiceProps) {
  const options = Object.entries(CHOICES)
    .filter(([customer]) => !(customer === "optional" && model.required))
    .map(([customer, { label }]) => ({ value: customer as Choice["customer"], label }));
  const asked = choice.customer === "choose" || choice.customer === "must_choose";
  return (
    <div className="grid gap-4 rounded-md bg-muted px-3.5 py-3 @lg:grid-cols-2">
      <Field label="Customers may" hint={CHOICES[choice.customer].hint}>
        <Select
          value={choice.customer}
          disabled={disabled}
          options={options}
          onChange={(customer) => onChange(customer === "fixed" || customer === "hidden" ? { customer } : { ...choice, customer })}
        />
      </Field>
      {asked ? (
        <Field label="Asked as" optional hint="In your words, above the field.">
          <Input
            value={choice.prompt ?? ""}
            disabled={disabled}
            maxLength={300}
            placeholder={`Which field holds the ${model.name.toLowerCase()}?`}
            onChange={({ target }) => onChange(target.value === "" ? { customer: choice.customer } : { ...choice, prompt: target.value })}
          />
        </Field>
      ) : null}
    </div>
  );
}
