"use client";

import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Textarea } from "#components/ui/input.tsx";
import { FIELD_TYPE_WORDS, TypeIcon } from "#components/vendor/field-type.tsx";
import type { ModelField } from "#server/domains/models/schema";
import { fieldsOfJsonSchema } from "#server/mapping/json-schema-fields";
import { fieldsOfSample, type Imported } from "#server/mapping/model-import";

export type ImportFrom = "sample" | "schema";

const WORDS: Record<ImportFrom, { title: string; label: string; hint: string; example: string; read: (text: string) => Imported }> = {
  sample: {
    title: "Fields from a sample",
    label: "A record, or a list of records, as JSON",
    hint: "Types are told from the values: the more records, the surer. Nothing is sent anywhere before you save.",
    example: '{ "number": "A-1001", "placedAt": "2026-11-21T09:30:00Z", "customer": { "email": "ada@example.com" } }',
    read: fieldsOfSample,
  },
  schema: {
    title: "Fields from a JSON Schema",
    label: "JSON Schema",
    hint: "Nested objects and lists are taken over, with what is required, choices, formats and descriptions.",
    example: '{ "type": "object", "required": ["email"], "properties": { "email": { "type": "string" } } }',
    read: fieldsOfJsonSchema,
  },
};

type Read = { imported: Imported | null; error: string | null };

function readText(from: ImportFrom, text: string): Read {
  if (text.trim() === "") return { imported: null, error: null };
  try {
    return { imported: WORDS[from].read(text), error: null };
  } catch (error) {
    return { imported: null, error: error instanceof RangeError ? error.message : "This cannot be read." };
  }
}

function Found({ imported }: { imported: Imported }) {
  return (
    <div className="mt-4" aria-live="polite">
      <p className="mb-1.5 font-medium text-sm">{count(imported.fields.length, "field")} found</p>
      <ul
        aria-label="Fields found"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-56 divide-y divide-hairline overflow-y-auto rounded-md border border-hairline"
      >
        {imported.fields.slice(0, 200).map((field) => (
          <li key={field.key} className="flex items-center gap-2 px-3 py-1.5 text-sm">
            <TypeIcon type={field.type} />
            <span className="truncate">{field.name}</span>
            <code className="truncate text-subtle">{field.key}</code>
            <span className="ms-auto shrink-0 text-secondary text-xs">
              {FIELD_TYPE_WORDS[field.type]}
              {field.required ? ", required" : ""}
            </span>
          </li>
        ))}
      </ul>
      {imported.notes.map((note) => (
        <p key={note} className="mt-1.5 text-secondary text-xs">
          {note}
        </p>
      ))}
    </div>
  );
}

type ImportProps = {
  from: ImportFrom;
  onClose: () => void;
  /** Whether there are fields already that could be kept. */
  hasFields: boolean;
  onReplace: (fields: ModelField[]) => void;
  onAdd: (fields: ModelField[]) => void;
};

/** Paste, look at what is understood, take it. */
export function ImportDialog({ from, onClose, hasFields, onReplace, onAdd }: ImportProps) {
  const [text, setText] = useState("");
  const deferred = useDeferredValue(text);
  const { imported, error } = useMemo(() => readText(from, deferred), [from, deferred]);
  const words = WORDS[from];
  const take = (use: (fields: ModelField[]) => void) => () => {
    if (imported) use(imported.fields);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title}
      className="max-w-[620px]"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {hasFields ? (
            <Button disabled={!imported} onClick={take(onReplace)}>
              Replace all fields
            </Button>
          ) : null}
          <Button variant="primary" disabled={!imported} onClick={take(hasFields ? onAdd : onReplace)}>
            {hasFields ? "Add what is missing" : "Use these fields"}
          </Button>
        </>
      }
    >
      <Field label={words.label} hint={words.hint} error={error}>
        <Textarea
          value={text}
          onChange={({ target }) => setText(target.value)}
          placeholder={words.example}
          spellCheck={false}
          className="min-h-40 font-mono text-[12.5px]"
        />
      </Field>
      {imported ? <Found imported={imported} /> : null}
    </Dialog>
  );
}
