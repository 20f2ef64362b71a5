"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Ban, CircleAlert, CircleCheck, CircleMinus, CirclePlus, FlaskConical, type LucideIcon, RefreshCw } from "lucide-react";
import { useState } from "react";
import { cn } from "#components/cn";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count, formatNumber } from "#components/ui/format";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import type { DryRunKind, DryRunResult, DryRunSample } from "#server/domains/dry-runs/schema";
import type { FieldMapping } from "#server/mapping/schema";

const KINDS: { kind: DryRunKind; word: string; icon: LucideIcon; tone: string }[] = [
  { kind: "create", word: "new", icon: CirclePlus, tone: "text-success-text" },
  { kind: "update", word: "changed", icon: RefreshCw, tone: "text-info-text" },
  { kind: "same", word: "the same", icon: CircleCheck, tone: "text-secondary" },
  { kind: "skip", word: "left out", icon: CircleMinus, tone: "text-secondary" },
  { kind: "remove", word: "removed", icon: Ban, tone: "text-warning-text" },
  { kind: "quarantine", word: "held back", icon: CircleAlert, tone: "text-danger-text" },
];

type Of = { templateId: string; streamKey: string; connectionId: string };
type Phase = { is: "idle" } | { is: "pending" } | { is: "done"; result: DryRunResult } | { is: "failed"; text: string };

/** A dry run of the mapping on the screen, from the asking to the result. `isOld`: it was changed since. */
function useDryRun(of: Of, content: Content, fields: () => FieldMapping[]) {
  const trpc = useVendor();
  const [callId, setCallId] = useState<string | null>(null);
  const [tried, setTried] = useState<Content | null>(null);
  const start = useMutation(trpc.dryRuns.startDraft.mutationOptions());
  const answer = useQuery(
    trpc.dryRuns.get.queryOptions(
      { callId: callId ?? "" },
      {
        enabled: callId !== null,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchInterval: ({ state }) => (state.status === "error" || (state.data && state.data.status !== "pending") ? false : 1_000),
      },
    ),
  );
  const begin = () => {
    setCallId(null);
    setTried(content);
    start.mutate({ ...of, fields: fields(), filter: content.filter }, { onSuccess: (started) => setCallId(started.callId) });
  };
  const words = (error: unknown) => {
    const fault = faultOf(error);
    return (fault.fields && Object.values(fault.fields)[0]?.[0]) ?? fault.detail ?? fault.text;
  };
  const phase = (): Phase => {
    if (start.isPending) return { is: "pending" };
    if (start.error) return { is: "failed", text: words(start.error) };
    if (callId === null) return { is: "idle" };
    if (answer.error) return { is: "failed", text: words(answer.error) };
    if (answer.data?.status === "done") return { is: "done", result: answer.data.result };
    return answer.data?.status === "failed" ? { is: "failed", text: answer.data.detail ?? answer.data.text } : { is: "pending" };
  };
  return { begin, phase: phase(), isOld: tried !== content };
}

/** The fields in which a record differs, before and after. */
function differences({ before, after }: DryRunSample): { key: string; from: string; to: string }[] {
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return keys.flatMap((key) => {
    const [from, to] = [show(before?.[key]), show(after?.[key])];
    return from === to ? [] : [{ key, from, to }];
  });
}

function SampleLine({ sample }: { sample: DryRunSample }) {
  const lines = differences(sample).slice(0, 8);
  return (
    <li className="py-2">
      <p className="truncate text-secondary text-xs">
        <code>{sample.externalId}</code>
      </p>
      {sample.message ? <p className="mt-0.5 break-words text-danger-text text-xs">{sample.message}</p> : null}
      {sample.what === "remove" ? <p className="mt-0.5 text-secondary text-xs">The filter leaves it out; it is taken away.</p> : null}
      <dl className="mt-1 space-y-0.5">
        {(sample.what === "remove" ? [] : lines).map(({ key, from, to }) => (
          <div key={key} className="flex items-baseline gap-2 text-xs">
            <dt className="w-24 shrink-0 truncate text-secondary">{key}</dt>
            <dd className="min-w-0 flex-1 break-words">
              {sample.before ? <span className="me-1.5 text-subtle line-through">{from}</span> : null}
              {to}
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function Result({ result, isOld }: { result: DryRunResult; isOld: boolean }) {
  const there = KINDS.filter(({ kind }) => result[kind] > 0);
  const [shown, setShown] = useState<DryRunKind | null>(null);
  const kind = shown ?? there.find((one) => one.kind !== "same")?.kind ?? "same";
  const samples = result.samples.filter(({ what }) => what === kind);
  return (
    <div className="px-4 py-3">
      <p className="text-secondary text-xs" role="status">
        {isOld ? "Of the mapping as it was when you ran this. " : ""}
        Of {result.more ? "the first " : ""}
        {count(result.read, "record")}
        {result.over === "source" ? ", read from the account" : " we hold"}:
      </p>
      <fieldset className="mt-1.5 flex flex-wrap gap-1">
        <legend className="sr-only">What would become of them</legend>
        {there.map(({ kind: one, word, icon: Icon, tone }) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === kind}
            onClick={() => setShown(one)}
            className={cn(
              "inline-flex h-7 items-center gap-1.5 rounded-full px-2.5 text-xs",
              one === kind ? "bg-pressed font-medium" : "hover:bg-hover",
            )}
          >
            <Icon aria-hidden="true" className={cn("size-3.5 stroke-[1.75]", tone)} />
            <span className="tabular-nums">{formatNumber(result[one])}</span> {word}
          </button>
        ))}
      </fieldset>
      {result.reread ? (
        <p className="mt-1.5 text-secondary text-xs">
          Publishing reads everything anew as well: what was not asked for, or left out, before is not here yet.
        </p>
      ) : null}
      <ul
        aria-label="Samples"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 max-h-80 divide-y divide-hairline overflow-y-auto"
      >
        {samples.map((sample) => (
          <SampleLine key={`${sample.what} ${sample.externalId}`} sample={sample} />
        ))}
      </ul>
      {samples.length === 0 && kind !== "same" ? <p className="py-2 text-secondary text-xs">No sample was kept of these.</p> : null}
    </div>
  );
}

type DryRunProps = Of & { customerName: string; content: Content; fields: () => FieldMapping[]; disabled: boolean };

/** What the mapping on the screen would do with all records of one customer, computed by the worker. Nothing is written. */
export function DryRunCard({ customerName, content, fields, disabled, ...of }: DryRunProps) {
  const { begin, phase, isOld } = useDryRun(of, content, fields);
  return (
    <Card>
      <CardHeader
        title="Dry run"
        actions={
          <Button size="sm" disabled={disabled} pending={phase.is === "pending"} onClick={begin}>
            <FlaskConical aria-hidden="true" /> {phase.is === "idle" ? "Run" : "Run again"}
          </Button>
        }
      />
      {phase.is === "done" ? <Result result={phase.result} isOld={isOld} /> : null}
      {phase.is === "pending" ? (
        <div className="flex flex-col gap-2 px-4 py-3" aria-busy="true">
          <span role="status" className="text-secondary text-xs">
            The worker goes through {customerName}’s records. Nothing is changed.
          </span>
          <Skeleton className="w-48" />
        </div>
      ) : null}
      {phase.is === "failed" ? (
        <p role="alert" className="px-4 py-3 text-danger-text text-sm">
          {phase.text}
        </p>
      ) : null}
      {phase.is === "idle" ? (
        <p className="px-4 py-3 text-secondary text-sm">
          What this mapping would do with all of {customerName}’s records, with their own changes on top. Nothing is written.
        </p>
      ) : null}
    </Card>
  );
}
