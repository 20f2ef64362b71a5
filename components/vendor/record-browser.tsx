"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { Facts } from "#components/vendor/facts.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { FilterChips } from "#components/vendor/filter-chips.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { RecordLineage } from "#components/vendor/record-lineage.tsx";
import type { RecordRow } from "#server/trpc/views";

export type StreamChoice = { id: string; label: string; modelKey: string };

const COLUMNS = 4;

const cell = (value: unknown) =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** The first fields of the model that hold plain values in these records; of an unknown model, any. */
function columnsOf(records: RecordRow[], order: readonly string[]): string[] {
  const filled = new Set<string>();
  for (const { data } of records.slice(0, 20)) {
    for (const [key, value] of Object.entries(data)) if (value !== null && typeof value !== "object") filled.add(key);
  }
  return [...new Set([...order, ...filled])].filter((key) => filled.has(key)).slice(0, COLUMNS);
}

/** A record's fields in the model's order, as the vendor's team knows them. */
const inOrder = (data: Record<string, unknown>, order: readonly string[]) =>
  Object.fromEntries([...new Set([...order, ...Object.keys(data)])].filter((key) => key in data).map((key) => [key, data[key]]));

export function RecordBrowser({ streams }: { streams: StreamChoice[] }) {
  const [streamId, setStreamId] = useState(streams[0]?.id ?? "");
  const [opened, setOpened] = useState<RecordRow | null>(null);
  const trpc = useVendor();
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: 60_000 }));
  const modelKey = streams.find(({ id }) => id === streamId)?.modelKey;
  const order = models.data?.find(({ key }) => key === modelKey)?.fields.map(({ key }) => key) ?? [];
  if (streams.length === 0) {
    return (
      <Card>
        <EmptyState title="No stream is turned on">Records appear when the customer turns a template on.</EmptyState>
      </Card>
    );
  }
  return (
    <>
      {streams.length > 1 ? (
        <div className="mb-3">
          <FilterChips
            label="Stream"
            value={streamId}
            onChange={setStreamId}
            chips={streams.map(({ id, label }) => ({ value: id, label }))}
          />
        </div>
      ) : null}
      <Card>
        <RecordTable key={streamId} streamId={streamId} order={order} onOpen={setOpened} />
      </Card>
      <RecordDrawer record={opened} streamId={streamId} order={order} onClose={() => setOpened(null)} />
    </>
  );
}

function RecordTable({ streamId, order, onOpen }: { streamId: string; order: readonly string[]; onOpen: (record: RecordRow) => void }) {
  const trpc = useVendor();
  const query = useInfiniteQuery(
    trpc.records.list.infiniteQueryOptions({ streamId, limit: 50 }, { getNextPageParam: (page) => page.next ?? undefined }),
  );
  const records = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = columnsOf(records, order);
  if (query.isError && !query.data) return <FaultState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.isPending && records.length === 0)
    return <EmptyState title="No records yet">They appear as the first sync writes them.</EmptyState>;
  return (
    <>
      <Table label="Records">
        <THead>
          <tr>
            <TH>Id at the source</TH>
            {columns.map((column) => (
              <TH key={column}>{column}</TH>
            ))}
            <TH numeric>Mapping</TH>
            <TH numeric>Changed</TH>
          </tr>
        </THead>
        <TBody>
          {query.isPending ? <SkeletonRows columns={6} /> : null}
          {records.map((record) => (
            <TR key={record.id} className="relative transition-colors hover:bg-hover">
              <TD>
                <button
                  type="button"
                  onClick={() => onOpen(record)}
                  className="font-mono text-[12.5px] after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
                >
                  <Clipped className="max-w-[28ch]">{record.externalId}</Clipped>
                </button>
              </TD>
              {columns.map((column) => (
                <TD key={column} className="max-w-56 truncate">
                  <bdi>{cell(record.data[column]) || <span className="text-subtle">–</span>}</bdi>
                </TD>
              ))}
              <TD numeric className="text-secondary">
                r{record.mappingVersion}
              </TD>
              <TD numeric className="text-secondary">
                <RelativeTime date={record.updatedAt} />
              </TD>
            </TR>
          ))}
        </TBody>
      </Table>
      {query.isPending ? null : <LoadMore query={query} shown={`${count(records.length, "record")} shown`} />}
    </>
  );
}

type DrawerProps = { record: RecordRow | null; streamId: string; order: readonly string[]; onClose: () => void };

function RecordDrawer({ record, streamId, order, onClose }: DrawerProps) {
  return (
    <Dialog
      shape="drawer"
      open={record !== null}
      onOpenChange={(open) => !open && onClose()}
      title="Record"
      description={record ? <code>{record.id}</code> : ""}
    >
      {record ? (
        <>
          <Facts
            className="mb-5 grid-cols-2 sm:grid-cols-4 lg:grid-cols-4"
            facts={[
              { term: "Id at the source", value: record.externalId },
              { term: "Mapping", value: `revision ${record.mappingVersion}` },
              { term: "Sequence", value: record.seq },
              { term: "Changed", value: <RelativeTime date={record.updatedAt} /> },
            ]}
          />
          <Tabs defaultValue="mapped">
            <TabsList>
              <TabsTrigger value="mapped">As your product reads it</TabsTrigger>
              <TabsTrigger value="source">As the source sent it</TabsTrigger>
              <TabsTrigger value="lineage">Where values come from</TabsTrigger>
            </TabsList>
            <TabsContent value="mapped">
              <CodeBlock label="Mapped record" code={JSON.stringify(inOrder(record.data, order), null, 2)} />
            </TabsContent>
            <TabsContent value="source">
              <CodeBlock label="Source record" code={JSON.stringify(record.source, null, 2)} />
            </TabsContent>
            <TabsContent value="lineage">
              <RecordLineage streamId={streamId} externalId={record.externalId} />
            </TabsContent>
          </Tabs>
        </>
      ) : null}
    </Dialog>
  );
}
