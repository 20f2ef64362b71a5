"use client";

import { useMutation } from "@tanstack/react-query";
import { FileInput, Upload } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";

type DraftProps = { onDraft: (draft: { source: string; notes: string[] }) => void };

function Form({ onDraft }: DraftProps) {
  const trpc = useVendor();
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const draft = useMutation(trpc.connectors.draft.mutationOptions({ onSuccess: onDraft }));
  const fault = draft.error ? faultOf(draft.error) : null;
  const change = (next: string) => {
    draft.reset();
    setText(next);
  };
  const take = async (given: File | undefined) => {
    if (given) change(await given.text());
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    draft.mutate({ text });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <Field
        label="Description"
        hint="OpenAPI 2 or 3 as JSON or YAML, or WSDL 1.1 in one file with its schemas. What is in the editor now is replaced."
        error={fault ? (fault.detail ?? fault.text) : undefined}
      >
        <textarea
          value={text}
          onChange={(event) => change(event.target.value)}
          rows={10}
          wrap="off"
          spellCheck={false}
          required
          placeholder={'openapi: 3.1.0\n…\n\nor\n\n<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" …'}
          className="w-full resize-y rounded-md border border-hairline-strong bg-surface p-2 font-mono text-xs leading-5 placeholder:text-subtle"
        />
      </Field>
      <div className="flex flex-wrap justify-between gap-2">
        <Button type="button" onClick={() => file.current?.click()}>
          <Upload aria-hidden="true" />
          Choose a file
        </Button>
        <input
          ref={file}
          type="file"
          accept=".wsdl,.xml,.json,.yaml,.yml,text/xml,application/xml,application/wsdl+xml,application/json,text/yaml"
          className="hidden"
          aria-label="Description file"
          onChange={(event) => void take(event.target.files?.[0])}
        />
        <Button type="submit" variant="primary" disabled={text.trim() === ""} pending={draft.isPending}>
          Make a draft
        </Button>
      </div>
    </form>
  );
}

/** A button, and behind it where a service's own description is given, from which a manifest is drafted. */
export function ImportDialog({ onDraft, disabled }: DraftProps & { disabled: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button disabled={disabled} onClick={() => setOpen(true)}>
        <FileInput aria-hidden="true" />
        Start from a description
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Start from a description"
        description="Lists become objects, and the operations of a SOAP service actions. You go on from there."
        className="max-w-[640px]"
      >
        <Form
          onDraft={(draft) => {
            setOpen(false);
            onDraft(draft);
          }}
        />
      </Dialog>
    </>
  );
}
