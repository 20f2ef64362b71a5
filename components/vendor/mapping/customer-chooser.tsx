"use client";

import { useQuery } from "@tanstack/react-query";
import { Building2, Layers } from "lucide-react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { count } from "#components/ui/format";
import type { PreviewCustomer } from "#server/domains/mappings/list-preview-customers";

const EVERYONE = "";

const optionOf = ({ connectionId, customerName, accountLabel, streamId, records, held }: PreviewCustomer): ComboboxOption => ({
  value: connectionId,
  text: `${customerName} ${accountLabel}`,
  content: (
    <span className="flex items-center gap-2">
      <Building2 aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />
      <span className="min-w-0 truncate">{customerName}</span>
      <span className="ms-auto shrink-0 text-secondary text-xs">
        {streamId === null ? "not on yet" : `${count(records, "record")}${held > 0 ? `, ${held} held back` : ""}`}
      </span>
    </span>
  ),
});

const ALL: ComboboxOption = {
  value: EVERYONE,
  text: "all customers",
  content: (
    <span className="flex items-center gap-2">
      <Layers aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />
      Some records of several customers
    </span>
  ),
};

type ChooserProps = { templateId: string; streamKey: string; value: string | null; onChange: (connectionId: string | null) => void };

/** Whose records the mapping is tried on. A look into one customer's is noted with who looked. */
export function CustomerChooser({ templateId, streamKey, value, onChange }: ChooserProps) {
  const trpc = useVendor();
  const query = useQuery(trpc.mappings.customers.queryOptions({ templateId, streamKey }, { staleTime: 60_000 }));
  const customers = query.data ?? [];
  const chosen = customers.find(({ connectionId }) => connectionId === value);
  return (
    <>
      <Combobox
        label="Records of"
        searchLabel="Search customers"
        value={value ?? EVERYONE}
        options={[ALL, ...customers.map(optionOf)]}
        onChange={(next) => onChange(next === EVERYONE ? null : next)}
      >
        {chosen ? (
          <>
            <Building2 aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />
            <span className="truncate">{chosen.customerName}</span>
          </>
        ) : (
          <span className="truncate">Several customers</span>
        )}
      </Combobox>
      {value === null ? null : <p className="mt-1 text-secondary text-xs">Their own fields and records. That you looked is noted.</p>}
    </>
  );
}
