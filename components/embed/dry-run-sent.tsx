"use client";

import { useState } from "react";
import type { DryRunWrites, WriteKind, WriteSample } from "#server/domains/dry-runs/schema";
import { KindChoice, ValueLines } from "./dry-run-parts.tsx";
import { SENT_KINDS, sentWords } from "./dry-run-words";
import { sayAround, useSay } from "./language.tsx";

const FEW = 3;

type Names = ReadonlyMap<string, string>;

function Sent({ sample, names }: { sample: WriteSample; names: Names }) {
  const say = useSay();
  const { ownId, externalId, field, message } = sample;
  const lines = sample.fields.map(({ target, path, ...values }) => ({ key: path, name: names.get(target) ?? target, ...values }));
  const isKnown = externalId !== null;
  return (
    <li className="px-4 py-2.5">
      <p className="text-secondary text-xs">{sayAround(say, "try.record", { id: <code className="break-all">{ownId}</code> })}</p>
      {message ? (
        <p className="mt-0.5 break-words text-danger-text text-sm">
          {field ? `${names.get(field) ?? field}: ` : ""}
          {message}
        </p>
      ) : null}
      <ValueLines
        compared={isKnown}
        lines={isKnown ? lines.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after)) : lines}
      />
    </li>
  );
}

type SentProps = { writes: DryRunWrites; what: string; names: Names; integrationName: string; vendorName: string };

/** What would be sent of the customer's records with the vendor, and what it would do in their account. Nothing is sent. */
export function DryRunSent({ writes, what, names, integrationName: name, vendorName: vendor }: SentProps) {
  const say = useSay();
  const counted = SENT_KINDS.filter(({ kind }) => writes[kind] > 0 || kind === "create" || kind === "update").map(({ kind, tone }) => ({
    ...{ kind, tone, word: say(`sent.kind_${kind}`), count: writes[kind] },
  }));
  const [kind, setKind] = useState<WriteKind>(() => SENT_KINDS.find((one) => writes[one.kind] > 0)?.kind ?? "create");
  const samples = writes.samples.filter((sample) => sample.what === kind).slice(0, FEW);
  const title = say("sent.title", { name });
  return (
    <section aria-label={title} className="border-hairline border-t pb-2 first:border-0">
      <h4 className="px-4 pt-3 font-semibold text-sm">{title}</h4>
      <p className="mt-0.5 px-4 text-secondary text-sm">{sentWords(writes, { what, vendor }, say)}</p>
      {writes.own === 0 ? null : <KindChoice legend={say("sent.legend", { name })} counted={counted} kind={kind} onKind={setKind} />}
      {writes.mayExist && writes.create > 0 ? (
        <p className="px-4 py-1.5 text-secondary text-xs">{say("sent.may_exist", { name })}</p>
      ) : null}
      <ul className="divide-y divide-hairline">
        {samples.map((sample) => (
          <Sent key={sample.ownId} sample={sample} names={names} />
        ))}
      </ul>
    </section>
  );
}
