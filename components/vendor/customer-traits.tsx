"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useSettled } from "#components/ui/use-settled";
import { rowFault, rowsOf, type TraitKind, type TraitRow, traitsOf } from "#components/vendor/trait-rows";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { Traits } from "#server/domains/integrations/gate";

const KINDS: { value: TraitKind; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "number", label: "Number" },
  { value: "flag", label: "Yes or no" },
  { value: "list", label: "List" },
];
const FLAGS = [
  { value: "yes", label: "Yes" },
  { value: "no", label: "No" },
] as const;

type LineProps = { row: TraitRow; at: number; fault: string | null; onChange: (row: TraitRow) => void; onRemove: () => void };

function Line({ row, at, fault, onChange, onRemove }: LineProps) {
  const n = at + 1;
  return (
    <li>
      <div className="grid grid-cols-[minmax(0,1fr)_112px_minmax(0,1fr)_32px] max-sm:grid-cols-[minmax(0,1fr)_112px_32px] max-sm:[&>:nth-child(3)]:order-1 max-sm:[&>:nth-child(3)]:col-span-2 items-center gap-2">
        <Input
          aria-label={`Name of trait ${n}`}
          className="font-mono text-sm"
          value={row.key}
          placeholder="plan"
          aria-invalid={fault !== null && row.key !== ""}
          onChange={(event) => onChange({ ...row, key: event.target.value })}
        />
        <Select
          aria-label={`Kind of trait ${n}`}
          value={row.kind}
          options={KINDS}
          onChange={(kind) => onChange({ ...row, kind, value: kind === "flag" ? "yes" : row.kind === "flag" ? "" : row.value })}
        />
        {row.kind === "flag" ? (
          <Select
            aria-label={`Value of trait ${n}`}
            value={row.value === "yes" ? "yes" : "no"}
            options={FLAGS}
            onChange={(value) => onChange({ ...row, value })}
          />
        ) : (
          <Input
            aria-label={`Value of trait ${n}`}
            value={row.value}
            inputMode={row.kind === "number" ? "decimal" : "text"}
            placeholder={row.kind === "list" ? "sso, audit" : row.kind === "number" ? "25" : "pro"}
            onChange={(event) => onChange({ ...row, value: event.target.value })}
          />
        )}
        <Button type="button" variant="ghost" size="icon" aria-label={`Remove trait ${n}`} onClick={onRemove}>
          <X aria-hidden="true" />
        </Button>
      </div>
      {fault && row.key !== "" ? (
        <div className="mt-1">
          <FieldError>{fault}</FieldError>
        </div>
      ) : null}
    </li>
  );
}

/** What the customer may connect with these traits, as they are typed. */
function Gates({ customerId, traits }: { customerId: string; traits: Traits | null }) {
  const trpc = useVendor();
  const asked = useSettled(traits === null ? null : JSON.stringify(traits)); // a text, which stands still while it says the same
  const query = useQuery(
    trpc.customers.gates.queryOptions(
      { customerId, ...(asked ? { traits: JSON.parse(asked) as Traits } : {}) },
      { enabled: asked !== null, retry: false, placeholderData: keepPreviousData },
    ),
  );
  if (!query.data || query.data.length === 0) return null;
  return (
    <section aria-label="What it may connect" className="mt-5 rounded-lg border border-hairline">
      <h3 className="border-hairline border-b px-3 py-2 font-medium text-sm">Integrations with a gate</h3>
      <ul className="divide-y divide-hairline" aria-live="polite">
        {query.data.map(({ integrationId, integrationName, gate, passes }) => (
          <li key={integrationId} className="flex items-center gap-3 px-3 py-2 text-sm">
            <span className="min-w-0 flex-1">
              <span className="block truncate">{integrationName}</span>
              <code className="block truncate text-secondary text-xs">{gate}</code>
            </span>
            <Badge tone={passes ? "success" : "neutral"}>{passes ? "May connect" : "Kept out"}</Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}

type EditProps = { customerId: string; traits: Traits; onClose: () => void };

function EditTraits({ customerId, traits, onClose }: EditProps) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [rows, setRows] = useState<TraitRow[]>(() => [...rowsOf(traits), ...(Object.keys(traits).length === 0 ? [EMPTY] : [])]);
  const filled = rows.filter(({ key, value }) => key !== "" || value !== "");
  const next = traitsOf(filled);
  const save = useMutation(
    trpc.customers.setTraits.mutationOptions({
      onSuccess: () => {
        toast.success("Traits saved");
        onClose();
      },
      onSettled: () => cache.invalidateQueries(trpc.customers.pathFilter()),
    }),
  );
  const fault = save.error ? faultOf(save.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (next) save.mutate({ customerId, traits: next });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Traits"
      description="What you know of this customer, for the gates of integrations. Your backend may send them with each session; what it sends next takes the place of what stands here."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="traits" disabled={next === null} pending={save.isPending}>
            Save traits
          </Button>
        </>
      }
    >
      <form id="traits" onSubmit={submit}>
        {rows.length === 0 ? <p className="text-secondary text-sm">Nothing is known of this customer.</p> : null}
        <ul className="flex flex-col gap-2 max-sm:gap-4">
          {rows.map((row, at) => (
            <Line
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; its name changes while it is typed
              key={at}
              {...{ row, at }}
              fault={rowFault(row, rows.slice(0, at))}
              onChange={(changed) => setRows(rows.map((one, n) => (n === at ? changed : one)))}
              onRemove={() => setRows(rows.filter((_, n) => n !== at))}
            />
          ))}
        </ul>
        <Button type="button" variant="ghost" size="sm" className="-ms-2 mt-2" onClick={() => setRows([...rows, EMPTY])}>
          <Plus aria-hidden="true" /> Add a trait
        </Button>
        <Gates customerId={customerId} traits={next} />
        {fault ? (
          <div className="mt-4">
            <FieldError>{fault.detail ?? fault.text}</FieldError>
          </div>
        ) : null}
      </form>
    </Dialog>
  );
}

const EMPTY: TraitRow = { key: "", kind: "text", value: "" };

/** What is known of a customer, in one line, with the way to change it. */
export function CustomerTraits({ customerId, traits }: { customerId: string; traits: Traits }) {
  const may = useMay("developer");
  const [editing, setEditing] = useState(false);
  const rows = rowsOf(traits);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      <span className="text-secondary">Traits</span>
      {rows.length === 0 ? <span className="text-subtle">none</span> : null}
      <ul className="flex min-w-0 flex-wrap gap-1.5">
        {rows.map(({ key, value }) => (
          <li key={key} className="max-w-full truncate rounded-md border border-hairline bg-surface px-2 py-0.5 text-xs">
            <code className="text-secondary">{key}</code> {value}
          </li>
        ))}
      </ul>
      {may ? (
        <Button variant="link" size="sm" onClick={() => setEditing(true)}>
          Edit traits
        </Button>
      ) : null}
      {editing ? <EditTraits customerId={customerId} traits={traits} onClose={() => setEditing(false)} /> : null}
    </div>
  );
}
