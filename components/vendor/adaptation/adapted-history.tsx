"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Adapted, Adapting } from "#components/vendor/adaptation/use-adaptations";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { FieldChange, OverridesVersion } from "#server/domains/overrides/schema";

function authorWords({ by, who }: OverridesVersion, customerName: string): string {
  if (by === "customer") return customerName;
  return by === "team" ? (who ?? "Your team") : "A version of the template";
}

function Changes({ changes }: { changes: readonly FieldChange[] }) {
  if (changes.length === 0) return <p className="mt-1 text-secondary text-sm">Left as it was.</p>;
  return (
    <dl className="mt-1.5 flex flex-col gap-1">
      {changes.map(({ target, name, beforeText, afterText }) => (
        <div key={target} className="grid gap-x-3 text-sm sm:grid-cols-[160px_minmax(0,1fr)]">
          <dt className="truncate text-secondary" title={name}>
            {name}
          </dt>
          <dd className="min-w-0 break-words">
            <span className="text-secondary">{beforeText}</span>{" "}
            <ArrowRight aria-label="became" className="inline size-3.5 stroke-[1.75] text-subtle rtl:rotate-180" /> {afterText}
          </dd>
        </div>
      ))}
    </dl>
  );
}

type HistoryProps = { stream: Adapted; customerName: string; adapting: Adapting };

/** Who changed what of this customer's mapping and when, newest first, and the way back. */
export function AdaptedHistory({ stream, customerName, adapting }: HistoryProps) {
  const trpc = useVendor();
  const { streamId, overrides } = stream;
  const query = useQuery(trpc.overrides.history.queryOptions({ streamId }));
  const [asked, setAsked] = useState<number | null>(null);
  const back = (n: number) => (
    <Button size="sm" aria-label={n === 0 ? "Go back to the template" : `Go back to revision ${n}`} onClick={() => setAsked(n)}>
      Go back to this
    </Button>
  );
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-32 w-full rounded-lg" />}>
      {(versions) =>
        versions.length === 0 ? (
          <Card>
            <EmptyState title="Nothing was changed here yet">
              {customerName} takes this stream as the template has it. What they or your team change is kept here, with the way back.
            </EmptyState>
          </Card>
        ) : (
          <Card>
            <ol className="divide-y divide-hairline">
              {versions.map((version) => (
                <li key={version.n} className="px-4 py-3 sm:px-5">
                  <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                    <p className="min-w-0 flex-1 text-sm">
                      <span className="font-medium">{authorWords(version, customerName)}</span>{" "}
                      <span className="text-secondary">
                        · <RelativeTime date={version.at} />
                        {version.conflicts > 0 ? `, ${version.conflicts} to decide` : ""}
                      </span>
                    </p>
                    {version.n === overrides.n ? <Badge tone="success">In use</Badge> : back(version.n)}
                  </div>
                  <Changes changes={version.changes} />
                </li>
              ))}
              {versions.at(-1)?.n === 1 ? (
                <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 sm:px-5">
                  <p className="min-w-0 flex-1 text-secondary text-sm">As the template has it, without changes of their own</p>
                  {back(0)}
                </li>
              ) : null}
            </ol>
            <ConfirmDialog
              open={asked !== null}
              onOpenChange={(open) => !open && setAsked(null)}
              title={
                asked === 0 ? `Give all fields of ${customerName} back to the template?` : `Go back to this mapping of ${customerName}?`
              }
              action={asked === 0 ? "Use the template" : "Go back"}
              tone="primary"
              pending={adapting.revert.isPending}
              onConfirm={() =>
                asked !== null && adapting.revert.mutate({ streamId, n: overrides.n, to: asked }, { onSettled: () => setAsked(null) })
              }
            >
              <p>
                All fields of {stream.label.toLowerCase()} become what they were then. Where the template has changed since, it is told as a
                conflict.
              </p>
              <p>That is a new entry in the history: it can be gone back from as well.</p>
            </ConfirmDialog>
          </Card>
        )
      }
    </QueryView>
  );
}
