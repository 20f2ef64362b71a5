"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ConnectField } from "#server/trpc/views/embed";
import type { Say } from "#server/words/say";
import { useSay } from "./language.tsx";

export type Answers = {
  answers: Record<string, string>;
  errors: Record<string, string>;
  set(key: string, value: string): void;
  /** Marks what is missing or malformed; true when all is well. */
  check(): boolean;
  /** Shows what the server found wrong, by field. */
  refuse(errors: Record<string, string>): void;
};

/** What is wrong with one answer, or null. The pattern is the connector's; one we cannot read refuses nothing. */
export function answerFault(field: ConnectField, value: string, say: Say): string | null {
  const answer = value.trim();
  if (answer === "") return field.required ? say("connect.field.needed", { title: field.title }) : null;
  if (!field.pattern) return null;
  try {
    if (new RegExp(`^(?:${field.pattern})$`, "u").test(answer)) return null;
  } catch {
    return null;
  }
  return field.example ? say("connect.field.wrong_like", { example: field.example }) : say("connect.field.wrong");
}

export function useAnswers(fields: readonly ConnectField[]): Answers {
  const say = useSay();
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  return {
    answers: Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, value.trim()])),
    errors,
    set(key, value) {
      setAnswers((before) => ({ ...before, [key]: value }));
      setErrors(({ [key]: _fixed, ...rest }) => rest);
    },
    check() {
      const found = fields.flatMap((field) => {
        const fault = answerFault(field, answers[field.key] ?? "", say);
        return fault ? [[field.key, fault] as const] : [];
      });
      setErrors(Object.fromEntries(found));
      return found.length === 0;
    },
    refuse: setErrors,
  };
}

type ControlProps = { field: ConnectField; form: Answers };

/** What one question is answered with. It is named by the field around it, whose attributes it takes. */
function Control({ field, form, ...named }: ControlProps) {
  const shown = field.example ?? undefined;
  if (field.options)
    return (
      <Select
        {...named}
        className="h-9 w-full"
        value={form.answers[field.key]}
        onChange={(value) => form.set(field.key, value)}
        options={field.options.map(({ value, title }) => ({ value, label: title }))}
      />
    );
  const common = { ...named, autoCapitalize: "none", spellCheck: false, required: field.required, defaultValue: "" };
  if (field.multiline && !field.secret)
    return (
      <Textarea
        {...common}
        className="min-h-32 font-mono text-xs"
        placeholder={shown}
        onChange={(event) => form.set(field.key, event.target.value)}
      />
    );
  return (
    <Input
      {...common}
      className="h-9"
      type={field.secret ? "password" : "text"}
      autoComplete="off"
      data-1p-ignore="true"
      placeholder={field.secret ? undefined : shown}
      onChange={(event) => form.set(field.key, event.target.value)}
    />
  );
}

/** Questions asked before an account is connected. Secrets are masked and never kept in the page. */
export function ConnectFields({ fields, form }: { fields: readonly ConnectField[]; form: Answers }) {
  const say = useSay();
  return (
    <div className="space-y-4">
      {fields.map((field) => (
        <Field
          key={field.key}
          label={field.title}
          optional={!field.required}
          hint={field.help ?? (field.example ? say("connect.field.example", { example: field.example }) : undefined)}
          error={form.errors[field.key]}
        >
          <Control field={field} form={form} />
        </Field>
      ))}
    </div>
  );
}
