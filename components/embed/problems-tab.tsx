"use client";

import { EmptyState } from "#components/ui/empty-state.tsx";
import type { ConnectionView, Problem } from "#server/trpc/views";
import { CorrectedRecords } from "./corrected-records.tsx";
import { Differences } from "./differences.tsx";
import { HeldRecords } from "./held-records.tsx";
import { sayAround, useSay } from "./language.tsx";
import { StatusLine } from "./parts.tsx";

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

/** What did not get through: why, and who can do something about it. The rest was synced. */
export function ProblemsTab({ connection, vendorName }: { connection: ConnectionView; vendorName: string }) {
  const say = useSay();
  const failing = connection.streams.flatMap((stream) => (stream.problem ? [{ ...stream, problem: stream.problem }] : []));
  const differing = connection.streams.reduce((sum, stream) => sum + stream.conflictCount, 0);
  const held = connection.streams.reduce((sum, stream) => sum + stream.quarantineCount + stream.heldCount, 0);
  return (
    <div className="space-y-4">
      {failing.map((stream) => (
        <StreamProblem key={stream.id} label={stream.label} problem={stream.problem} />
      ))}
      <Differences connection={connection} vendorName={vendorName} />
      {held + failing.length + differing === 0 ? (
        <EmptyState title={say("problems.empty.title")}>{say("problems.empty.text")}</EmptyState>
      ) : null}
      <HeldRecords connection={connection} />
      <CorrectedRecords connection={connection} />
    </div>
  );
}
