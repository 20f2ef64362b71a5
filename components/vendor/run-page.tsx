"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count, formatBytes, formatDuration, formatNumber } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";
import { RunStatusBadge } from "#components/ui/state-badge.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { type Fact, Facts } from "#components/vendor/facts.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { ProblemNote } from "#components/vendor/problem-note.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { RUN_KINDS, runOutcome, triggerWords } from "#components/vendor/run-words";
import { useMay } from "#components/vendor/viewer-context.tsx";
import { UndoButton } from "#components/vendor/writes/undo-button.tsx";
import { WriteJournal } from "#components/vendor/writes/write-journal.tsx";
import type { RunId } from "#server/lib/ids";
import type { RunRow } from "#server/trpc/views";

function factsOf(run: RunRow): Fact[] {
  const ms = run.finishedAt ? run.finishedAt.getTime() - run.startedAt.getTime() : null;
  const pace = ms && ms > 0 ? `${formatNumber(Math.round(run.seen / (ms / 1000)))} records/s` : "–";
  return [
    { term: "State", value: <RunStatusBadge status={run.status} className="text-base" /> },
    { term: "Started", value: <RelativeTime date={run.startedAt} /> },
    { term: "Took", value: ms === null ? "still running" : formatDuration(ms) },
    { term: "Pace", value: pace },
    { term: "Seen", value: formatNumber(run.seen) },
    { term: "Created", value: formatNumber(run.created) },
    { term: "Updated", value: formatNumber(run.updated) },
    { term: "Deleted", value: formatNumber(run.deleted) },
    { term: "Left out", value: formatNumber(run.skipped) },
    { term: "Unchanged", value: formatNumber(run.unchanged) },
    { term: "Held back", value: formatNumber(run.quarantined) },
    { term: "Pages", value: formatNumber(run.pages) },
    { term: "Legs", value: formatNumber(run.legs) },
    { term: "Started by", value: triggerWords(run.trigger) },
  ];
}

function Pages({ runId, live, remap }: { runId: string; live: boolean; remap: boolean }) {
  const trpc = useVendor();
  const query = useInfiniteQuery(
    trpc.runs.pages.infiniteQueryOptions(
      { runId },
      { getNextPageParam: (page) => page.next ?? undefined, refetchInterval: live ? 3_000 : false },
    ),
  );
  const pages = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (!query.isPending && pages.length === 0) {
    return (
      <EmptyState title={remap ? "No requests were made" : "No page yet"}>
        {remap
          ? "A re-map reads what is stored; the third party is not asked again."
          : "A page appears here as soon as its records are written."}
      </EmptyState>
    );
  }
  return (
    <>
      <Table label="Pages of this run">
        <THead>
          <tr>
            <TH numeric className="w-12">
              #
            </TH>
            <TH>Request</TH>
            <TH numeric>Status</TH>
            <TH numeric>Time</TH>
            <TH numeric>Size</TH>
            <TH numeric>Seen</TH>
            <TH numeric>Created</TH>
            <TH numeric>Updated</TH>
            <TH numeric>Deleted</TH>
            <TH numeric>Held back</TH>
            <TH numeric>Written</TH>
          </tr>
        </THead>
        <TBody>
          {query.isPending ? (
            <SkeletonRows columns={11} />
          ) : (
            pages.map((page) => (
              <TR key={page.n}>
                <TD numeric className="text-secondary">
                  {page.n}
                </TD>
                <TD className="max-w-80 truncate">
                  <code>
                    <span className="text-secondary">{page.method}</span> {page.path}
                  </code>
                  {page.retries > 0 ? (
                    <span className="ms-2 text-warning-text text-xs">{count(page.retries, "retry", "retries")}</span>
                  ) : null}
                </TD>
                <TD numeric className={page.status >= 400 ? "text-danger-text" : ""}>
                  {page.status}
                </TD>
                <TD numeric>{formatDuration(page.ms)}</TD>
                <TD numeric>{formatBytes(page.bytes)}</TD>
                <TD numeric>{formatNumber(page.seen)}</TD>
                <TD numeric>{formatNumber(page.created)}</TD>
                <TD numeric>{formatNumber(page.updated)}</TD>
                <TD numeric className={page.deleted > 0 ? "" : "text-subtle"}>
                  {formatNumber(page.deleted)}
                </TD>
                <TD numeric className={page.quarantined > 0 ? "text-warning-text" : "text-subtle"}>
                  {formatNumber(page.quarantined)}
                </TD>
                <TD numeric className="text-secondary">
                  <RelativeTime date={page.at} />
                </TD>
              </TR>
            ))
          )}
        </TBody>
      </Table>
      {query.isPending ? null : <LoadMore query={query} shown={`${count(pages.length, "page")} shown`} />}
    </>
  );
}

export function RunPage({ runId }: { runId: string }) {
  const trpc = useVendor();
  const may = useMay("developer");
  const query = useQuery(
    trpc.runs.get.queryOptions({ runId }, { refetchInterval: (state) => (state.state.data?.status === "running" ? 2_000 : false) }),
  );
  return (
    <QueryView query={query} skeleton={<RunSkeleton />} back={{ href: "/runs", label: "All runs" }}>
      {(run) => (
        <>
          <PageHeader
            back={{ href: "/runs", label: "Runs" }}
            title={`${run.streamLabel}: ${RUN_KINDS[run.kind].toLowerCase()}`}
            description={
              <>
                {runOutcome(run)} for{" "}
                <Link
                  href={`/customers/${run.customerId}`}
                  className="font-medium text-foreground underline decoration-hairline-strong underline-offset-4 hover:decoration-current"
                >
                  <bdi className="break-words">{run.customerName}</bdi>
                </Link>{" "}
                {run.kind === "push" ? "to" : "from"} {run.integrationName}.
              </>
            }
            {...(run.kind === "push" && may && run.created + run.updated > 0
              ? { actions: <UndoButton which={{ runId: run.id as RunId }} label="Undo this run" /> }
              : {})}
          />
          <div className="flex flex-col gap-6">
            {run.problem ? <ProblemNote problem={run.problem} /> : null}
            <Card>
              <CardBody>
                <Facts facts={factsOf(run)} />
              </CardBody>
            </Card>
            <Card>
              <CardHeader
                title="Pages"
                description="A page is one request and one transaction: its records, feed entries and cursor are committed together."
              />
              <Pages runId={run.id} live={run.status === "running"} remap={run.kind === "remap"} />
            </Card>
            {run.kind === "push" && may ? <WriteJournal of={{ runId: run.id as RunId }} /> : null}
            <p className="text-subtle text-xs">
              Run <code>{run.id}</code>
            </p>
          </div>
        </>
      )}
    </QueryView>
  );
}

function RunSkeleton() {
  return (
    <>
      <div className="mb-6 flex flex-col gap-3">
        <Skeleton className="w-16" />
        <Skeleton className="h-6 w-64" />
        <Skeleton className="w-80 max-w-full" />
      </div>
      <Card className="mb-6 h-44" />
      <Card className="h-80" />
    </>
  );
}
