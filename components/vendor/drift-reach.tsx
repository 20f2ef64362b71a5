"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRef, useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { Progress } from "#components/ui/progress.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { FleetDrift } from "#server/domains/overrides/drift-fleet";
import type { SettledEverywhere } from "#server/domains/overrides/drift-reach";

const keyOf = ({ integrationId, object, kind, path }: FleetDrift) => ({ integrationId, object, kind, path });
type Told = { done: number; accepted: number; left: SettledEverywhere["left"]; finished: boolean };

/** Accepts page after page until there is no more, or somebody stops it: what is left stays open, and can be gone on with. */
function useSettleAll(drift: FleetDrift) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const settle = useMutation(trpc.overrides.settleEverywhere.mutationOptions());
  const stopped = useRef(false);
  const [told, setTold] = useState<Told | null>(null);
  const [running, setRunning] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const run = async () => {
    stopped.current = false;
    setRunning(true);
    setTrouble(null);
    let sum: Told = { done: 0, accepted: 0, left: [], finished: false };
    try {
      for (let after: string | undefined; !stopped.current; ) {
        const page = await settle.mutateAsync({ ...keyOf(drift), ...(after === undefined ? {} : { after }) });
        const done = sum.done + page.accepted + page.left.length;
        sum = { done, accepted: sum.accepted + page.accepted, left: [...sum.left, ...page.left], finished: page.after === null };
        setTold(sum);
        if (page.after === null) break;
        after = page.after;
      }
    } catch (error) {
      setTrouble(faultOf(error).detail ?? faultOf(error).text);
    } finally {
      setRunning(false);
      await cache.invalidateQueries(trpc.overrides.driftReach.pathFilter());
    }
  };
  const stop = () => {
    stopped.current = true;
  };
  return { run, stop, told, running, trouble };
}

function Customers({ drift }: { drift: FleetDrift }) {
  const trpc = useVendor();
  const query = useInfiniteQuery(
    trpc.overrides.driftReach.infiniteQueryOptions({ ...keyOf(drift), limit: 50 }, { getNextPageParam: (page) => page.next ?? undefined }),
  );
  const all = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <Skeleton className="h-24 w-full" />;
  if (query.isError) {
    return (
      <p role="alert" className="text-danger-text text-sm">
        {faultOf(query.error).text}{" "}
        <Button variant="link" size="sm" onClick={() => void query.refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  if (all.length === 0) return <p className="text-secondary text-sm">Nobody is left: it is settled for all.</p>;
  return (
    <>
      <ul className="divide-y divide-hairline">
        {all.map((one) => (
          <li key={one.driftId} className="py-2">
            <p className="truncate text-sm">
              <Link
                href={`/customers/${one.customerId}?tab=mapping`}
                className="font-medium underline decoration-hairline underline-offset-2"
              >
                <bdi>{one.customerName}</bdi>
              </Link>
              <span className="text-secondary"> · {one.accountLabel}</span>
            </p>
            <p className="break-words text-secondary text-xs">
              {one.remedy.kind === "patch" ? one.remedy.label : `Needs a person: ${one.remedy.label}`}
            </p>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button size="sm" className="mt-2" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </>
  );
}

function Result({ told }: { told: Told }) {
  return (
    <div role="status" className="mb-3 text-sm">
      <p>
        Accepted for {count(told.accepted, "account")}.{told.left.length > 0 ? ` ${count(told.left.length, "task")} stay open:` : ""}
      </p>
      <ul className="mt-1 text-secondary text-xs">
        {told.left.slice(0, 20).map(({ driftId, customerName, message }) => (
          <li key={driftId}>
            <bdi className="font-medium">{customerName}</bdi>: {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

const FIRST_STEPS =
  "Each becomes a revision of that customer's mapping, which they and you can go back from. Where one click is not enough the task stays open.";
const LEARNED_ONCE =
  "New values are learned once, and not customer by customer: add them to the value map of the template. Everybody's task then closes by itself.";

/** Everybody whom one change at the source reaches, by name, and what can be done for all of them at once. */
export function DriftReach({ drift, onClose }: { drift: FleetDrift; onClose: () => void }) {
  const may = useMay("support");
  const cache = useQueryClient();
  const trpc = useVendor();
  const { run, stop, told, running, trouble } = useSettleAll(drift);
  const byTemplate = drift.kind === "values";
  const close = () => {
    stop();
    void cache.invalidateQueries(trpc.overrides.driftFleet.pathFilter());
    onClose();
  };
  const acting = may && !byTemplate;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={`Reached by the change of ${drift.path}`}
      description={byTemplate ? LEARNED_ONCE : FIRST_STEPS}
      footer={
        acting && !told?.finished ? (
          running ? (
            <Button onClick={stop}>Stop after these</Button>
          ) : (
            <Button variant="primary" onClick={() => void run()}>
              {told ? "Go on" : `Accept the remedy for all ${count(drift.customers, "customer")}`}
            </Button>
          )
        ) : null
      }
    >
      {running && told ? <Progress className="mb-3" done={told.done} total={null} unit="tasks" /> : null}
      {told && !running ? <Result told={told} /> : null}
      {trouble ? (
        <p role="alert" className="mb-3 text-danger-text text-sm">
          {trouble}
        </p>
      ) : null}
      <Customers drift={drift} />
    </Dialog>
  );
}
