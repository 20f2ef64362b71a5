"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { AdaptStream, FieldChange, OverridesVersion } from "#server/domains/overrides/schema";
import type { Say } from "#server/words/say";
import { useSay } from "./language.tsx";
import { ScreenFault, StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

const authorWords = (by: OverridesVersion["by"], vendorName: string, say: Say) =>
  by === "customer" ? say("history.you") : by === "team" ? vendorName : say("history.itself");

function Changes({ changes }: { changes: readonly FieldChange[] }) {
  const say = useSay();
  if (changes.length === 0) return <p className="mt-1 text-secondary text-sm">{say("history.left")}</p>;
  return (
    <dl className="mt-1.5 space-y-1">
      {changes.map(({ target, name, beforeText, afterText }) => (
        <div key={target} className="grid gap-x-3 text-sm sm:grid-cols-[140px_minmax(0,1fr)]">
          <dt className="truncate text-secondary" title={name}>
            {name}
          </dt>
          <dd className="min-w-0 break-words">
            <span className="text-secondary">{beforeText}</span>{" "}
            <ArrowRight aria-label={say("row.became")} className="inline size-3.5 stroke-[1.75] text-subtle rtl:rotate-180" /> {afterText}
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
  const say = useSay();
  return (
    <div className="mt-3 rounded-md border border-hairline bg-muted px-3.5 py-3">
      <p className="font-medium">{question}</p>
      <p className="mt-0.5 max-w-[64ch] text-secondary text-sm">{say("history.revert_text", { what: records })}</p>
      {trouble ? (
        <div className="mt-2" role="alert">
          <StatusLine tone="bad">{trouble}</StatusLine>
        </div>
      ) : null}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button autoFocus onClick={onCancel}>
          {say("common.cancel")}
        </Button>
        <Button variant="primary" pending={pending} onClick={onConfirm}>
          {say("history.revert")}
        </Button>
      </div>
    </div>
  );
}

type HistoryProps = { stream: AdaptStream & { streamId: string }; vendorName: string; readOnly: boolean };

/** Going back, asked before it is done. */
function useRevert({ streamId, overrides }: HistoryProps["stream"]) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const [asked, setAsked] = useState<number | null>(null);
  const revert = useMutation(
    trpc.mapping.revert.mutationOptions({
      onSuccess: () => setAsked(null),
      onSettled: () => cache.invalidateQueries({ queryKey: trpc.mapping.pathKey() }),
    }),
  );
  const fault = revert.error ? sayFault(revert.error, say) : null;
  const ask = (n: number | null) => {
    revert.reset();
    setAsked(n);
  };
  return {
    asked,
    ask,
    go: (to: number) => revert.mutate({ streamId, n: overrides.n, to }),
    pending: revert.isPending,
    trouble: fault ? (fault.code === "conflict" ? say("history.stale") : (fault.detail ?? fault.text)) : null,
    done: revert.isSuccess,
  };
}

/** Who changed what and when, newest first, and the way back. */
export function MappingHistory({ stream, vendorName, readOnly }: HistoryProps) {
  const say = useSay();
  const trpc = useEmbed();
  const history = useQuery(trpc.mapping.history.queryOptions({ streamId: stream.streamId }));
  const { asked, ask, go, pending, trouble, done } = useRevert(stream);
  if (history.isPending)
    return (
      <div role="status" aria-label={say("history.loading")} className="space-y-3">
        <Skeleton className="h-20 w-full rounded-lg" />
        <Skeleton className="h-20 w-full rounded-lg" />
      </div>
    );
  if (history.isError) return <ScreenFault error={history.error} retry={() => void history.refetch()} />;
  const versions = history.data;
  const records = say.inner(stream.label);
  const back = (n: number, question: string) =>
    asked === n ? <Confirm {...{ question, records, pending, trouble }} onCancel={() => ask(null)} onConfirm={() => go(n)} /> : null;
  if (versions.length === 0)
    return <EmptyState title={say("history.empty.title")}>{say("history.empty.text", { vendor: vendorName })}</EmptyState>;
  return (
    <>
      {done ? (
        <div className="mb-3">
          <StatusLine tone="good">{say("history.done", { what: records })}</StatusLine>
        </div>
      ) : null}
      <ol className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
        {versions.map((version) => (
          <li key={version.n} className="px-4 py-3 sm:px-5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <p className="min-w-0 flex-1 text-sm">
                <span className="font-medium">{authorWords(version.by, vendorName, say)}</span>{" "}
                <span className="text-secondary">
                  · <RelativeTime date={version.at} />
                </span>
              </p>
              {version.n === stream.overrides.n ? (
                <Badge tone="success">{say("history.in_use")}</Badge>
              ) : readOnly || asked === version.n ? null : (
                <Button size="sm" onClick={() => ask(version.n)}>
                  {say("history.revert")}
                </Button>
              )}
            </div>
            <Changes changes={version.changes} />
            {back(version.n, say("history.ask"))}
          </li>
        ))}
        {versions.at(-1)?.n === 1 ? (
          <li className="px-4 py-3 sm:px-5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <p className="min-w-0 flex-1 text-secondary text-sm">{say("history.as_recommended", { vendor: vendorName })}</p>
              {readOnly || asked === 0 ? null : (
                <Button size="sm" onClick={() => ask(0)}>
                  {say("history.revert")}
                </Button>
              )}
            </div>
            {back(0, say("history.ask_recommended", { vendor: vendorName }))}
          </li>
        ) : null}
      </ol>
    </>
  );
}
