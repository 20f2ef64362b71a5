"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { FilterChips } from "#components/vendor/filter-chips.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { RunTable } from "#components/vendor/run-table.tsx";
import type { RunStatus } from "#server/trpc/views";

const STATES = [
  { value: "all", label: "All" },
  { value: "running", label: "Running" },
  { value: "succeeded", label: "Succeeded" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
] as const;

type Filter = (typeof STATES)[number]["value"];

/** Runs, newest first; of one customer when `customerId` is given. */
export function RunList({ customerId, status }: { customerId?: string; status?: RunStatus }) {
  const trpc = useVendor();
  const query = useInfiniteQuery(
    trpc.runs.list.infiniteQueryOptions(
      { limit: 30, ...(customerId ? { customerId } : {}), ...(status ? { status } : {}) },
      { getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 10_000 },
    ),
  );
  const runs = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isError && !query.data) return <FaultState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) {
    return <SkeletonTable columns={6} rows={8} />;
  }
  if (runs.length === 0) {
    return (
      <EmptyState title={status ? `No run is ${status}` : "No runs yet"}>
        {status ? "Choose another state above." : "A run appears when a customer connects an account and turns a template on."}
      </EmptyState>
    );
  }
  return (
    <>
      <RunTable runs={runs} scope={customerId ? "customer" : "all"} />
      {query.isPending ? null : <LoadMore query={query} shown={`${count(runs.length, "run")} shown`} />}
    </>
  );
}

export function RunsPage() {
  const [filter, setFilter] = useState<Filter>("all");
  return (
    <>
      <PageHeader title="Runs" description="Every execution of a stream, newest first." />
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <FilterChips label="State" value={filter} onChange={setFilter} chips={STATES} />
        {filter === "all" ? null : (
          <Button size="sm" variant="ghost" onClick={() => setFilter("all")}>
            Clear filter
          </Button>
        )}
      </div>
      <Card>{filter === "all" ? <RunList /> : <RunList status={filter} />}</Card>
    </>
  );
}
