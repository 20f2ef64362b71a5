"use client";

import { Ban, CircleAlert, CircleCheck, CircleMinus, CirclePlus, FlaskConical, RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { KindChoice, type KindOf, ValueLines } from "#components/vendor/mapping/dry-run-parts.tsx";
import { DryRunWritten } from "#components/vendor/mapping/dry-run-writes.tsx";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import { useDryRun } from "#components/vendor/mapping/use-dry-run";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import type { DryRunKind, DryRunResult, DryRunSample } from "#server/domains/dry-runs/schema";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping } from "#server/mapping/schema";

/** What can become of a record, in a word and a sign. */
export const KINDS: readonly KindOf<DryRunKind>[] = [
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
  const lines = differences(sample).map(({ key, from, to }) => ({
    ...{ key, name: names.get(key) ?? key, at: key, to },
    from: sample.before ? from : null,
  }));
  return (
    <li className="py-2">
      <p className="truncate text-secondary text-xs">
        <code>{sample.externalId}</code>
      </p>
      {sample.message ? <p className="mt-0.5 break-words text-danger-text text-xs">{sample.message}</p> : null}
      {sample.what === "remove" ? <p className="mt-0.5 text-secondary text-xs">The filter leaves it out; it is taken away.</p> : null}
      {sample.what === "remove" ? null : <ValueLines lines={lines} />}
    </li>
  );
}

/** What would become of the records that are read. */
function Read({ result, names }: { result: DryRunResult; names: Names }) {
  const [shown, setShown] = useState<DryRunKind | null>(null);
  const kind = shown ?? KINDS.find((one) => result[one.kind] > 0 && one.kind !== "same")?.kind ?? "same";
  const samples = result.samples.filter(({ what }) => what === kind);
  return (
    <div className="px-4 py-3">
      <p className="text-secondary text-xs" role="status">
        Of {result.more ? "the first " : ""}
        {count(result.read, "record")}
        {result.over === "source" ? ", read from the account" : " we hold"}:
      </p>
      <KindChoice kinds={KINDS} counts={result} legend="What would become of them" shown={kind} onShow={setShown} />
      {result.reread ? (
        <p className="mt-1.5 text-secondary text-xs">
          Publishing reads everything anew as well: what was not asked for, or left out, before is not here yet.
        </p>
      ) : null}
      {result.repeats.map(({ field, records, example }) => (
        <p key={field} className="mt-1.5 text-secondary text-xs">
          {names.get(field) ?? field} is unique in the model, but {count(records, "record")} share a value with another, such as “{example}
          ”. They are taken all the same.
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

/** Both ways of a stream, as far as it has them. */
function Result({ result, names, name, isOld }: { result: DryRunResult; names: Names; name: string; isOld: boolean }) {
  return (
    <>
      {isOld ? (
        <p className="border-hairline border-b px-4 py-2 text-secondary text-xs">Of the mapping as it was when you ran this.</p>
      ) : null}
      {result.direction === "push" ? null : <Read result={result} names={names} />}
      {result.writes ? <DryRunWritten writes={result.writes} names={names} name={name} /> : null}
    </>
  );
}

type DryRunProps = Of & {
  customerName: string;
  /** What is read from, and written to. */
  integrationName: string;
  writes: boolean;
  content: Content;
  model: readonly ModelField[];
  fields: () => FieldMapping[];
  disabled: boolean;
};

/** What the mapping on the screen would do with all records of one customer, computed by the worker. Nothing is written. */
export function DryRunCard({ customerName, integrationName, writes, content, model, fields, disabled, ...of }: DryRunProps) {
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
      {phase.is === "done" ? <Result result={phase.result} names={names} name={integrationName} isOld={tried !== content} /> : null}
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
          What this mapping would do with all of {customerName}’s records, with their own changes on top
          {writes ? `, and what would be sent to ${integrationName}` : ""}. Nothing is written.
        </p>
      ) : null}
    </Card>
  );
}
