"use client";

import { useQuery } from "@tanstack/react-query";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ERRORS } from "#server/lib/errors";
import type { ConnectionView, Problem } from "#server/trpc/views";
import type { ProblemRecord } from "#server/trpc/views/embed";
import { Differences } from "./differences.tsx";
import { sayAround, useSay } from "./language.tsx";
import { ScreenFault, StatusLine } from "./parts.tsx";

function StreamProblem({ label, problem }: { label: string; problem: Problem }) {
  const say = useSay();
  return (
    <div className="rounded-lg border border-hairline bg-danger-soft px-4 py-3">
      <StatusLine tone="bad">
        {sayAround(say, "problems.stream", { label: <strong className="font-medium">{label}</strong> }, { text: problem.text })}
        <span className="block text-secondary">{say(`problems.fix_${problem.fixer}`)}.</span>
      </StatusLine>
    </div>
  );
}

function HeldBack({ record }: { record: ProblemRecord }) {
  const say = useSay();
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="min-w-0 break-words font-medium">
          {record.field ? say("problems.does_not_fit", { field: record.fieldName ?? record.field }) : say("problems.unreadable")}
        </p>
        <RelativeTime date={record.lastSeenAt} className="text-secondary text-sm" />
      </div>
      <p className="mt-0.5 break-words text-secondary text-sm">{record.message}</p>
      <p className="mt-1 text-secondary text-xs">
        {sayAround(
          say,
          "problems.record",
          { id: <code className="break-all">{record.externalId}</code> },
          { fixer: say(`problems.fix_${ERRORS[record.code].fixer}`), count: record.attempts },
        )}
      </p>
    </li>
  );
}

/** What did not get through: why, and who can do something about it. The rest was synced. */
export function ProblemsTab({ connection, vendorName }: { connection: ConnectionView; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const records = useQuery(trpc.problems.list.queryOptions({ connectionId: connection.id }));
  const failing = connection.streams.flatMap((stream) => (stream.problem ? [{ ...stream, problem: stream.problem }] : []));
  if (records.isPending) return <Skeleton className="h-16 w-full rounded-lg" />;
  if (records.isError) return <ScreenFault error={records.error} retry={() => void records.refetch()} />;
  const differing = connection.streams.reduce((sum, stream) => sum + stream.conflictCount, 0);
  const unwritten = connection.streams.reduce((sum, stream) => sum + stream.heldCount, 0);
  if (records.data.length + failing.length + differing + unwritten === 0) {
    return <EmptyState title={say("problems.empty.title")}>{say("problems.empty.text")}</EmptyState>;
  }
  return (
    <div className="space-y-4">
      {failing.map((stream) => (
        <StreamProblem key={stream.id} label={stream.label} problem={stream.problem} />
      ))}
      {unwritten > 0 ? (
        <div className="rounded-lg border border-hairline bg-warning-soft px-4 py-3">
          <StatusLine tone="wait">{say("problems.unwritten", { count: unwritten, name: connection.integrationName })}</StatusLine>
        </div>
      ) : null}
      <Differences connection={connection} vendorName={vendorName} />
      {records.data.length > 0 ? (
        <section>
          <h2 className="font-semibold text-base">{say("problems.held.title")}</h2>
          <p className="mt-0.5 mb-3 max-w-[68ch] text-secondary text-sm">
            {say("problems.held.text", { name: connection.integrationName })}
          </p>
          <ul className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
            {records.data.map((record) => (
              <HeldBack key={record.externalId} record={record} />
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
