"use client";

import { useQuery } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";

type Version = { id: string; version: number; status: string; createdBy: string; createdAt: Date; publishedAt: Date | null };

function State({ version, inUse }: { version: Version; inUse: boolean }) {
  if (inUse) return <Badge tone="success">In use</Badge>;
  if (version.status === "rolling") return <Badge tone="info">Rolling out</Badge>;
  if (version.status === "withdrawn") return <Badge tone="danger">Rolled back</Badge>;
  return version.publishedAt === null ? <Badge tone="info">Draft</Badge> : null;
}

/** Versions, newest first: which is in use, who made it, when. */
export function MappingHistory({ templateId, streamKey }: { templateId: string; streamKey: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.mappings.history.queryOptions({ templateId, streamKey }));
  return (
    <Card>
      <CardHeader title="Versions" />
      <QueryView
        query={query}
        skeleton={
          <div className="p-4">
            <Skeleton className="w-40" />
          </div>
        }
      >
        {(versions: Version[]) => {
          const inUse = versions.find(({ status }) => status === "published")?.id;
          return versions.length === 0 ? (
            <p className="px-4 py-3 text-secondary text-sm sm:px-5">No version yet.</p>
          ) : (
            <ol className="divide-y divide-hairline">
              {versions.map((version) => (
                <li key={version.id} className="flex items-center gap-2 px-4 py-2 text-sm sm:px-5">
                  <span className="shrink-0 whitespace-nowrap font-medium tabular-nums">Version {version.version}</span>
                  <State version={version} inUse={version.id === inUse} />
                  <span className="ms-auto truncate text-secondary text-xs">
                    {version.createdBy ? `${version.createdBy}, ` : ""}
                    <RelativeTime date={version.publishedAt ?? version.createdAt} />
                  </span>
                </li>
              ))}
            </ol>
          );
        }}
      </QueryView>
    </Card>
  );
}
