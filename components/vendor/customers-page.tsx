"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count, formatNumber } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { CONNECTION_STATES, StateBadge } from "#components/ui/state-badge.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { FilterChips } from "#components/vendor/filter-chips.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { SearchField } from "#components/vendor/search-field.tsx";
import type { ConnectionState, CustomerRow } from "#server/trpc/views";

type Filter = "all" | ConnectionState;
const SHOWN: ConnectionState[] = ["active", "syncing", "delayed", "attention", "reauth", "paused"];
const CHIPS = [
  { value: "all" as Filter, label: "All" },
  ...SHOWN.map((value) => ({ value: value as Filter, label: CONNECTION_STATES[value].word })),
];

function CustomerTable({ customers, pending }: { customers: CustomerRow[]; pending: boolean }) {
  return (
    <Table label="Customers">
      <THead>
        <tr>
          <TH>Customer</TH>
          <TH>State</TH>
          <TH numeric>Connections</TH>
          <TH numeric>Records</TH>
          <TH numeric>Last sync</TH>
          <TH numeric>Since</TH>
        </tr>
      </THead>
      <TBody>
        {pending ? <SkeletonRows columns={6} rows={8} /> : null}
        {customers.map((customer) => (
          <TR key={customer.id} className="relative transition-colors hover:bg-hover">
            <TD>
              <Link
                href={`/customers/${customer.id}`}
                className="font-medium after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
              >
                {customer.name}
              </Link>
              <code className="ms-2 text-subtle">{customer.externalId}</code>
            </TD>
            <TD>{customer.state ? <StateBadge state={customer.state} /> : <span className="text-subtle">Nothing connected</span>}</TD>
            <TD numeric>{formatNumber(customer.connections)}</TD>
            <TD numeric>{formatNumber(customer.records)}</TD>
            <TD numeric className="text-secondary">
              <RelativeTime date={customer.lastSyncAt} />
            </TD>
            <TD numeric className="text-secondary">
              <RelativeTime date={customer.createdAt} />
            </TD>
          </TR>
        ))}
      </TBody>
    </Table>
  );
}

/** How many there are, once that is known; the line keeps its height until then. */
function totalWords(total: number | undefined, filtered: boolean): string {
  if (total === undefined) return "\u00a0";
  return filtered ? `${count(total, "customer")} found.` : `${count(total, "customer")} in this environment.`;
}

export function CustomersPage() {
  const trpc = useVendor();
  const [search, setSearch] = useState("");
  const [state, setState] = useState<Filter>("all");
  const query = useInfiniteQuery(
    trpc.customers.list.infiniteQueryOptions(
      { limit: 50, ...(search ? { search } : {}), ...(state === "all" ? {} : { state }) },
      { getNextPageParam: (page) => page.next ?? undefined, placeholderData: keepPreviousData, refetchInterval: 15_000 },
    ),
  );
  const customers = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total;
  const filtered = search !== "" || state !== "all";
  const clear = () => {
    setSearch("");
    setState("all");
  };
  return (
    <>
      <PageHeader title="Customers" description={totalWords(total, filtered)} />
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <SearchField value={search} onChange={setSearch} label="Search by name or your id" />
        <FilterChips label="State" value={state} onChange={setState} chips={CHIPS} />
      </div>
      <Card>
        {query.isError && !query.data ? (
          <FaultState error={query.error} onRetry={() => void query.refetch()} />
        ) : customers.length > 0 || query.isPending ? (
          <>
            <CustomerTable customers={customers} pending={query.isPending} />
            {query.isPending ? null : <LoadMore query={query} shown={`${count(customers.length, "customer")} shown`} />}
          </>
        ) : filtered ? (
          <EmptyState title="No customer fits" action={<Button onClick={clear}>Clear search and filters</Button>}>
            Try another word, or another state.
          </EmptyState>
        ) : (
          <EmptyState
            title="No customers yet"
            action={
              <Button asChild variant="primary">
                <Link href="/settings">Get the embed code</Link>
              </Button>
            }
          >
            A customer appears when your backend mints its first embed session.
          </EmptyState>
        )}
      </Card>
    </>
  );
}
