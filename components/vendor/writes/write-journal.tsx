"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { RecordLineage } from "#components/vendor/record-lineage.tsx";
import type { CustomerId, RunId, WriteId } from "#server/lib/ids";
import { UndoButton } from "./undo-button.tsx";

const OPS = { create: "Created", update: "Changed", delete: "Deleted" } as const;

/** What was written, place by place: `properties.jobtitle: Buyer`. */
function leavesOf(value: unknown, at: string): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return [`${at}: ${value === null || value === "" ? "empty" : typeof value === "object" ? JSON.stringify(value) : String(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, at === "" ? key : `${at}.${key}`));
}

const fieldsOf = (data: Record<string, unknown> | null) => (data === null ? "" : leavesOf(data, "").join(", "));

type Opened = { streamId: string; ownId: string };

/** Where the values of a record that was written come from. */
const WrittenRecord = ({ record, onClose }: { record: Opened | null; onClose: () => void }) => (
  <Dialog
    shape="drawer"
    open={record !== null}
    onOpenChange={(open) => !open && onClose()}
    title="Where its values come from"
    description={record ? <code>{record.ownId}</code> : ""}
  >
    {record ? <RecordLineage {...record} /> : null}
  </Dialog>
);

/** What was written at the third party, newest first, with what was there before; each can be taken back. */
export function WriteJournal({ of }: { of: { customerId: CustomerId } | { runId: RunId } }) {
  const trpc = useVendor();
  const query = useInfiniteQuery(trpc.writes.list.infiniteQueryOptions(of, { getNextPageParam: (page) => page.next ?? undefined }));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const [opened, setOpened] = useState<Opened | null>(null);
  return (
    <Card>
      <CardHeader title="Written at the third party" description="The last 30 days, newest first, with what was there before." />
      {query.isError ? <FaultState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {!query.isPending && !query.isError && items.length === 0 ? (
        <EmptyState title="Nothing was written yet">
          What goes from your own records to the third party is kept here, and can be taken back.
        </EmptyState>
      ) : (
        <Table label="Writes">
          <THead>
            <tr>
              <TH>Record</TH>
              <TH>What</TH>
              <TH wide>Before</TH>
              <TH wide>After</TH>
              <TH numeric>When</TH>
              <TH>
                <span className="sr-only">Undo</span>
              </TH>
            </tr>
          </THead>
          <TBody>
            {query.isPending ? <SkeletonRows columns={6} rows={4} /> : null}
            {items.map((write) => (
              <TR key={write.id}>
                <TD>
                  <button
                    type="button"
                    onClick={() => setOpened({ streamId: write.streamId, ownId: write.ownId })}
                    className="rounded-sm font-mono text-[12.5px] underline decoration-hairline-strong underline-offset-4 hover:decoration-current"
                  >
                    <Clipped className="max-w-[22ch]">{write.ownId}</Clipped>
                  </button>
                </TD>
                <TD>{write.undoOf ? "Taken back" : OPS[write.op]}</TD>
                <TD wide>
                  <Clipped className="max-w-[32ch] text-secondary">{fieldsOf(write.before)}</Clipped>
                </TD>
                <TD wide>
                  <Clipped className="max-w-[32ch]">{fieldsOf(write.after)}</Clipped>
                </TD>
                <TD numeric className="text-secondary">
                  <RelativeTime date={write.at} />
                </TD>
                <TD>
                  {write.undoneAt ? (
                    <span className="text-subtle text-xs">Undone</span>
                  ) : write.undoOf || write.op === "delete" ? null : (
                    <UndoButton size="sm" which={{ writeId: write.id as WriteId }} label={`Undo the write of ${write.ownId}`} />
                  )}
                </TD>
              </TR>
            ))}
          </TBody>
        </Table>
      )}
      {query.isPending || items.length === 0 ? null : <LoadMore query={query} shown={`${count(items.length, "write")} shown`} />}
      <WrittenRecord record={opened} onClose={() => setOpened(null)} />
    </Card>
  );
}
