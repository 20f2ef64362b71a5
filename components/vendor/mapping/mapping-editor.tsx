"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { Studio } from "#components/vendor/mapping/studio.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { MappingEditorView } from "#server/trpc/views";

type Of = { templateId: string; streamKey: string };

/** Its own records and fields once a customer is chosen; until they are there, what was shown before. */
function OnGround({ view, of }: { view: MappingEditorView; of: Of }) {
  const trpc = useVendor();
  const [connectionId, setConnectionId] = useState<string | null>(null);
  const query = useQuery(
    trpc.mappings.onCustomer.queryOptions(
      { ...of, connectionId: connectionId ?? "" },
      {
        enabled: connectionId !== null,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        placeholderData: keepPreviousData,
      },
    ),
  );
  const customer = connectionId === null ? null : (query.data ?? null);
  return (
    <>
      {query.isError && connectionId !== null ? <FaultState error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Studio view={view} of={of} customer={customer} connectionId={connectionId} onCustomer={setConnectionId} />
    </>
  );
}

export function MappingEditor({ templateId, streamKey }: Of) {
  const trpc = useVendor();
  const query = useQuery(trpc.mappings.editor.queryOptions({ templateId, streamKey }, { staleTime: 60_000, refetchOnWindowFocus: false }));
  return (
    <QueryView query={query} skeleton={<EditorSkeleton />} back={{ href: "/templates", label: "All templates" }}>
      {(view) => <OnGround view={view} of={{ templateId, streamKey }} />}
    </QueryView>
  );
}

function EditorSkeleton() {
  return (
    <>
      <div className="mb-6 flex flex-col gap-3">
        <Skeleton className="w-20" />
        <Skeleton className="h-6 w-72" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-[224px_minmax(0,1fr)] xl:grid-cols-[232px_minmax(0,1fr)_304px]">
        <Card className="hidden h-[640px] lg:block" />
        <Card className="h-[640px]" />
        <Card className="h-96" />
      </div>
    </>
  );
}
