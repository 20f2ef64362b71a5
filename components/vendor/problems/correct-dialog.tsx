"use client";

import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import type { StreamId } from "#server/lib/ids";
import type { ProblemRecord } from "#server/trpc/views/embed";
import type { useProblems } from "./use-problems";

type Props = { record: ProblemRecord | null; correct: ReturnType<typeof useProblems>["correct"]; onClose: () => void };

/** A value for the field that keeps one record back. */
export function CorrectDialog({ record, correct, onClose }: Props) {
  const id = useId();
  const [text, setText] = useState("");
  const form = `${id} form`;
  const save = () => {
    if (!record?.field || record.externalId === null) return;
    const { streamId, externalId, field } = record;
    correct.mutate({ streamId: streamId as StreamId, externalId, field, value: text }, { onSuccess: onClose });
  };
  return (
    <Dialog
      open={record !== null}
      onOpenChange={(open) => {
        setText("");
        if (!open) onClose();
      }}
      title={`Correct ${record?.fieldName ?? "the field"}`}
      description="For this record only. It falls away by itself when the source says something else of the field; nothing is changed at the source."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} pending={correct.isPending} disabled={text.trim() === ""}>
            Correct and try again
          </Button>
        </>
      }
    >
      {record?.input ? (
        <form
          id={form}
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <p className="break-words text-secondary text-sm">
            The source says {record.input.was === null ? "nothing" : <bdi className="font-medium text-foreground">{record.input.was}</bdi>}.
          </p>
          <div className="flex flex-col gap-1.5">
            <label className="flex items-baseline gap-1.5 font-medium text-sm" htmlFor={id}>
              {record.fieldName} <span className="font-normal text-secondary text-xs">{record.input.type}</span>
            </label>
            <ValueInput id={id} values={record.input.values} text={text} onChange={setText} />
          </div>
        </form>
      ) : null}
    </Dialog>
  );
}

function ValueInput({
  id,
  values,
  text,
  onChange,
}: {
  id: string;
  values: string[] | null;
  text: string;
  onChange: (text: string) => void;
}) {
  const list = `${id} values`;
  return (
    <>
      <Input
        id={id}
        autoFocus
        dir="auto"
        value={text}
        list={values ? list : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {values ? (
        <datalist id={list}>
          {values.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      ) : null}
    </>
  );
}
