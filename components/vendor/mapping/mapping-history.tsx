"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import { VersionDialog } from "#components/vendor/mapping/version-dialog.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { MappingVersionView } from "#server/domains/mappings/get-mapping-version";
import type { ModelField } from "#server/domains/models/schema";
import type { MappingEditorView } from "#server/trpc/views";

type Version = { id: string; version: number; status: string; createdBy: string; createdAt: Date; publishedAt: Date | null };

function State({ version, inUse }: { version: Version; inUse: boolean }) {
  if (inUse) return <Badge tone="success">In use</Badge>;
  if (version.status === "rolling") return <Badge tone="info">Rolling out</Badge>;
  if (version.status === "withdrawn") return <Badge tone="danger">Rolled back</Badge>;
  return version.publishedAt === null ? <Badge tone="info">Draft</Badge> : null;
}

type HistoryProps = {
  templateId: string;
  streamKey: string;
  model: readonly ModelField[];
  samples: MappingEditorView["samples"];
  /** What is in use now, for comparison. */
  published: Content;
  inUse: number | null;
  /** Makes a draft of a version; null where the viewer may not. */
  onAdopt: ((version: MappingVersionView) => Promise<boolean>) | null;
  /** What a draft would take the place of, in a sentence; null when of nothing. */
  replaces: string | null;
};

/** Versions, newest first: which is in use, who made it, when; each opens. */
export function MappingHistory({ templateId, streamKey, ...opened }: HistoryProps) {
  const trpc = useVendor();
  const [open, setOpen] = useState<number | null>(null);
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
                <li key={version.id}>
                  <button
                    type="button"
                    aria-haspopup="dialog"
                    onClick={() => setOpen(version.version)}
                    className="flex w-full items-center gap-2 px-4 py-2 text-start text-sm hover:bg-hover focus-visible:outline-offset-[-2px] sm:px-5"
                  >
                    <span className="shrink-0 whitespace-nowrap font-medium tabular-nums">Version {version.version}</span>
                    <State version={version} inUse={version.id === inUse} />
                    <span className="ms-auto truncate text-secondary text-xs">
                      {version.createdBy ? `${version.createdBy}, ` : ""}
                      <RelativeTime date={version.publishedAt ?? version.createdAt} />
                    </span>
                  </button>
                </li>
              ))}
            </ol>
          );
        }}
      </QueryView>
      <VersionDialog templateId={templateId} streamKey={streamKey} version={open} onClose={() => setOpen(null)} {...opened} />
    </Card>
  );
}
