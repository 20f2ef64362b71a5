"use client";

import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { VersionComparison } from "#server/domains/connectors/compare-versions";

const KIND: Record<VersionComparison["changes"][number]["kind"], { label: string; tone: Tone }> = {
  added: { label: "Added", tone: "success" },
  removed: { label: "Removed", tone: "danger" },
  changed: { label: "Changed", tone: "warning" },
};

/** What takes something away, and from how many. */
export function BreakingList({ breaking }: { breaking: VersionComparison["breaking"] }) {
  return (
    <ul className="flex flex-col gap-2 text-sm">
      {breaking.map((one) => (
        <li key={one.path + one.message} className="flex items-start gap-2">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warning-text" />
          <span className="min-w-0 break-words">
            <code>{one.path}</code>: {one.message}.{" "}
            <span className="text-secondary">
              {count(one.connections, "connection")}, {count(one.streams, "stream")}.
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What a version changes against what is published now. */
export function ChangesView({ connectorKey, version }: { connectorKey: string; version: number }) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.compare.queryOptions({ key: connectorKey, to: version }));
  return (
    <QueryView query={query} skeleton={<SkeletonTable columns={3} rows={4} />}>
      {({ changes, breaking, from }) =>
        changes.length === 0 ? (
          <EmptyState title="Nothing to compare with">The next version is compared with what is published then.</EmptyState>
        ) : (
          <div className="flex max-w-[960px] flex-col gap-6">
            {breaking.length > 0 ? (
              <Card>
                <CardHeader title="Takes something away" description={`From those who use version ${from}.`} />
                <div className="p-4 sm:p-5">
                  <BreakingList breaking={breaking} />
                </div>
              </Card>
            ) : null}
            <Card>
              <CardHeader title={`Against version ${from}`} />
              <ul className="divide-y divide-hairline">
                {changes.map(({ path, kind, before, after }) => (
                  <li key={path} className="flex flex-col gap-1 px-4 py-2.5 text-sm sm:px-5">
                    <span className="flex flex-wrap items-center gap-2">
                      <Badge tone={KIND[kind].tone}>{KIND[kind].label}</Badge>
                      <code className="break-all">{path}</code>
                    </span>
                    {before === null ? null : <code className="break-all text-secondary line-through">{before}</code>}
                    {after === null ? null : <code className="break-all">{after}</code>}
                  </li>
                ))}
              </ul>
            </Card>
          </div>
        )
      }
    </QueryView>
  );
}
