"use client";

import Link from "next/link";
import { useMemo, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { AdaptedConflicts } from "#components/vendor/adaptation/adapted-conflicts.tsx";
import { AdaptedDocument } from "#components/vendor/adaptation/adapted-document.tsx";
import { AdaptedDrifts } from "#components/vendor/adaptation/adapted-drifts.tsx";
import { AdaptedFields } from "#components/vendor/adaptation/adapted-fields.tsx";
import { AdaptedHistory } from "#components/vendor/adaptation/adapted-history.tsx";
import { type Adapted, decisionsOf, ownFields, useAdaptations, useAdapting } from "#components/vendor/adaptation/use-adaptations";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { CustomerDetail } from "#server/trpc/views";

function labelOf(stream: Adapted, all: readonly Adapted[]): string {
  const same = all.filter((one) => one.label === stream.label && one.integrationName === stream.integrationName).length > 1;
  const decisions = decisionsOf(stream);
  return `${stream.integrationName}: ${stream.label}${same ? `, ${stream.templateName}` : ""}${decisions > 0 ? ` (${decisions} to decide)` : ""}`;
}

function stateWords(stream: Adapted): string {
  const own = ownFields(stream).length;
  const fields = count(stream.fields.length, "field");
  return own === 0
    ? `All of ${fields} as version ${stream.templateVersion} of ${stream.templateName} has them.`
    : `${own} of ${fields} ${own === 1 ? "is" : "are"} their own; the others as version ${stream.templateVersion} of ${stream.templateName} has them.`;
}

function Stream({ stream, customerName }: { stream: Adapted; customerName: string }) {
  const adapting = useAdapting();
  const [view, setView] = useState("fields");
  const titles = useMemo(() => new Map(stream.sourceFields.map(({ path, title }) => [path, title])), [stream]);
  return (
    <>
      <AdaptedDrifts stream={stream} adapting={adapting} />
      <AdaptedConflicts {...{ stream, titles, customerName, adapting }} />
      <Tabs value={view} onValueChange={setView}>
        <TabsList aria-label={`Mapping of ${stream.label}`}>
          <TabsTrigger value="fields">Fields</TabsTrigger>
          <TabsTrigger value="history">History</TabsTrigger>
          <TabsTrigger value="document">Document</TabsTrigger>
        </TabsList>
        <TabsContent value="fields" className="pt-4">
          <AdaptedFields {...{ stream, titles, customerName, adapting }} />
        </TabsContent>
        <TabsContent value="history" className="pt-4">
          <AdaptedHistory {...{ stream, customerName, adapting }} />
        </TabsContent>
        <TabsContent value="document" className="pt-4">
          <AdaptedDocument connectionId={stream.connectionId} customerName={customerName} />
        </TabsContent>
      </Tabs>
    </>
  );
}

function Mappings({ customer, wanted }: { customer: CustomerDetail; wanted: string | null }) {
  const { streams, any, isPending, failed } = useAdaptations(customer.connectionList);
  const [chosen, setChosen] = useState(wanted);
  if (failed) return <FaultState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (any && isPending) return <Skeleton className="h-64 w-full rounded-lg" />;
  const current = streams.find(({ streamId }) => streamId === chosen) ?? streams.find((one) => decisionsOf(one) > 0) ?? streams[0];
  if (!current)
    return (
      <Card>
        <EmptyState title="Nothing is turned on">What {customer.name} turns on in the marketplace is mapped, and shown here.</EmptyState>
      </Card>
    );
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          {streams.length > 1 ? (
            <Select
              aria-label="Which stream"
              className="w-auto max-w-full"
              value={current.streamId}
              options={streams.map((one) => ({ value: one.streamId, label: labelOf(one, streams) }))}
              onChange={setChosen}
            />
          ) : (
            <h2 className="font-semibold text-base">{labelOf(current, streams)}</h2>
          )}
          <p className="mt-1.5 text-secondary text-sm">{stateWords(current)}</p>
        </div>
        <Button asChild size="sm">
          <Link href={`/templates/${current.templateId}/mapping/${current.key}`}>Open the template’s mapping</Link>
        </Button>
      </div>
      <Stream key={current.streamId} stream={current} customerName={customer.name} />
    </div>
  );
}

/** How one customer's records are mapped: what is in force and who decided it, what waits for a decision, what was changed, and the way back. */
export function CustomerMapping({ customer, wanted }: { customer: CustomerDetail; wanted: string | null }) {
  const may = useMay("support");
  if (may) return <Mappings customer={customer} wanted={wanted} />;
  return (
    <Card>
      <EmptyState title="Your role does not see customers’ mappings">
        Ask an admin of your team for the role “support” or a higher one.
      </EmptyState>
    </Card>
  );
}
