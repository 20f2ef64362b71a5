"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count, formatNumber } from "#components/ui/format";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { UndoPlan } from "#server/domains/writes/undo-writes";
import type { RunId, WriteId } from "#server/lib/ids";

type Which = { runId: RunId } | { writeId: WriteId };

type Planned = { plan: UndoPlan | undefined; error: unknown };

/** What would come of it, before anything is done. */
function Plan({ plan, error }: Planned) {
  if (error) return <p role="alert">{faultOf(error).text}</p>;
  if (!plan) return <Skeleton className="h-12 w-full" />;
  return (
    <>
      <p>
        {plan.writes === 0
          ? "Nothing of it is left to take back."
          : `${formatNumber(plan.possible)} of ${count(plan.records, "record")} can be taken back to what was there before.`}
      </p>
      {plan.obstacles.length > 0 ? (
        <ul className="list-disc space-y-1 ps-5">
          {plan.obstacles.map(({ why, text, records }) => (
            <li key={why}>
              {count(records, "record")}: {text}
            </li>
          ))}
        </ul>
      ) : null}
      {plan.possible > 0 ? (
        <p>Each record is looked at first. One that was changed there since is left alone and told among what could not be written.</p>
      ) : null}
    </>
  );
}

/** Takes writes back: first the plan with its counts, then the press. */
export function UndoButton({ which, label, size = "md" }: { which: Which; label: string; size?: "sm" | "md" }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const planned = useQuery(trpc.writes.planUndo.queryOptions(which, { enabled: open, staleTime: 0, gcTime: 0 }));
  const possible = planned.data?.possible ?? 0;
  const undo = useMutation(
    trpc.writes.undo.mutationOptions({
      onSuccess: (plan) =>
        toast.success(`Taking back ${count(plan.possible, "record")}`, { description: "The next run of the stream does it." }),
      onError(error) {
        const fault = faultOf(error);
        toast.error("Not taken back", { description: fault.detail ?? fault.text });
      },
      onSettled() {
        setOpen(false);
        void cache.invalidateQueries(trpc.writes.pathFilter());
      },
    }),
  );
  return (
    <>
      <Button size={size} onClick={() => setOpen(true)} aria-label={label}>
        Undo
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={`${label}?`}
        action={`Take back ${count(possible, "record")}`}
        pending={undo.isPending}
        disabled={possible === 0}
        onConfirm={() => undo.mutate(which)}
      >
        <Plan plan={planned.data} error={planned.error} />
      </ConfirmDialog>
    </>
  );
}
