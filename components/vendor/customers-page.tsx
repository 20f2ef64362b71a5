"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { CONNECTION_STATES } from "#components/ui/state-badge.tsx";
import { BulkBar } from "#components/vendor/bulk-bar.tsx";
import { customersInput, SHOWN_STATES } from "#components/vendor/customers-input";
import { CustomersTable } from "#components/vendor/customers-table.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { FilterChips } from "#components/vendor/filter-chips.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { SearchField } from "#components/vendor/search-field.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ConnectionState } from "#server/trpc/views";

type Filter = "all" | ConnectionState;
const CHIPS = [
  { value: "all" as Filter, label: "All" },
  ...SHOWN_STATES.map((value) => ({ value: value as Filter, label: CONNECTION_STATES[value].word })),
];

/** How many there are, once that is known; the line keeps its height until then. */
function totalWords(total: number | undefined, filtered: boolean): string {
  if (total === undefined) return "\u00a0";
  return filtered ? `${count(total, "customer")} found.` : `${count(total, "customer")} in this environment.`;
}

const SORTS = [
  { value: "urgent", label: "Trouble first" },
  { value: "newest", label: "Newest first" },
] as const;

type Sort = (typeof SORTS)[number]["value"];

/** Which customers are chosen for an action. A list that is filtered anew starts with none. */
function useSelection() {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const set = (ids: readonly string[], on: boolean) =>
    setChosen((before) => new Set(on ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id))));
  return { chosen, set, clear: () => setChosen(new Set()) };
}

function NoCustomers({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState title="No customer fits" action={<Button onClick={onClear}>Clear search and filters</Button>}>
        Try another word, or another state.
      </EmptyState>
    );
  }
  return (
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
  );
}

/** `state` is the filter to begin with: a number on the overview leads to what is behind it. */
export function CustomersPage({ state: initial }: { state: Filter }) {
  const trpc = useVendor();
  const may = useMay("support");
  const [search, setSearch] = useState("");
  const [state, setStateFilter] = useState<Filter>(initial);
  const [sort, setSort] = useState<Sort>("urgent");
  const selection = useSelection();
  const query = useInfiniteQuery(
    trpc.customers.list.infiniteQueryOptions(customersInput({ search, state, sort }), {
      getNextPageParam: (page) => page.next ?? undefined,
      placeholderData: keepPreviousData,
      refetchInterval: 15_000,
    }),
  );
  const setState = (next: Filter) => {
    selection.clear();
    setStateFilter(next);
  };
  const pages = query.data?.pages ?? [];
  const customers = pages.flatMap((page) => page.items);
  const total = pages[0]?.total;
  const filtered = search !== "" || state !== "all";
  return (
    <>
      <PageHeader
        title="Customers"
        description={totalWords(total, filtered)}
        actions={<Select aria-label="Order" className="w-40" value={sort} onChange={setSort} options={SORTS} />}
      />
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <SearchField value={search} onChange={setSearch} label="Search by name or your id" />
        <FilterChips label="State" value={state} onChange={setState} chips={CHIPS} />
      </div>
      <Card>
        {query.isError && !query.data ? (
          <FaultState error={query.error} onRetry={() => void query.refetch()} />
        ) : customers.length > 0 || query.isPending ? (
          <>
            <CustomersTable customers={customers} pending={query.isPending} selection={may ? selection : null} />
            {query.isPending ? null : <LoadMore query={query} shown={`${count(customers.length, "customer")} shown`} />}
          </>
        ) : (
          <NoCustomers
            filtered={filtered}
            onClear={() => {
              setSearch("");
              setState("all");
            }}
          />
        )}
      </Card>
      <BulkBar chosen={customers.filter(({ id }) => selection.chosen.has(id)).map(({ id }) => id)} onClear={selection.clear} />
    </>
  );
}
