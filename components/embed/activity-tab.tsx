"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatSpan } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RunView } from "#server/trpc/views";
import { useSay } from "./language.tsx";
import { ScreenFault, ToneIcon } from "./parts.tsx";
import { RunRecords } from "./run-records.tsx";
import { runWords } from "./words";

function Counts({ run }: { run: RunView }) {
  const say = useSay();
  const facts = [
    [say("activity.read"), run.seen],
    [say("activity.new"), run.created],
    [say("activity.updated"), run.updated],
    [say("activity.unchanged"), run.unchanged],
    [say("activity.held"), run.quarantined],
  ] as const;
  return (
    <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1 ps-6 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-1.5">
          <dt className="text-secondary">{name}</dt>
          <dd className="tabular-nums">{say.number(value)}</dd>
        </div>
      ))}
      {run.finishedAt ? (
        <div className="flex gap-1.5">
          <dt className="text-secondary">{say("activity.took")}</dt>
          <dd>{formatSpan(run.finishedAt.getTime() - run.startedAt.getTime(), say.locale)}</dd>
        </div>
      ) : null}
    </dl>
  );
}

function RunItem({ run, vendorName }: { run: RunView & { streamLabel: string }; vendorName: string }) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const hasRecords = run.created + run.updated + run.deleted > 0;
  const { tone, title, detail } = runWords(run, say);
  return (
    <li className="px-4 py-3">
      <details onToggle={(event) => event.currentTarget === event.target && setOpen(event.currentTarget.open)}>
        <summary className="flex list-none items-start gap-2 rounded-sm">
          <ToneIcon tone={tone} className="mt-0.5" />
          <span className="min-w-0 flex-1">
            <span className="block break-words font-medium">{title}</span>
            {detail ? <span className="block text-secondary text-sm">{detail}</span> : null}
          </span>
          <RelativeTime date={run.startedAt} className="shrink-0 text-secondary text-sm" />
        </summary>
        <Counts run={run} />
        {open && hasRecords ? <RunRecords runId={run.id} vendorName={vendorName} /> : null}
      </details>
    </li>
  );
}

/** What happened, newest first, in plain words. */
export function ActivityTab({ connectionId, vendorName }: { connectionId: string; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const runs = useInfiniteQuery(
    trpc.runs.list.infiniteQueryOptions({ connectionId, limit: 20 }, { getNextPageParam: (page) => page.next ?? undefined }),
  );
  if (runs.isPending) {
    return (
      <div role="status" aria-label={say("activity.loading")} className="space-y-3">
        <Skeleton className="h-12 w-full rounded-lg" />
        <Skeleton className="h-12 w-full rounded-lg" />
        <Skeleton className="h-12 w-full rounded-lg" />
      </div>
    );
  }
  if (runs.isError) return <ScreenFault error={runs.error} retry={() => void runs.refetch()} />;
  const items = runs.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <EmptyState title={say("activity.empty.title")}>{say("activity.empty.text")}</EmptyState>;
  return (
    <>
      <ul className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
        {items.map((run) => (
          <RunItem key={run.id} run={run} vendorName={vendorName} />
        ))}
      </ul>
      {runs.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button pending={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
            {say("activity.earlier")}
          </Button>
        </div>
      ) : null}
    </>
  );
}
