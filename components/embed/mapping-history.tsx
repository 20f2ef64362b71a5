"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { faultOf } from "#components/trpc/fault";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { AdaptStream, FieldChange, OverridesVersion } from "#server/domains/overrides/schema";
import { ScreenFault, StatusLine } from "./parts.tsx";

const authorWords = (by: OverridesVersion["by"], vendorName: string) =>
  by === "customer" ? "You or a colleague" : by === "team" ? vendorName : "By itself";

function Changes({ changes }: { changes: readonly FieldChange[] }) {
  if (changes.length === 0) return <p className="mt-1 text-secondary text-sm">Decided to leave it as it was.</p>;
  return (
    <dl className="mt-1.5 space-y-1">
      {changes.map(({ target, name, beforeText, afterText }) => (
        <div key={target} className="grid gap-x-3 text-sm sm:grid-cols-[140px_minmax(0,1fr)]">
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

type ConfirmProps = {
  question: string;
  records: string;
  pending: boolean;
  trouble: string | null;
  onCancel: () => void;
  onConfirm: () => void;
};

/** Asked in place: in a frame as high as its page, a dialog may open out of sight. */
function Confirm({ question, records, pending, trouble, onCancel, onConfirm }: ConfirmProps) {
  return (
    <div className="mt-3 rounded-md border border-hairline bg-muted px-3.5 py-3">
      <p className="font-medium">{question}</p>
      <p className="mt-0.5 max-w-[64ch] text-secondary text-sm">
        All {records} are mapped anew at once. What you have now stays in this history; you can go back to it.
      </p>
      {trouble ? (
        <div className="mt-2" role="alert">
          <StatusLine tone="bad">{trouble}</StatusLine>
        </div>
      ) : null}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button autoFocus onClick={onCancel}>
          Cancel
        </Button>
        <Button variant="primary" pending={pending} onClick={onConfirm}>
          Go back to this
        </Button>
      </div>
    </div>
  );
}

type HistoryProps = { stream: AdaptStream & { streamId: string }; vendorName: string; readOnly: boolean };

/** Going back, asked before it is done. */
function useRevert({ streamId, overrides }: HistoryProps["stream"]) {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const [asked, setAsked] = useState<number | null>(null);
  const revert = useMutation(
    trpc.mapping.revert.mutationOptions({
      onSuccess: () => setAsked(null),
      onSettled: () => cache.invalidateQueries({ queryKey: trpc.mapping.pathKey() }),
    }),
  );
  const fault = revert.error ? faultOf(revert.error) : null;
  const ask = (n: number | null) => {
    revert.reset();
    setAsked(n);
  };
  return {
    asked,
    ask,
    go: (to: number) => revert.mutate({ streamId, n: overrides.n, to }),
    pending: revert.isPending,
    trouble: fault
      ? fault.code === "conflict"
        ? "This mapping was changed meanwhile. Look at the newest change, then try again."
        : (fault.detail ?? fault.text)
      : null,
    done: revert.isSuccess,
  };
}

/** Who changed what and when, newest first, and the way back. */
export function MappingHistory({ stream, vendorName, readOnly }: HistoryProps) {
  const trpc = useEmbed();
  const history = useQuery(trpc.mapping.history.queryOptions({ streamId: stream.streamId }));
  const { asked, ask, go, pending, trouble, done } = useRevert(stream);
  if (history.isPending)
    return (
      <div role="status" aria-label="Loading the history" className="space-y-3">
        <Skeleton className="h-20 w-full rounded-lg" />
        <Skeleton className="h-20 w-full rounded-lg" />
      </div>
    );
  if (history.isError) return <ScreenFault error={history.error} retry={() => void history.refetch()} />;
  const versions = history.data;
  const records = stream.label.toLowerCase();
  const back = (n: number, question: string) =>
    asked === n ? <Confirm {...{ question, records, pending, trouble }} onCancel={() => ask(null)} onConfirm={() => go(n)} /> : null;
  if (versions.length === 0)
    return (
      <EmptyState title="Nothing was changed yet">
        The mapping is as {vendorName} recommends it. Your changes will be listed here.
      </EmptyState>
    );
  return (
    <>
      {done ? (
        <div className="mb-3">
          <StatusLine tone="good">Gone back. Your {records} are being mapped anew.</StatusLine>
        </div>
      ) : null}
      <ol className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
        {versions.map((version) => (
          <li key={version.n} className="px-4 py-3 sm:px-5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <p className="min-w-0 flex-1 text-sm">
                <span className="font-medium">{authorWords(version.by, vendorName)}</span>{" "}
                <span className="text-secondary">
                  · <RelativeTime date={version.at} />
                </span>
              </p>
              {version.n === stream.overrides.n ? (
                <Badge tone="success">In use</Badge>
              ) : readOnly || asked === version.n ? null : (
                <Button size="sm" onClick={() => ask(version.n)}>
                  Go back to this
                </Button>
              )}
            </div>
            <Changes changes={version.changes} />
            {back(version.n, "Go back to how it was after this change?")}
          </li>
        ))}
        {versions.at(-1)?.n === 1 ? (
          <li className="px-4 py-3 sm:px-5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <p className="min-w-0 flex-1 text-secondary text-sm">As {vendorName} recommends it</p>
              {readOnly || asked === 0 ? null : (
                <Button size="sm" onClick={() => ask(0)}>
                  Go back to this
                </Button>
              )}
            </div>
            {back(0, `Go back to what ${vendorName} recommends?`)}
          </li>
        ) : null}
      </ol>
    </>
  );
}
