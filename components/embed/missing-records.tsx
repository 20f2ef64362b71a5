"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { StreamView } from "#server/trpc/views";
import { DeliberateButton } from "./deliberate-button.tsx";
import { sayAround, useSay } from "./language.tsx";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

type Decision = "approve" | "decline";
type Missing = NonNullable<StreamView["missing"]>;

/** Some of those that are missing, by what they were last known. */
function Examples({ streamId, total }: { streamId: string; total: number }) {
  const say = useSay();
  const trpc = useEmbed();
  const query = useQuery(trpc.streams.missing.queryOptions({ streamId }));
  if (query.isPending) return <Skeleton className="mt-2 w-56 max-w-full" />;
  const examples = query.data?.examples ?? [];
  if (examples.length === 0) return null;
  const shown = examples.slice(0, 5);
  return (
    <div className="mt-2">
      <p className="text-secondary text-sm">{say("missing.among")}</p>
      <ul className="mt-1 space-y-0.5 text-sm">
        {shown.map(({ externalId, what }) => (
          <li key={externalId} className="truncate">
            {what || externalId}
          </li>
        ))}
      </ul>
      {total > shown.length ? (
        <p className="mt-0.5 text-secondary text-sm">{say("missing.more", { count: total - shown.length })}</p>
      ) : null}
    </div>
  );
}

/** What will happen, and what will not. */
function Consequences({ decision, what }: { decision: Decision; what: string }) {
  const say = useSay();
  const points =
    decision === "approve"
      ? [say("missing.approve_1"), say("missing.approve_2", { what }), say("missing.approve_3")]
      : [say("missing.decline_1"), say("missing.decline_2")];
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
  const say = useSay();
  const approve = decision === "approve";
  return (
    <>
      <p className="mt-3 font-medium">{say(approve ? "missing.delete_ask" : "missing.keep_ask", { what })}</p>
      <Consequences decision={decision} what={what} />
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={onBack} autoFocus>
          {say("nav.back")}
        </Button>
        {approve ? (
          <DeliberateButton variant="danger" pending={pending} word={what} onConfirm={onConfirm}>
            {say("missing.delete", { what })}
          </DeliberateButton>
        ) : (
          <Button variant="primary" pending={pending} onClick={onConfirm}>
            {say("missing.keep")}
          </Button>
        )}
      </div>
    </>
  );
}

/** So many records are gone at the source that somebody has to say whether they go here, too. Nothing is deleted before. */
export function MissingRecords({ stream, missing }: { stream: StreamView; missing: Missing }) {
  const say = useSay();
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
  const what = say("missing.records", { count: missing.count });
  const all = missing.count >= stream.recordCount;
  const filtered = missing.leftOut * 2 > missing.count;
  return (
    <section aria-label={say("missing.section", { label: stream.label })} className="mt-3 border-hairline border-t pt-3">
      <p className="font-semibold">
        {all && !filtered
          ? say("missing.all", { what })
          : say(filtered ? "missing.filtered" : "missing.some", {
              count: missing.count,
              what: say("missing.records", { count: stream.recordCount }),
            })}
      </p>
      <p className="mt-1 text-secondary text-sm">
        {filtered ? say("missing.filtered_why") : sayAround(say, "missing.why", { when: <RelativeTime date={missing.since} /> })}
      </p>
      <Examples streamId={stream.id} total={missing.count} />
      {decide.error ? (
        <div className="mt-3" role="alert">
          <StatusLine tone="bad">{sayFault(decide.error, say).text}</StatusLine>
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
          <Button onClick={() => setAsking("decline")}>{say("missing.keep")}</Button>
          <Button variant="danger-ghost" onClick={() => setAsking("approve")}>
            {say("missing.delete", { what })}
          </Button>
        </div>
      )}
    </section>
  );
}
