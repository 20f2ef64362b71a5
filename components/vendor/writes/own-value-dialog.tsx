"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ConflictFieldView } from "#server/domains/conflicts/schema";

type Read = { value: unknown } | { fault: string };

/** What was typed, as a value of the field's type; "" is nothing. */
export function readValue(text: string, type: string): Read {
  const trimmed = text.trim();
  if (trimmed === "") return { value: null };
  if (type === "number") return Number.isFinite(Number(trimmed)) ? { value: Number(trimmed) } : { fault: "This is not a number." };
  if (type === "boolean") return { value: trimmed === "true" };
  if (type !== "object" && type !== "array" && type !== "money") return { value: text };
  try {
    return { value: JSON.parse(trimmed) as unknown };
  } catch {
    return { fault: "This is not JSON." };
  }
}

const asText = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

type OwnProps = {
  field: ConflictFieldView;
  /** What the record is known by. */
  what: string;
  pending: boolean;
  onClose: () => void;
  onSettle: (value: unknown) => void;
};

/** A third value than the two that are in conflict, for both sides. */
export function OwnValueDialog({ field, what, pending, onClose, onSettle }: OwnProps) {
  const { type, name } = field;
  const [text, setText] = useState(asText(field.ours));
  const read = readValue(text, type);
  const long = type === "object" || type === "array" || type === "money";
  const fault = "fault" in read ? read.fault : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Another ${name} for ${what}`}
      description="It goes into your record and to the third party."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={fault !== null} pending={pending} onClick={() => "value" in read && onSettle(read.value)}>
            Use this value
          </Button>
        </>
      }
    >
      <Field label={name} error={fault} {...(text.trim() === "" ? { hint: "Left empty, the field is emptied on both sides." } : {})}>
        {type === "boolean" ? (
          <Select
            value={text || "-"}
            options={[
              { value: "true", label: "Yes" },
              { value: "false", label: "No" },
              { value: "-", label: "Empty" },
            ]}
            onChange={(next) => setText(next === "-" ? "" : next)}
          />
        ) : long ? (
          <Textarea value={text} spellCheck={false} className="font-mono text-[12.5px]" onChange={({ target }) => setText(target.value)} />
        ) : (
          <Input value={text} maxLength={10_000} onChange={({ target }) => setText(target.value)} />
        )}
      </Field>
    </Dialog>
  );
}
