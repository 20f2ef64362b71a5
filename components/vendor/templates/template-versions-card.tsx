"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { TemplateChanges } from "#components/vendor/templates/template-changes.tsx";
import type { TemplateVersion } from "#server/domains/templates/template-versions";

function State({ version, inForce }: { version: TemplateVersion; inForce: number }) {
  if (version.version === inForce) return <Badge tone="success">In force</Badge>;
  if (version.status === "rolling") return <Badge tone="info">Rolling out</Badge>;
  return version.status === "withdrawn" ? <Badge tone="danger">Rolled back</Badge> : null;
}

/** Who are not people of the team. */
const OTHERS: Record<string, string> = { apiKey: "by API", system: "by Inlay" };

const Author = ({ version: { createdBy, createdAt } }: { version: TemplateVersion }) => (
  <>
    {createdBy ? `${OTHERS[createdBy] ?? createdBy}, ` : ""}
    <RelativeTime date={createdAt} />
  </>
);

type CardProps = {
  templateId: string;
  inForce: number;
  /** Whether a draft would be replaced. */
  drafted: boolean;
  /** Makes a draft of a version; null where the viewer may not. */
  onAdopt: ((version: number) => Promise<boolean>) | null;
};

function VersionDialog({ templateId, inForce, drafted, onAdopt, version, onClose }: CardProps & { version: number; onClose: () => void }) {
  const trpc = useVendor();
  const [pending, setPending] = useState(false);
  const query = useQuery(trpc.templates.version.queryOptions({ templateId, version }, { staleTime: 60_000 }));
  const view = query.data;
  const mayAdopt = onAdopt !== null && view !== undefined && version !== inForce && view.status !== "rolling";
  const adopt = async () => {
    setPending(true);
    const made = await onAdopt?.(version);
    setPending(false);
    if (made) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Version ${version}`}
      description={view ? <Author version={view} /> : undefined}
      className="max-w-[620px]"
      footer={
        <>
          {mayAdopt && drafted ? (
            <p className="me-auto self-center text-warning-text text-xs">It takes the place of what is drafted now.</p>
          ) : null}
          <Button onClick={onClose}>Close</Button>
          {mayAdopt ? (
            <Button variant="primary" pending={pending} onClick={() => void adopt()}>
              Make a draft of this
            </Button>
          ) : null}
        </>
      }
    >
      {view ? (
        <>
          <h3 className="mb-2 font-medium text-sm">{view.before === null ? "What it brought" : `Against version ${view.before}`}</h3>
          {view.changes.length === 0 ? (
            <p className="text-secondary text-sm">It says the same as the version before.</p>
          ) : (
            <div className="max-h-96 overflow-y-auto">
              <TemplateChanges changes={view.changes} whole={view.document} />
            </div>
          )}
        </>
      ) : query.isError ? (
        <FaultState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton className="h-24 w-full" aria-busy="true" />
      )}
    </Dialog>
  );
}

/** Versions of the whole template, newest first: which is in force, who made it, when; each opens with what it changed. */
export function TemplateVersionsCard(props: CardProps) {
  const trpc = useVendor();
  const [open, setOpen] = useState<number | null>(null);
  const query = useQuery(trpc.templates.versions.queryOptions({ templateId: props.templateId }));
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
        {(versions) =>
          versions.length === 0 ? (
            <p className="px-4 py-3 text-secondary text-sm sm:px-5">Nothing is published yet.</p>
          ) : (
            <ol className="divide-y divide-hairline">
              {versions.map((version) => (
                <li key={version.version}>
                  <button
                    type="button"
                    aria-haspopup="dialog"
                    onClick={() => setOpen(version.version)}
                    className="flex w-full items-center gap-2 px-4 py-2 text-start text-sm hover:bg-hover focus-visible:outline-offset-[-2px] sm:px-5"
                  >
                    <span className="shrink-0 whitespace-nowrap font-medium tabular-nums">Version {version.version}</span>
                    <State version={version} inForce={props.inForce} />
                    <span className="ms-auto truncate text-secondary text-xs">
                      <Author version={version} />
                    </span>
                  </button>
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
      {open === null ? null : <VersionDialog {...props} version={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}
