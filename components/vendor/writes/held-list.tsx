"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { FIXERS } from "#components/vendor/fixer-words";
import { LoadMore } from "#components/vendor/load-more.tsx";
import type { CustomerId, StreamId } from "#server/lib/ids";

type Which = { streamId: StreamId; ownIds?: string[] };

/** Both ways on for held writes, with what is said of them. */
function useSettleHeld() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const onSettled = () => {
    void cache.invalidateQueries(trpc.writes.pathFilter());
    void cache.invalidateQueries(trpc.customers.pathFilter());
  };
  const onError = (error: unknown) => {
    const fault = faultOf(error);
    toast.error("Not done", { description: fault.detail ?? fault.text });
  };
  const retry = useMutation(
    trpc.writes.retry.mutationOptions({
      onSuccess: ({ wishes }) => toast.success(`${count(wishes, "write")} will be tried again`),
      onError,
      onSettled,
    }),
  );
  const drop = useMutation(
    trpc.writes.drop.mutationOptions({
      onSuccess: ({ wishes }) =>
        toast.success(`${count(wishes, "write")} let go`, { description: "The next change of a record is written again." }),
      onError,
      onSettled,
    }),
  );
  return { retry, drop, busy: retry.isPending || drop.isPending };
}

const OPS = { put: "Write", delete: "Deletion", undo: "Undo" } as const;

type Props = { customerId: CustomerId; streams: { id: string; label: string; heldCount: number }[] };

/** Writes that wait for a person: what the third party said, who can do something, try again or let go. */
export function HeldList({ customerId, streams }: Props) {
  const trpc = useVendor();
  const { retry, drop, busy } = useSettleHeld();
  const [dropping, setDropping] = useState<Which | null>(null);
  const held = streams.filter(({ heldCount }) => heldCount > 0);
  const query = useInfiniteQuery(
    trpc.writes.held.infiniteQueryOptions({ customerId }, { enabled: held.length > 0, getNextPageParam: (page) => page.next ?? undefined }),
  );
  if (held.length === 0) return null;
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const labels = new Map(streams.map(({ id, label }) => [id, label]));
  return (
    <Card>
      <CardHeader
        title="Could not be written"
        description="These changes wait here. Sending a record again with another value tries it anew as well."
        actions={held.map(({ id, label }) => (
          <Button key={id} size="sm" disabled={busy} onClick={() => retry.mutate({ streamId: id as StreamId })}>
            {held.length > 1 ? `Retry all of ${label}` : "Retry all"}
          </Button>
        ))}
      />
      {query.isError ? <FaultState error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Table label="Writes that wait for a person">
        <THead>
          <tr>
            <TH>Record</TH>
            <TH wide>Stream</TH>
            <TH className="w-full">What happened</TH>
            <TH wide>Who can fix it</TH>
            <TH numeric wide>
              Since
            </TH>
            <TH>
              <span className="sr-only">What to do</span>
            </TH>
          </tr>
        </THead>
        <TBody>
          {query.isPending ? <SkeletonRows columns={6} rows={3} /> : null}
          {items.map((one) => {
            const which = { streamId: one.streamId, ownIds: [one.ownId] };
            return (
              <TR key={`${one.streamId} ${one.ownId}`}>
                <TD>
                  <Clipped className="max-w-[24ch] font-mono text-[12.5px]">{one.ownId}</Clipped>
                  {one.op === "put" ? null : <span className="block text-secondary text-xs">{OPS[one.op]}</span>}
                </TD>
                <TD wide>{labels.get(one.streamId) ?? one.modelKey}</TD>
                <TD className="min-w-52 whitespace-normal break-words">
                  {one.state === "unknown" ? <strong className="font-medium">Nobody knows whether it was done. </strong> : null}
                  {one.field ? <code>{one.field}</code> : null} <span className="text-secondary">{one.message}</span>
                </TD>
                <TD wide>{FIXERS[one.fixer].who}</TD>
                <TD numeric wide className="text-secondary">
                  <RelativeTime date={one.since} />
                </TD>
                <TD>
                  <span className="flex gap-1.5">
                    <Button size="sm" disabled={busy} aria-label={`Try ${one.ownId} again`} onClick={() => retry.mutate(which)}>
                      Retry
                    </Button>
                    <Button size="sm" variant="ghost" disabled={busy} aria-label={`Let ${one.ownId} go`} onClick={() => setDropping(which)}>
                      Skip
                    </Button>
                  </span>
                </TD>
              </TR>
            );
          })}
        </TBody>
      </Table>
      {query.isPending ? null : <LoadMore query={query} shown={`${count(items.length, "write")} shown`} />}
      <ConfirmDialog
        open={dropping !== null}
        onOpenChange={(open) => !open && setDropping(null)}
        title="Let this write go?"
        action="Let it go"
        pending={drop.isPending}
        onConfirm={() => dropping && drop.mutate(dropping, { onSettled: () => setDropping(null) })}
      >
        <p>What it wanted is not done at the third party. Your own record stays as it is, and its next change is written again.</p>
      </ConfirmDialog>
    </Card>
  );
}
