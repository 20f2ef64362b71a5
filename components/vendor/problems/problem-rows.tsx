"use client";

import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { useNarrow } from "#components/ui/use-narrow";
import { FIXERS } from "#components/vendor/fixer-words";
import { ERRORS } from "#server/lib/errors";
import type { ProblemRecord } from "#server/trpc/views/embed";

const OPS = { put: null, delete: "Deletion", undo: "Undo" } as const;

type Act = (record: ProblemRecord) => void;
type Props = {
  items: readonly ProblemRecord[];
  pending: boolean;
  state: "held" | "skipped";
  chosen: ReadonlySet<string>;
  labels: ReadonlyMap<string, string>;
  busy: boolean;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onCorrect: Act;
  onRetry: Act;
  onSkip: Act;
  onRestore: Act;
};

/** Who did it: a member by mail address, else one of the doors it can be done through. */
export const personOf = (who: string | null): string =>
  who === null ? "–" : who === "customer" ? "The customer" : who === "apiKey" ? "Your backend" : who;

const keyOf = ({ streamId, id }: ProblemRecord) => `${streamId} ${id}`;

export function ProblemRows(props: Props) {
  const { items, pending, state, chosen, onChoose } = props;
  const all = items.length > 0 && items.every((one) => chosen.has(keyOf(one)));
  return (
    <Table label={state === "held" ? "Records held back" : "Records put aside"}>
      <THead>
        <tr>
          <TH>
            <Checkbox
              aria-label="Choose all that are shown"
              checked={all}
              disabled={items.length === 0}
              onCheckedChange={(on) => onChoose(new Set(on === true ? items.map(keyOf) : []))}
            />
          </TH>
          <TH>Record</TH>
          <TH wide>Stream</TH>
          <TH className="w-full">What happened</TH>
          <TH wide>{state === "held" ? "Who can fix it" : "Skipped by"}</TH>
          <TH numeric wide>
            Since
          </TH>
          <TH wide>
            <span className="sr-only">What to do</span>
          </TH>
        </tr>
      </THead>
      <TBody>
        {pending ? <SkeletonRows columns={7} rows={4} /> : null}
        {items.map((record) => (
          <ProblemRow key={keyOf(record)} record={record} {...props} />
        ))}
      </TBody>
    </Table>
  );
}

function ProblemRow({ record, chosen, labels, state, onChoose, ...rest }: Props & { record: ProblemRecord }) {
  const key = keyOf(record);
  const name = (record.side === "write" ? record.ownId : record.externalId) ?? "";
  const op = record.op === null ? null : OPS[record.op];
  const narrow = useNarrow();
  const actions = <RowActions {...{ record, state, name, ...rest }} />;
  const choose = (on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(key);
    else next.delete(key);
    onChoose(next);
  };
  return (
    <TR>
      <TD>
        <Checkbox aria-label={`Choose ${name}`} checked={chosen.has(key)} onCheckedChange={(on) => choose(on === true)} />
      </TD>
      <TD>
        <Clipped className="max-w-[24ch] font-mono text-[12.5px]">{name}</Clipped>
        {op ? <span className="block text-secondary text-xs">{op}</span> : null}
      </TD>
      <TD wide>{labels.get(record.streamId) ?? "–"}</TD>
      <TD className="min-w-52 whitespace-normal break-words">
        {record.state === "unknown" ? <strong className="font-medium">Nobody knows whether it was done. </strong> : null}
        {record.fieldName ? <span className="font-medium">{record.fieldName}: </span> : null}
        <span className="text-secondary">{record.message}</span>
        {record.retrying ? (
          <span className="block text-info-text text-xs">
            {record.paused ? "Will be tried when the stream goes on" : "Being tried again"}
          </span>
        ) : null}
        {narrow ? <div className="mt-1.5">{actions}</div> : null}
      </TD>
      <TD wide>{state === "held" ? FIXERS[ERRORS[record.code].fixer].who : personOf(record.skippedBy)}</TD>
      <TD numeric wide className="text-secondary">
        <RelativeTime date={record.since} />
      </TD>
      <TD wide>{narrow ? null : actions}</TD>
    </TR>
  );
}

type Actions = Pick<Props, "state" | "busy" | "onCorrect" | "onRetry" | "onSkip" | "onRestore"> & { record: ProblemRecord; name: string };

function RowActions({ record, state, name, busy, onCorrect, onRetry, onSkip, onRestore }: Actions) {
  if (state === "skipped")
    return (
      <Button size="sm" disabled={busy} aria-label={`Take ${name} back`} onClick={() => onRestore(record)}>
        Take back
      </Button>
    );
  return (
    <span className="flex gap-1.5">
      {record.input ? (
        <Button size="sm" disabled={busy} aria-label={`Correct ${name}`} onClick={() => onCorrect(record)}>
          Correct
        </Button>
      ) : null}
      <Button
        size="sm"
        disabled={busy || (record.retrying && !record.paused)}
        aria-label={`Try ${name} again`}
        onClick={() => onRetry(record)}
      >
        Retry
      </Button>
      <Button size="sm" variant="ghost" disabled={busy} aria-label={`Skip ${name}`} onClick={() => onSkip(record)}>
        Skip
      </Button>
    </span>
  );
}
