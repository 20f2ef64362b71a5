"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Clock } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { cn } from "#components/cn";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count, formatDuration, formatNumber } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StateMark } from "#components/ui/state-badge.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { deliveryReason } from "#components/vendor/delivery-words";
import { Facts } from "#components/vendor/facts.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { DeliveryRow, WebhookEndpointRow } from "#server/trpc/views";

const LOOKS = {
  pending: { word: "Waiting", icon: Clock, tone: "info" },
  delivered: { word: "Delivered", icon: CircleCheck, tone: "success" },
  dead: { word: "Given up", icon: CircleAlert, tone: "danger" },
} as const;

function DeliveryTable({
  deliveries,
  pending,
  onOpen,
}: {
  deliveries: DeliveryRow[];
  pending: boolean;
  onOpen: (row: DeliveryRow) => void;
}) {
  return (
    <Table label="Deliveries">
      <THead>
        <tr>
          <TH>Message</TH>
          <TH>State</TH>
          <TH numeric wide>
            Answer
          </TH>
          <TH numeric wide>
            Time
          </TH>
          <TH numeric wide>
            Attempts
          </TH>
          <TH numeric>Created</TH>
        </tr>
      </THead>
      <TBody>
        {pending ? <SkeletonRows columns={6} rows={5} /> : null}
        {deliveries.map((row) => (
          <TR key={row.id} className="relative transition-colors hover:bg-hover">
            <TD className="w-full">
              <button
                type="button"
                onClick={() => onOpen(row)}
                className="font-mono text-[12.5px] after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
              >
                {row.payload.type}
              </button>
              <code className="ms-2 text-subtle max-sm:hidden">{row.eventId}</code>
              {row.status === "delivered" || row.attempts === 0 ? null : (
                <span className="block max-w-[60ch] truncate max-sm:max-w-[20ch] text-danger-text text-xs">{deliveryReason(row)}</span>
              )}
            </TD>
            <TD>
              <StateMark look={LOOKS[row.status]} />
            </TD>
            <TD numeric wide className={row.responseStatus !== null && row.responseStatus >= 300 ? "text-danger-text" : ""}>
              {row.responseStatus ?? "–"}
            </TD>
            <TD numeric wide>
              {row.responseMs === null ? "–" : formatDuration(row.responseMs)}
            </TD>
            <TD numeric wide>
              {formatNumber(row.attempts)}
            </TD>
            <TD numeric className="text-secondary">
              <RelativeTime date={row.createdAt} />
            </TD>
          </TR>
        ))}
      </TBody>
    </Table>
  );
}

/** The delivery log: every message with its attempts and the last answer; any of them can be sent again. */
export function DeliveryList({ endpoints }: { endpoints: WebhookEndpointRow[] }) {
  const trpc = useVendor();
  const [opened, setOpened] = useState<DeliveryRow | null>(null);
  const query = useInfiniteQuery(
    trpc.webhooks.deliveries.infiniteQueryOptions({}, { getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 5_000 }),
  );
  const deliveries = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card>
      <CardHeader title="Deliveries" />
      {query.isError && !query.data ? (
        <FaultState error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.isPending && deliveries.length === 0 ? (
        <EmptyState title="Nothing was sent yet">A message is sent when a stream has written records.</EmptyState>
      ) : (
        <>
          <DeliveryTable deliveries={deliveries} pending={query.isPending} onOpen={setOpened} />
          {query.isPending ? null : <LoadMore query={query} shown={`${count(deliveries.length, "delivery", "deliveries")} shown`} />}
        </>
      )}
      <DeliveryDrawer
        delivery={opened}
        url={endpoints.find(({ id }) => id === opened?.endpointId)?.url ?? null}
        onClose={() => setOpened(null)}
      />
    </Card>
  );
}

function Reason({ delivery }: { delivery: DeliveryRow }) {
  const reason = deliveryReason(delivery);
  if (reason === null) return null;
  return <p className={cn("mb-5 text-sm", delivery.status === "delivered" ? "text-secondary" : "text-danger-text")}>{reason}</p>;
}

function DeliveryDrawer({ delivery, url, onClose }: { delivery: DeliveryRow | null; url: string | null; onClose: () => void }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const may = useMay("developer");
  const replay = useMutation(
    trpc.webhooks.replay.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries(trpc.webhooks.pathFilter());
        toast.success("Sent again", { description: "It keeps its id, so your backend can tell that it is the same message." });
        onClose();
      },
      onError: (error) => toast.error("Not sent", { description: faultOf(error).detail ?? faultOf(error).text }),
    }),
  );
  return (
    <Dialog
      shape="drawer"
      open={delivery !== null}
      onOpenChange={(open) => !open && onClose()}
      title={delivery?.payload.type ?? ""}
      description={url ?? ""}
      footer={
        may && delivery ? (
          <Button pending={replay.isPending} onClick={() => replay.mutate({ deliveryId: delivery.id })}>
            Send again
          </Button>
        ) : null
      }
    >
      {delivery ? (
        <>
          <Facts
            className="mb-5 grid-cols-2 sm:grid-cols-3 lg:grid-cols-3"
            facts={[
              { term: "State", value: <StateMark look={LOOKS[delivery.status]} className="text-base" /> },
              { term: "Attempts", value: formatNumber(delivery.attempts) },
              { term: "Next attempt", value: <RelativeTime date={delivery.nextAttemptAt} fallback="none" planned /> },
              { term: "Answer", value: delivery.responseStatus ?? "none yet" },
              { term: "Took", value: delivery.responseMs === null ? "–" : formatDuration(delivery.responseMs) },
              { term: "Delivered", value: <RelativeTime date={delivery.deliveredAt} fallback="not yet" /> },
            ]}
          />
          <Reason delivery={delivery} />
          <h3 className="mb-2 font-medium text-sm">Body</h3>
          <CodeBlock label="Body" code={JSON.stringify(delivery.payload, null, 2)} />
          {delivery.responseBody && delivery.responseStatus !== null ? (
            <>
              <h3 className="mt-5 mb-2 font-medium text-sm">Answer of your backend</h3>
              <CodeBlock label="Answer" code={delivery.responseBody} />
            </>
          ) : null}
        </>
      ) : null}
    </Dialog>
  );
}
