"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count, formatNumber } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { StreamView } from "#server/trpc/views";

type Decision = "approve" | "decline";
type Props = { stream: StreamView; missing: NonNullable<StreamView["missing"]> };

const EXAMPLES = 5;

/** Some of those that are missing; only for who may read records. */
function Examples({ streamId, total }: { streamId: string; total: number }) {
  const trpc = useVendor();
  const query = useQuery(trpc.streams.missing.queryOptions({ streamId }));
  const shown = (query.data?.examples ?? []).slice(0, EXAMPLES);
  if (shown.length === 0) return null;
  return (
    <p className="mt-0.5 break-words text-secondary text-sm">
      Among them {shown.map(({ externalId, what }) => what || externalId).join("; ")}
      {total > shown.length ? `; and ${formatNumber(total - shown.length)} more` : ""}.
    </p>
  );
}

function Decide({ stream, missing }: Props) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [asking, setAsking] = useState<Decision | null>(null);
  const what = count(missing.count, "record");
  const decide = useMutation(
    trpc.streams.decideDeletes.mutationOptions({
      onSuccess: (_, { decision }) =>
        decision === "approve"
          ? toast.success("Reading everything once more", { description: "What is still missing then is deleted." })
          : toast.success("Nothing is deleted", { description: "We ask again if they are still missing at the next whole reading." }),
      onError: (error) => {
        const fault = faultOf(error);
        toast.error("Not decided", { description: fault.detail ?? fault.text });
      },
      onSettled: () => {
        setAsking(null);
        void cache.invalidateQueries(trpc.customers.pathFilter());
        void cache.invalidateQueries(trpc.overview.pathFilter());
      },
    }),
  );
  const confirm = () => asking && decide.mutate({ streamId: stream.id, decision: asking });
  return (
    <div className="mt-2.5 flex flex-wrap gap-2">
      <Button size="sm" onClick={() => setAsking("decline")}>
        Keep them
      </Button>
      <Button size="sm" variant="danger-ghost" onClick={() => setAsking("approve")}>
        Delete {what}
      </Button>
      <ConfirmDialog
        open={asking === "approve"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Delete ${what} of ${stream.label}?`}
        action={`Delete ${what}`}
        pending={decide.isPending}
        onConfirm={confirm}
      >
        <p>Everything is read once more first. Only what is still missing then is deleted, and the feed tells of each.</p>
        <p>If more than {what} are missing by then, the guard asks again. A record that comes back later is created anew.</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "decline"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Keep ${what} of ${stream.label}?`}
        action="Keep them"
        tone="primary"
        pending={decide.isPending}
        onConfirm={confirm}
      >
        <p>They stay as they were last seen. If they are still missing when everything is read again, the guard asks again.</p>
      </ConfirmDialog>
    </div>
  );
}

/** A tripped guard: how many are gone at the source, which for example, and the two ways on. The customer sees the same. */
export function MissingNote({ stream, missing }: Props) {
  const may = useMay("developer");
  const filtered = missing.leftOut * 2 > missing.count;
  return (
    <section
      aria-label={`Missing records of ${stream.label}`}
      className="mt-3 flex items-start gap-2.5 rounded-md bg-warning-soft px-3.5 py-3"
    >
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75] text-warning-text" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-sm">
          {formatNumber(missing.count)} of {count(stream.recordCount, "record")}{" "}
          {filtered ? "would be left out by the filter" : "are gone at the source"}; none has been deleted.
        </p>
        <p className="mt-0.5 text-secondary text-sm">
          {filtered ? "The filter was changed, or the field that it looks at is gone" : "They did not come in a whole reading"}{" "}
          <RelativeTime date={missing.since} />. So many at once need somebody's word: the customer's, or yours.
        </p>
        {may ? <Examples streamId={stream.id} total={missing.count} /> : null}
        {may ? (
          <Decide stream={stream} missing={missing} />
        ) : (
          <p className="mt-1 text-secondary text-xs">A developer, admin or owner can decide.</p>
        )}
      </div>
    </section>
  );
}
