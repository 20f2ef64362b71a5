"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count, formatNumber } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { CONNECTION_STATES, StateBadge } from "#components/ui/state-badge.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { ActivityChart } from "#components/vendor/activity-chart.tsx";
import { isShownState } from "#components/vendor/customers-input";
import { DriftFleet } from "#components/vendor/drift-fleet.tsx";
import { FIXERS } from "#components/vendor/fixer-words";
import { NoticeList } from "#components/vendor/notice-list.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { RunTable } from "#components/vendor/run-table.tsx";
import { useViewer } from "#components/vendor/viewer-context.tsx";
import type { ConnectionState, Overview } from "#server/trpc/views";

const LIVE: ConnectionState[] = ["active", "syncing", "connecting"];
const BAD: ConnectionState[] = ["attention", "reauth"];

const sum = (connections: Overview["connections"], states: ConnectionState[]) =>
  states.reduce((total, state) => total + connections[state], 0);

/** One sentence of state, the worst first. */
function headline(overview: Overview): string {
  const all = Object.values(overview.connections).reduce((total, n) => total + n, 0) - overview.connections.disconnected;
  if (all === 0) return "No customer has connected anything yet.";
  const bad = sum(overview.connections, BAD);
  const { delayed, paused } = overview.connections;
  const facts = [
    bad > 0 ? count(bad, "connection needs attention", "connections need attention") : "",
    delayed > 0 ? `${formatNumber(delayed)} ${delayed === 1 ? "waits" : "wait"} for other systems` : "",
    paused > 0 ? `${formatNumber(paused)} ${paused === 1 ? "is" : "are"} paused` : "",
  ].filter(Boolean);
  if (facts.length > 0) return `${facts.join(", ")}; ${formatNumber(all - bad - delayed - paused)} of ${formatNumber(all)} are fine.`;
  return all === 1 ? "The one connection is fine." : `All ${formatNumber(all)} connections are fine.`;
}

function Figure({ label, value, href, note }: { label: string; value: string; href: string; note: ReactNode }) {
  return (
    <Link
      href={href}
      className="group min-w-0 bg-surface px-4 py-3.5 transition-colors hover:bg-muted focus-visible:outline-offset-[-2px] sm:px-5"
    >
      <span className="block text-secondary text-sm">{label}</span>
      <span className="mt-1 block font-semibold text-2xl tabular-nums tracking-[-0.02em]">{value}</span>
      <span className="mt-1 block truncate text-secondary text-xs tabular-nums">{note}</span>
    </Link>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const { runs24h, connections } = overview;
  const runs = runs24h.succeeded + runs24h.failed + runs24h.running;
  const finished = runs24h.succeeded + runs24h.failed;
  const rate = finished === 0 ? null : (runs24h.succeeded / finished) * 100;
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-hairline bg-hairline bg-clip-padding lg:grid-cols-4">
      <Figure label="Customers" value={formatNumber(overview.customers)} href="/customers" note="with or without a connection" />
      <Figure
        label="Live connections"
        value={formatNumber(sum(connections, LIVE))}
        href="/customers"
        note={connections.syncing > 0 ? `${formatNumber(connections.syncing)} syncing now` : "none syncing right now"}
      />
      <Figure
        label="Records"
        value={formatNumber(overview.records)}
        href="/customers"
        note={overview.quarantined > 0 ? `${formatNumber(overview.quarantined)} held back` : "none held back"}
      />
      <Figure
        label="Runs in 24 hours"
        value={formatNumber(runs)}
        href="/runs"
        note={rate === null ? "none finished yet" : `${rate === 100 ? "100" : rate.toFixed(1)} % succeeded`}
      />
    </div>
  );
}

function States({ connections }: { connections: Overview["connections"] }) {
  const shown = (Object.keys(CONNECTION_STATES) as ConnectionState[]).filter((state) => connections[state] > 0);
  if (shown.length === 0) return <p className="text-secondary text-sm">States appear here once a customer connects an account.</p>;
  return (
    <ul className="-my-1.5 divide-y divide-hairline">
      {shown.map((state) => (
        <li key={state} className="relative -mx-2 flex h-9 items-center justify-between px-2 hover:bg-hover">
          {isShownState(state) ? (
            <Link href={`/customers?state=${state}`} className="after:absolute after:inset-0">
              <StateBadge state={state} />
            </Link>
          ) : (
            <StateBadge state={state} />
          )}
          <span className="font-medium tabular-nums">{formatNumber(connections[state])}</span>
        </li>
      ))}
    </ul>
  );
}

function Attention({ overview: { attention, connections } }: { overview: Overview }) {
  if (attention.length === 0) return null;
  const all = sum(connections, BAD);
  return (
    <Card>
      <CardHeader
        title="Needs attention"
        description={all > attention.length ? `The ${attention.length} worst of ${formatNumber(all)}.` : "The worst first."}
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link href="/customers">All customers, trouble first</Link>
          </Button>
        }
      />
      <ul className="divide-y divide-hairline">
        {attention.map((connection) => (
          <li key={connection.id} className="relative flex items-center gap-3 px-4 py-3 transition-colors hover:bg-hover sm:px-5">
            <Tile src={connection.iconUrl} />
            <div className="min-w-0 flex-1">
              <Link
                href={`/customers/${connection.customerId}`}
                className="block truncate font-medium text-sm after:absolute after:inset-0"
              >
                <bdi>{connection.customerName}</bdi> · {connection.integrationName}
              </Link>
              <p className="truncate text-secondary text-sm">{connection.problem?.text ?? `Account ${connection.accountLabel}`}</p>
            </div>
            <span className="flex shrink-0 flex-col items-end gap-0.5">
              <StateBadge state={connection.state} />
              {connection.problem ? <span className="text-secondary text-xs">{FIXERS[connection.problem.fixer].sentence}</span> : null}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function OverviewPage() {
  const trpc = useVendor();
  const { demoOrigin } = useViewer();
  const query = useQuery(trpc.overview.get.queryOptions(undefined, { refetchInterval: 10_000 }));
  return (
    <>
      <PageHeader title="Overview" description={query.data ? headline(query.data) : "\u00a0"} />
      <QueryView query={query} skeleton={<OverviewSkeleton />}>
        {(overview) => (
          <div className="flex flex-col gap-6">
            <Figures overview={overview} />
            <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_300px]">
              <Card>
                <CardHeader title="Records written" />
                <CardBody>
                  <ActivityChart activity={overview.activity} />
                </CardBody>
              </Card>
              <Card>
                <CardHeader title="Connections" />
                <CardBody>
                  <States connections={overview.connections} />
                </CardBody>
              </Card>
            </div>
            <NoticeList />
            <Attention overview={overview} />
            <DriftFleet />
            <Card>
              <CardHeader
                title="Recent runs"
                actions={
                  <Button asChild size="sm" variant="ghost">
                    <Link href="/runs">All runs</Link>
                  </Button>
                }
              />
              {overview.recentRuns.length > 0 ? (
                <RunTable runs={overview.recentRuns} scope="compact" label="Recent runs" />
              ) : (
                <EmptyState
                  title="No stream has run yet"
                  action={
                    <Button asChild variant="primary">
                      {demoOrigin ? (
                        <a href={`${demoOrigin}/demo`}>Connect an account in the demo</a>
                      ) : (
                        <Link href="/settings">Get the embed code</Link>
                      )}
                    </Button>
                  }
                >
                  A run appears when a customer connects an account and turns a template on.
                </EmptyState>
              )}
            </Card>
          </div>
        )}
      </QueryView>
    </>
  );
}

function OverviewSkeleton() {
  return (
    <div className="flex flex-col gap-6">
      <div className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-hairline bg-hairline bg-clip-padding lg:grid-cols-4">
        {["a", "b", "c", "d"].map((key) => (
          <div key={key} className="flex h-[106px] flex-col gap-3 bg-surface px-5 py-4">
            <Skeleton className="w-24" />
            <Skeleton className="h-6 w-20" />
            <Skeleton className="w-32" />
          </div>
        ))}
      </div>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_300px]">
        <Card className="h-[280px] p-5">
          <Skeleton className="w-32" />
        </Card>
        <Card className="h-[280px] p-5">
          <Skeleton className="w-24" />
        </Card>
      </div>
      <Card className="h-72 p-5">
        <Skeleton className="w-28" />
      </Card>
    </div>
  );
}
