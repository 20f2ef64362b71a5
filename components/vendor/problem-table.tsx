"use client";

import { useQueries } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import type { StreamChoice } from "#components/vendor/record-browser.tsx";

const CAUSES: Record<string, string> = { record_invalid: "Not readable", mapping_failed: "Does not fit the mapping" };

/** Records held back: which, why, and since when. */
export function ProblemTable({ streams }: { streams: StreamChoice[] }) {
  const trpc = useVendor();
  const queries = useQueries({ queries: streams.map((stream) => trpc.records.problems.queryOptions({ streamId: stream.id })) });
  const broken = queries.find((query) => query.isError);
  const pending = queries.some((query) => query.isPending);
  const problems = queries.flatMap((query, index) =>
    (query.data ?? []).map((problem) => ({ ...problem, stream: streams[index]?.label ?? "" })),
  );
  if (broken?.error) {
    return (
      <Card>
        <FaultState error={broken.error} onRetry={() => void broken.refetch()} />
      </Card>
    );
  }
  if (!pending && problems.length === 0) {
    return (
      <Card>
        <EmptyState title="No record is held back">A record that cannot be read or mapped waits here; all the others flow on.</EmptyState>
      </Card>
    );
  }
  return (
    <Card>
      <Table label="Records held back">
        <THead>
          <tr>
            <TH>Record</TH>
            <TH>Stream</TH>
            <TH>Cause</TH>
            <TH>Field</TH>
            <TH className="w-full">What happened</TH>
            <TH numeric>Last seen</TH>
          </tr>
        </THead>
        <TBody>
          {pending ? <SkeletonRows columns={6} rows={4} /> : null}
          {problems.map((problem) => (
            <TR key={`${problem.stream}:${problem.externalId}`}>
              <TD>
                <Clipped className="max-w-[28ch] font-mono text-[12.5px]">{problem.externalId}</Clipped>
              </TD>
              <TD>{problem.stream}</TD>
              <TD className="text-warning-text">{CAUSES[problem.code] ?? problem.code.replaceAll("_", " ")}</TD>
              <TD>{problem.field ? <code>{problem.field}</code> : <span className="text-subtle">–</span>}</TD>
              <TD className="min-w-64 whitespace-normal text-secondary">{problem.message}</TD>
              <TD numeric className="text-secondary">
                <RelativeTime date={problem.lastSeenAt} />
              </TD>
            </TR>
          ))}
        </TBody>
      </Table>
    </Card>
  );
}
