"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { faultOf } from "#components/trpc/fault";
import { Button } from "#components/ui/button.tsx";
import { count, formatNumber } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { StreamView } from "#server/trpc/views";
import { StatusLine } from "./parts.tsx";

type Decision = "approve" | "decline";
type Missing = NonNullable<StreamView["missing"]>;

/** Some of those that are missing, by what they were last known. */
function Examples({ streamId, total }: { streamId: string; total: number }) {
  const trpc = useEmbed();
  const query = useQuery(trpc.streams.missing.queryOptions({ streamId }));
  if (query.isPending) return <Skeleton className="mt-2 w-56 max-w-full" />;
  const examples = query.data?.examples ?? [];
  if (examples.length === 0) return null;
  const shown = examples.slice(0, 5);
  return (
    <div className="mt-2">
      <p className="text-secondary text-sm">Among them:</p>
      <ul className="mt-1 space-y-0.5 text-sm">
        {shown.map(({ externalId, what }) => (
          <li key={externalId} className="truncate">
            {what || externalId}
          </li>
        ))}
      </ul>
      {total > shown.length ? <p className="mt-0.5 text-secondary text-sm">and {formatNumber(total - shown.length)} more</p> : null}
    </div>
  );
}

/** What will happen, and what will not. */
function Consequences({ decision, what }: { decision: Decision; what: string }) {
  const points =
    decision === "approve"
      ? [
          "Everything is read once more first. Only what is still missing then is deleted here.",
          `If more than ${what} are missing by then, we ask again.`,
          "A record that comes back later is created anew.",
        ]
      : [
          "Nothing is deleted. The records stay as they were last seen.",
          "If they are still missing when everything is read again, we ask again.",
        ];
  return (
    <ul className="mt-2 max-w-[64ch] list-disc space-y-1 ps-5 text-sm">
      {points.map((point) => (
        <li key={point}>{point}</li>
      ))}
    </ul>
  );
}

type AskProps = { decision: Decision; what: string; pending: boolean; onConfirm: () => void; onBack: () => void };

function Ask({ decision, what, pending, onConfirm, onBack }: AskProps) {
  const approve = decision === "approve";
  return (
    <>
      <p className="mt-3 font-medium">{approve ? `Delete ${what}?` : `Keep ${what}?`}</p>
      <Consequences decision={decision} what={what} />
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={onBack} autoFocus>
          Back
        </Button>
        <Button variant={approve ? "danger" : "primary"} pending={pending} onClick={onConfirm}>
          {approve ? `Delete ${what}` : "Keep them"}
        </Button>
      </div>
    </>
  );
}

/** So many records are gone at the source that somebody has to say whether they go here, too. Nothing is deleted before. */
export function MissingRecords({ stream, missing }: { stream: StreamView; missing: Missing }) {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const [asking, setAsking] = useState<Decision | null>(null);
  const decide = useMutation(
    trpc.streams.decideDeletes.mutationOptions({
      onSettled: () => {
        setAsking(null);
        void cache.invalidateQueries({ queryKey: trpc.connections.get.pathKey() });
      },
    }),
  );
  const what = count(missing.count, "record");
  const all = missing.count >= stream.recordCount;
  return (
    <section aria-label={`Missing records of ${stream.label}`} className="mt-3 border-hairline border-t pt-3">
      <p className="font-semibold">
        {all ? `All ${what} are` : `${formatNumber(missing.count)} of ${count(stream.recordCount, "record")} are`} gone at the source.
      </p>
      <p className="mt-1 text-secondary text-sm">
        They did not come when everything was read <RelativeTime date={missing.since} />. So many at once may be a mistake, so none has been
        deleted here.
      </p>
      <Examples streamId={stream.id} total={missing.count} />
      {decide.error ? (
        <div className="mt-3" role="alert">
          <StatusLine tone="bad">{faultOf(decide.error).text}</StatusLine>
        </div>
      ) : null}
      {asking ? (
        <Ask
          decision={asking}
          what={what}
          pending={decide.isPending}
          onBack={() => setAsking(null)}
          onConfirm={() => decide.mutate({ streamId: stream.id, decision: asking })}
        />
      ) : (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button onClick={() => setAsking("decline")}>Keep them</Button>
          <Button variant="danger-ghost" onClick={() => setAsking("approve")}>
            Delete {what}
          </Button>
        </div>
      )}
    </section>
  );
}
