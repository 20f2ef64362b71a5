"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { ApiScope } from "#server/trpc/views";

const SCOPES: { scope: ApiScope; title: string; hint: string }[] = [
  { scope: "sessions", title: "Open the marketplace", hint: "Mint embed sessions for customers. All that a page's backend needs." },
  { scope: "read", title: "Read", hint: "Customers, connections, records and the change feed." },
  { scope: "write", title: "Change", hint: "Customers, syncs, disconnecting, webhook endpoints." },
];

const ALL: ApiScope[] = ["read", "write", "sessions"];

/** What a key may do, in a word or two. */
export function scopeWords(scopes: readonly ApiScope[]): string {
  if (scopes.length === ALL.length) return "Everything";
  return SCOPES.filter(({ scope }) => scopes.includes(scope))
    .map(({ title }) => title)
    .join(", ");
}

function ScopeChoice({ scopes, onChange }: { scopes: ApiScope[]; onChange: (scopes: ApiScope[]) => void }) {
  const id = useId();
  const toggle = (scope: ApiScope, on: boolean) => onChange(ALL.filter((one) => (one === scope ? on : scopes.includes(one))));
  return (
    <fieldset className="mt-5 min-w-0">
      <legend className="mb-2 font-medium text-sm">What it may do</legend>
      <ul className="flex flex-col gap-2.5">
        {SCOPES.map(({ scope, title, hint }) => (
          <li key={scope} className="flex items-start gap-2.5">
            <Checkbox
              id={`${id}-${scope}`}
              aria-describedby={`${id}-${scope}-hint`}
              checked={scopes.includes(scope)}
              onCheckedChange={(on) => toggle(scope, on === true)}
              className="mt-0.5"
            />
            <div className="min-w-0">
              <label htmlFor={`${id}-${scope}`} className="text-sm">
                {title} <code className="ms-1 text-subtle">{scope}</code>
              </label>
              <p id={`${id}-${scope}-hint`} className="text-secondary text-xs">
                {hint}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {scopes.length === 0 ? (
        <div className="mt-2">
          <FieldError>Choose at least one.</FieldError>
        </div>
      ) : null}
    </fieldset>
  );
}

export function CreateKeyDialog({ open, onClose, onSecret }: { open: boolean; onClose: () => void; onSecret: (secret: string) => void }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ApiScope[]>(ALL);
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: ({ secret }) => {
        void cache.invalidateQueries(trpc.apiKeys.pathFilter());
        setName("");
        setScopes(ALL);
        onClose();
        onSecret(secret);
      },
    }),
  );
  const fault = create.error ? faultOf(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (scopes.length > 0) create.mutate({ name, scopes });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Create an API key"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="create-key"
            variant="primary"
            disabled={name.trim() === "" || scopes.length === 0}
            pending={create.isPending}
          >
            Create key
          </Button>
        </>
      }
    >
      <form id="create-key" onSubmit={submit}>
        <Field
          label="Name"
          hint="Where it will be used, so that you know later which one to revoke."
          error={fault ? (fault.fields?.["name"]?.[0] ?? fault.detail ?? fault.text) : null}
        >
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={80} placeholder="Production backend" autoFocus />
        </Field>
        <ScopeChoice scopes={scopes} onChange={setScopes} />
      </form>
    </Dialog>
  );
}
