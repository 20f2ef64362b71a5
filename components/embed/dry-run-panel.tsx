"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { DryRunKind, DryRunResult, DryRunSample } from "#server/domains/dry-runs/schema";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { StreamChosen } from "#server/domains/templates/offers";
import type { Say } from "#server/words/say";
import { KindChoice, ValueLines } from "./dry-run-parts.tsx";
import { DryRunSent } from "./dry-run-sent.tsx";
import { differences, dryRunWords, KINDS } from "./dry-run-words";
import { sayAround, useSay } from "./language.tsx";
import { type Edits, wishesOf } from "./mapping-draft";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

const ASK_MS = 1_000;
const FEW = 3;

type Place = { connectionId: string; templateId: string };

type Phase = { is: "idle" } | { is: "pending" } | { is: "done"; result: DryRunResult } | { is: "failed"; text: string };

function faultWords(error: unknown, say: Say): string {
  const fault = sayFault(error, say);
  return fault.fields ? (fault.detail ?? fault.text) : fault.text;
}

/** A dry run from the asking to the result. Whoever stops asking ends it. `isOld`: something was changed since. */
function useDryRun({ connectionId, templateId }: Place, stream: AdaptStream, edits: Edits, chosen: StreamChosen) {
  const say = useSay();
  const trpc = useEmbed();
  const [callId, setCallId] = useState<string | null>(null);
  const [of, setOf] = useState<{ edits: Edits; chosen: StreamChosen } | null>(null);
  const start = useMutation(trpc.dryRuns.start.mutationOptions());
  const answer = useQuery(
    trpc.dryRuns.get.queryOptions(
      { callId: callId ?? "" },
      {
        enabled: callId !== null,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchInterval: ({ state }) => (state.status === "error" || (state.data && state.data.status !== "pending") ? false : ASK_MS),
      },
    ),
  );
  const begin = () => {
    setCallId(null);
    setOf({ edits, chosen });
    start.mutate(
      { connectionId, templateId, streamKey: stream.key, fields: wishesOf(stream, edits), chosen },
      { onSuccess: (started) => setCallId(started.callId) },
    );
  };
  const stop = () => {
    start.reset();
    setCallId(null);
  };
  const phase = (): Phase => {
    if (start.isPending) return { is: "pending" };
    if (start.error) return { is: "failed", text: faultWords(start.error, say) };
    if (callId === null) return { is: "idle" };
    if (answer.error) return { is: "failed", text: faultWords(answer.error, say) };
    if (answer.data?.status === "done") return { is: "done", result: answer.data.result };
    return answer.data?.status === "failed" ? { is: "failed", text: answer.data.text } : { is: "pending" };
  };
  return { begin, stop, phase: phase(), isOld: of?.edits !== edits || of.chosen !== chosen };
}

function Changed({ sample, names }: { sample: DryRunSample; names: ReadonlyMap<string, string> }) {
  const say = useSay();
  const lines = differences(sample.before, sample.after).map((line) => ({ ...line, name: names.get(line.key) ?? line.key }));
  return (
    <li className="px-4 py-2.5">
      <p className="text-secondary text-xs">
        {sayAround(say, "try.record", { id: <code className="break-all">{sample.externalId}</code> })}
      </p>
      {sample.message ? <p className="mt-0.5 break-words text-danger-text text-sm">{sample.message}</p> : null}
      <ValueLines lines={lines} compared={sample.before !== null} />
    </li>
  );
}

function Result({ result, stream }: { result: DryRunResult; stream: AdaptStream }) {
  const say = useSay();
  const counted = KINDS.filter(({ kind }) => result[kind] > 0 || kind === "create" || kind === "update").map(({ kind, tone }) => ({
    ...{ kind, tone, word: say(`try.kind_${kind}`), count: result[kind] },
  }));
  const first = KINDS.find(({ kind }) => result.samples.some(({ what }) => what === kind))?.kind ?? "create";
  const [kind, setKind] = useState<DryRunKind>(first);
  const names = new Map(stream.model.fields.map((field) => [field.key, field.name]));
  const [all, setAll] = useState(false);
  const samples = result.samples.filter(({ what }) => what === kind);
  const few = all ? samples : samples.slice(0, FEW);
  return (
    <>
      <KindChoice
        legend={say("try.legend")}
        counted={counted}
        kind={kind}
        onKind={(one) => {
          setKind(one);
          setAll(false);
        }}
      />
      {result.reread ? <p className="px-4 py-1.5 text-secondary text-xs">{say("try.reread")}</p> : null}
      {result.repeats.map(({ field, records, example }) => (
        <p key={field} className="px-4 py-1.5 text-secondary text-xs">
          {say("try.repeats", { count: records, field: names.get(field) ?? field, example })}
        </p>
      ))}
      <ul className="divide-y divide-hairline">
        {few.map((sample) => (
          <Changed key={`${sample.what} ${sample.externalId}`} sample={sample} names={names} />
        ))}
      </ul>
      {few.length < samples.length ? (
        <div className="border-hairline border-t px-4 pt-2">
          <Button variant="link" size="sm" onClick={() => setAll(true)}>
            {say("try.more", { count: samples.length - few.length })}
          </Button>
        </div>
      ) : null}
    </>
  );
}

type Names = { integrationName: string; vendorName: string };
type PanelProps = Place & Names & { stream: AdaptStream; edits: Edits; chosen: StreamChosen };

const words = (phase: Phase, what: string, say: Say): string => {
  if (phase.is === "pending") return say("try.pending", { what });
  if (phase.is === "done" && phase.result.direction !== "push") return dryRunWords(phase.result, what, say);
  return say("try.idle");
};

function Outcome({ phase, isOld, stream, ...names }: { phase: Phase; isOld: boolean; stream: AdaptStream } & Names) {
  const say = useSay();
  if (phase.is === "pending")
    return (
      <div
        role="progressbar"
        aria-label={say("try.progress", { what: say.inner(stream.label) })}
        className="h-0.5 overflow-hidden bg-pressed"
      >
        <div className="h-full w-full animate-pulse bg-accent motion-reduce:animate-none" />
      </div>
    );
  if (phase.is === "failed")
    return (
      <div className="border-hairline border-t px-4 py-3" role="alert">
        <StatusLine tone="bad">{phase.text}</StatusLine>
      </div>
    );
  if (phase.is === "idle") return null;
  return (
    <div className="border-hairline border-t pb-2">
      {isOld ? (
        <div className="px-4 pt-3">
          <StatusLine tone="wait">{say("try.old")}</StatusLine>
        </div>
      ) : null}
      {phase.result.read > 0 ? <Result result={phase.result} stream={stream} /> : null}
      {phase.result.writes ? (
        <DryRunSent
          writes={phase.result.writes}
          what={say.inner(stream.label)}
          names={new Map(stream.model.fields.map(({ key, name }) => [key, name]))}
          {...names}
        />
      ) : null}
    </div>
  );
}

/** What the mapping would do to all records, both ways where the stream has both, worked out without changing any. */
export function DryRunPanel({ stream, edits, chosen, integrationName, vendorName, ...place }: PanelProps) {
  const say = useSay();
  const { begin, stop, phase, isOld } = useDryRun(place, stream, edits, chosen);
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
        <div className="min-w-0 flex-1 basis-56">
          <h3 className="font-semibold text-sm">{say("try.title")}</h3>
          <p role="status" className="mt-0.5 max-w-[68ch] text-secondary text-sm">
            {words(phase, say.inner(stream.label), say)}
          </p>
        </div>
        {phase.is === "pending" ? (
          <Button size="lg" onClick={stop}>
            {say("common.cancel")}
          </Button>
        ) : (
          <Button size="lg" onClick={begin}>
            <FlaskConical aria-hidden="true" /> {say(phase.is === "idle" ? "try.action" : "try.again")}
          </Button>
        )}
      </div>
      <Outcome {...{ phase, isOld, stream, integrationName, vendorName }} />
    </Card>
  );
}
