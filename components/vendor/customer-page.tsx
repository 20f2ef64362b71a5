"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count, formatNumber } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { CustomerMapping } from "#components/vendor/adaptation/customer-mapping.tsx";
import { ConnectionCard } from "#components/vendor/connection-card.tsx";
import { CustomerTraits } from "#components/vendor/customer-traits.tsx";
import { InternalSwitch } from "#components/vendor/internal-switch.tsx";
import { CorrectionList } from "#components/vendor/problems/correction-list.tsx";
import { ProblemInbox } from "#components/vendor/problems/problem-inbox.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { RecordBrowser } from "#components/vendor/record-browser.tsx";
import { RunList } from "#components/vendor/runs-page.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import { ConflictList } from "#components/vendor/writes/conflict-list.tsx";
import { WriteJournal } from "#components/vendor/writes/write-journal.tsx";
import type { CustomerId } from "#server/lib/ids";
import type { CustomerDetail } from "#server/trpc/views";

const streamsOf = (customer: CustomerDetail) => {
  const many = customer.connectionList.length > 1;
  return customer.connectionList.flatMap((connection) =>
    connection.streams.map((stream) => ({
      id: stream.id,
      modelKey: stream.modelKey,
      paused: stream.pauseReasons.some((one) => one !== "quarantine"),
      label: many ? `${connection.integrationName}: ${stream.label}` : stream.label,
    })),
  );
};

export function CustomerPage({ customerId }: { customerId: string }) {
  const trpc = useVendor();
  const asked = useSearchParams(); // a link from elsewhere leads to a tab, and to a stream in it
  const [tab, setTab] = useState(asked.get("tab") ?? "connections");
  const may = useMay("developer");
  const query = useQuery(trpc.customers.get.queryOptions({ customerId }, { refetchInterval: 15_000 }));
  return (
    <QueryView query={query} skeleton={<CustomerSkeleton />} back={{ href: "/customers", label: "All customers" }}>
      {(customer) => {
        const all = customer.connectionList.flatMap((c) => c.streams);
        const held = all.reduce((sum, stream) => sum + stream.quarantineCount + stream.heldCount + stream.conflictCount, 0);
        const decisions = all.reduce((sum, stream) => sum + (stream.status === "active" ? stream.decisions : 0), 0);
        const writes = may && all.some((stream) => stream.direction !== "pull");
        const streams = streamsOf(customer);
        return (
          <>
            <PageHeader
              back={{ href: "/customers", label: "Customers" }}
              title={<bdi>{customer.name}</bdi>}
              description={
                <>
                  {count(customer.connections, "connection")}, {count(customer.records, "record")}, last sync{" "}
                  <RelativeTime date={customer.lastSyncAt} />. Your id: <code className="break-all">{customer.externalId}</code>
                </>
              }
            />
            <div className="mb-5 flex flex-col gap-4">
              <CustomerTraits customerId={customer.id} traits={customer.traits} />
              <InternalSwitch customerId={customer.id} internal={customer.internal} />
            </div>
            <Tabs value={tab} onValueChange={setTab}>
              <TabsList aria-label="About this customer">
                <TabsTrigger value="connections">Connections</TabsTrigger>
                <TabsTrigger value="mapping">
                  Mapping
                  {decisions > 0 ? <Badge tone="warning">{formatNumber(decisions)}</Badge> : null}
                </TabsTrigger>
                <TabsTrigger value="runs">Runs</TabsTrigger>
                <TabsTrigger value="records">Records</TabsTrigger>
                {writes ? <TabsTrigger value="writes">Writes</TabsTrigger> : null}
                <TabsTrigger value="problems">
                  Problems
                  {held > 0 ? <Badge tone="warning">{formatNumber(held)}</Badge> : null}
                </TabsTrigger>
              </TabsList>
              <TabsContent value="connections" className="flex flex-col gap-4">
                {customer.connectionList.length === 0 ? (
                  <Card>
                    <EmptyState title={`${customer.name} has not connected anything yet`}>
                      They see your marketplace inside your product and choose there what to connect.
                    </EmptyState>
                  </Card>
                ) : (
                  customer.connectionList.map((connection) => <ConnectionCard key={connection.id} connection={connection} />)
                )}
              </TabsContent>
              <TabsContent value="mapping">
                <CustomerMapping customer={customer} wanted={asked.get("stream")} />
              </TabsContent>
              <TabsContent value="runs">
                <Card>
                  <RunList customerId={customer.id} />
                </Card>
              </TabsContent>
              <TabsContent value="records">
                <RecordBrowser streams={streams} />
              </TabsContent>
              {writes ? (
                <TabsContent value="writes">
                  <WriteJournal of={{ customerId: customer.id as CustomerId }} />
                </TabsContent>
              ) : null}
              <TabsContent value="problems" className="flex flex-col gap-4">
                {writes ? <ConflictList customerId={customer.id as CustomerId} streams={all} /> : null}
                {may ? (
                  <>
                    <ProblemInbox customerId={customer.id as CustomerId} streams={streams} />
                    <CorrectionList customerId={customer.id as CustomerId} streams={streams} />
                  </>
                ) : (
                  <NoRecords />
                )}
              </TabsContent>
            </Tabs>
          </>
        );
      }}
    </QueryView>
  );
}

/** Whoever may not see records is told so, instead of an error. */
function NoRecords() {
  return (
    <Card>
      <EmptyState title="Records are for developers">
        Your role sees states and counts, and not what is in a record. Ask an admin of your team.
      </EmptyState>
    </Card>
  );
}

function CustomerSkeleton() {
  return (
    <>
      <div className="mb-6 flex flex-col gap-3">
        <Skeleton className="w-20" />
        <Skeleton className="h-6 w-48" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <div className="mb-5 flex h-9 gap-5 border-hairline border-b">
        <Skeleton className="w-24" />
        <Skeleton className="w-12" />
        <Skeleton className="w-16" />
      </div>
      <Card className="h-48" />
    </>
  );
}
