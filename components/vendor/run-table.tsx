import Link from "next/link";
import { formatDuration, formatNumber } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RunStatusBadge } from "#components/ui/state-badge.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { RUN_KINDS, runOutcome, triggerWords } from "#components/vendor/run-words";
import type { RunRow } from "#server/trpc/views";

const resultOf = (run: RunRow) => (run.problem ? run.problem.text : runOutcome(run));

/** `scope` says which columns the page around it already answers. */
export function RunTable({
  runs,
  scope = "all",
  label = "Runs",
}: {
  runs: RunRow[];
  scope?: "all" | "customer" | "compact";
  label?: string;
}) {
  const compact = scope === "compact";
  return (
    <Table label={label}>
      <THead>
        <tr>
          <TH>Run</TH>
          {scope === "customer" ? null : <TH wide>Customer</TH>}
          <TH>State</TH>
          <TH wide>Result</TH>
          {compact ? null : (
            <TH numeric wide>
              Seen
            </TH>
          )}
          {compact ? null : (
            <TH numeric wide>
              Took
            </TH>
          )}
          <TH numeric wide>
            Started
          </TH>
        </tr>
      </THead>
      <TBody>
        {runs.map((run) => (
          <TR key={run.id} className="relative transition-colors hover:bg-hover">
            <TD className="max-sm:max-w-[54vw] max-sm:truncate">
              <Link href={`/runs/${run.id}`} className="font-medium after:absolute after:inset-0 focus-visible:outline-offset-[-2px]">
                {run.streamLabel}
              </Link>
              <span className="text-secondary"> · {RUN_KINDS[run.kind]}</span>
              {compact ? null : <span className="text-subtle max-sm:hidden">, {triggerWords(run.trigger)}</span>}
              <span className="block truncate text-secondary text-xs sm:hidden">
                {scope === "customer" ? null : <>{run.customerName} · </>}
                <RelativeTime date={run.startedAt} />
              </span>
              <span className="block truncate text-secondary text-xs sm:hidden">{resultOf(run)}</span>
            </TD>
            {scope === "customer" ? null : (
              <TD wide className="max-w-64">
                <span className="flex">
                  <Clipped className="min-w-0">{run.customerName}</Clipped>
                  <span className="shrink-0 text-secondary">&nbsp;· {run.integrationName}</span>
                </span>
              </TD>
            )}
            <TD>
              <RunStatusBadge status={run.status} />
            </TD>
            <TD wide className="max-w-72 truncate text-secondary">
              {resultOf(run)}
            </TD>
            {compact ? null : (
              <TD numeric wide>
                {formatNumber(run.seen)}
              </TD>
            )}
            {compact ? null : (
              <TD numeric wide>
                {run.finishedAt ? formatDuration(run.finishedAt.getTime() - run.startedAt.getTime()) : "…"}
              </TD>
            )}
            <TD numeric wide className="text-secondary">
              <RelativeTime date={run.startedAt} />
            </TD>
          </TR>
        ))}
      </TBody>
    </Table>
  );
}
