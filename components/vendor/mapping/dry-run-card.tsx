"use client";

import { Ban, CircleAlert, CircleCheck, CircleMinus, CirclePlus, FlaskConical, type LucideIcon, RefreshCw } from "lucide-react";
import { useState } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count, formatNumber } from "#components/ui/format";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import { useDryRun } from "#components/vendor/mapping/use-dry-run";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import type { DryRunKind, DryRunResult, DryRunSample } from "#server/domains/dry-runs/schema";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping } from "#server/mapping/schema";

/** What can become of a record, in a word and a sign. */
export const KINDS: { kind: DryRunKind; word: string; icon: LucideIcon; tone: string }[] = [
  { kind: "create", word: "new", icon: CirclePlus, tone: "text-success-text" },
  { kind: "update", word: "changed", icon: RefreshCw, tone: "text-info-text" },
  { kind: "same", word: "the same", icon: CircleCheck, tone: "text-secondary" },
  { kind: "skip", word: "left out", icon: CircleMinus, tone: "text-secondary" },
  { kind: "remove", word: "removed", icon: Ban, tone: "text-warning-text" },
  { kind: "quarantine", word: "held back", icon: CircleAlert, tone: "text-danger-text" },
];

type Of = { templateId: string; streamKey: string; connectionId: string };

/** The fields in which a record differs, before and after. */
function differences({ before, after }: DryRunSample): { key: string; from: string; to: string }[] {
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return keys.flatMap((key) => {
    const [from, to] = [show(before?.[key]), show(after?.[key])];
    return from === to ? [] : [{ key, from, to }];
  });
}

/** Fields by key, to be called by their names. */
type Names = ReadonlyMap<string, string>;

function SampleLine({ sample, names }: { sample: DryRunSample; names: Names }) {
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
            <dt className="w-24 shrink-0 truncate text-secondary" title={key}>
              {names.get(key) ?? key}
            </dt>
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

function Result({ result, names, isOld }: { result: DryRunResult; names: Names; isOld: boolean }) {
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
      {result.repeats.map(({ field, records, example }) => (
        <p key={field} className="mt-1.5 text-secondary text-xs">
          <code>{field}</code> is unique in the model, but {count(records, "record")} share a value with another, such as “{example}”. They
          are taken all the same.
        </p>
      ))}
      <ul
        aria-label="Samples"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 max-h-80 divide-y divide-hairline overflow-y-auto"
      >
        {samples.map((sample) => (
          <SampleLine key={`${sample.what} ${sample.externalId}`} sample={sample} names={names} />
        ))}
      </ul>
      {samples.length === 0 && kind !== "same" ? <p className="py-2 text-secondary text-xs">No sample was kept of these.</p> : null}
    </div>
  );
}

type DryRunProps = Of & {
  customerName: string;
  content: Content;
  model: readonly ModelField[];
  fields: () => FieldMapping[];
  disabled: boolean;
};

/** What the mapping on the screen would do with all records of one customer, computed by the worker. Nothing is written. */
export function DryRunCard({ customerName, content, model, fields, disabled, ...of }: DryRunProps) {
  const { begin, phase } = useDryRun(of);
  const [tried, setTried] = useState<Content | null>(null);
  const names = new Map(model.map(({ key, name }) => [key, name]));
  const run = () => {
    setTried(content);
    begin({ fields: fields(), filter: content.filter, choices: content.choices });
  };
  return (
    <Card>
      <CardHeader
        title="Dry run"
        actions={
          <Button size="sm" disabled={disabled} pending={phase.is === "pending"} onClick={run}>
            <FlaskConical aria-hidden="true" /> {phase.is === "idle" ? "Run" : "Run again"}
          </Button>
        }
      />
      {phase.is === "done" ? <Result result={phase.result} names={names} isOld={tried !== content} /> : null}
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
