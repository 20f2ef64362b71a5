import Link from "next/link";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { formatNumber } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { FIXERS } from "#components/vendor/fixer-words";
import type { CustomerRow } from "#server/trpc/views";

export type Selection = {
  chosen: ReadonlySet<string>;
  set: (ids: readonly string[], on: boolean) => void;
};

type CustomersTableProps = {
  customers: CustomerRow[];
  pending: boolean;
  /** Null for who may only look. */
  selection: Selection | null;
};

function Row({ customer, selection }: { customer: CustomerRow; selection: Selection | null }) {
  const chosen = selection?.chosen.has(customer.id) ?? false;
  return (
    <TR className="relative transition-colors hover:bg-hover data-[chosen=true]:bg-accent-soft/50" data-chosen={chosen}>
      {selection ? (
        <TD className="w-0 pe-0">
          <Checkbox
            aria-label={`Choose ${customer.name}`}
            checked={chosen}
            onCheckedChange={(on) => selection.set([customer.id], on === true)}
            className="relative z-10"
          />
        </TD>
      ) : null}
      <TD className="max-w-0 min-w-48">
        <Link
          href={`/customers/${customer.id}`}
          className="block truncate font-medium after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
        >
          <bdi title={customer.name.length > 24 ? customer.name : undefined}>{customer.name}</bdi>
        </Link>
        <bdi className="block truncate text-subtle text-xs">{customer.externalId}</bdi>
      </TD>
      <TD>{customer.state ? <StateBadge state={customer.state} /> : <span className="text-subtle">Nothing connected</span>}</TD>
      <TD className="max-w-0 min-w-56">
        {customer.problem ? (
          <>
            <span className="block truncate" title={customer.problem.text}>
              {FIXERS[customer.problem.fixer].who}
            </span>
            <span className="block truncate text-secondary text-xs">{customer.problem.text}</span>
          </>
        ) : (
          <span className="text-subtle">–</span>
        )}
      </TD>
      <TD numeric>{formatNumber(customer.connections)}</TD>
      <TD numeric>{formatNumber(customer.records)}</TD>
      <TD numeric className="text-secondary">
        <RelativeTime date={customer.lastSyncAt} fallback="never" />
      </TD>
    </TR>
  );
}

/** Customers with their state, who can fix what is wrong, and what they hold. */
export function CustomersTable({ customers, pending, selection }: CustomersTableProps) {
  const ids = customers.map(({ id }) => id);
  const chosen = ids.filter((id) => selection?.chosen.has(id)).length;
  return (
    <Table label="Customers" className="min-w-[760px]">
      <THead>
        <tr>
          {selection ? (
            <TH className="w-0 pe-0">
              <Checkbox
                aria-label="Choose all that are shown"
                checked={chosen === 0 ? false : chosen === ids.length ? true : "indeterminate"}
                onCheckedChange={(on) => selection.set(ids, on === true)}
              />
            </TH>
          ) : null}
          <TH className="w-[30%]">Customer</TH>
          <TH>State</TH>
          <TH className="w-[36%]">Who can fix it</TH>
          <TH numeric>Connections</TH>
          <TH numeric>Records</TH>
          <TH numeric>Last sync</TH>
        </tr>
      </THead>
      <TBody>
        {pending ? <SkeletonRows columns={selection ? 7 : 6} rows={8} /> : null}
        {customers.map((customer) => (
          <Row key={customer.id} customer={customer} selection={selection} />
        ))}
      </TBody>
    </Table>
  );
}
