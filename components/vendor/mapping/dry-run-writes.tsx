import { Ban, CircleAlert, CircleHelp, CircleMinus, CirclePlus, RefreshCw } from "lucide-react";
import { useState } from "react";
import { count } from "#components/ui/format";
import { KindChoice, type KindOf, ValueLines } from "#components/vendor/mapping/dry-run-parts.tsx";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import type { DryRunWrites, WriteKind, WriteSample } from "#server/domains/dry-runs/schema";

/** In the order in which one wants to know. */
const KINDS: readonly KindOf<WriteKind>[] = [
  { kind: "create", word: "made there", icon: CirclePlus, tone: "text-success-text" },
  { kind: "update", word: "changed there", icon: RefreshCw, tone: "text-info-text" },
  { kind: "delete", word: "deleted there", icon: Ban, tone: "text-warning-text" },
  { kind: "hold", word: "would wait for a person", icon: CircleAlert, tone: "text-danger-text" },
  { kind: "unknown", word: "not known", icon: CircleHelp, tone: "text-warning-text" },
  { kind: "skip", word: "nothing to send", icon: CircleMinus, tone: "text-secondary" },
];

type Names = ReadonlyMap<string, string>;

function Sample({ sample, names }: { sample: WriteSample; names: Names }) {
  const { ownId, externalId, field, message } = sample;
  const lines = sample.fields
    .filter(({ before, after }) => externalId === null || show(before) !== show(after))
    .map(({ target, path, before, after }) => ({
      ...{ key: path, name: names.get(target) ?? target, at: path },
      ...{ from: externalId === null ? null : show(before), to: show(after) },
    }));
  return (
    <li className="py-2">
      <p className="truncate text-secondary text-xs">
        <code>{ownId}</code>
        {externalId === null ? null : (
          <>
            {" "}
            is <code>{externalId}</code> there
          </>
        )}
      </p>
      {message ? (
        <p className="mt-0.5 break-words text-danger-text text-xs">
          {field ? `${names.get(field) ?? field}: ` : ""}
          {message}
        </p>
      ) : null}
      <ValueLines lines={lines} />
    </li>
  );
}

/** What would be sent of the vendor's own records, and what it would change at the third party. Nothing is sent. */
export function DryRunWritten({ writes, names, name }: { writes: DryRunWrites; names: Names; name: string }) {
  const [shown, setShown] = useState<WriteKind | null>(null);
  const kind = shown ?? KINDS.find((one) => writes[one.kind] > 0)?.kind ?? "skip";
  const samples = writes.samples.filter(({ what }) => what === kind);
  return (
    <section aria-label={`What is sent to ${name}`} className="border-hairline border-t px-4 py-3 first:border-0">
      <h3 className="font-medium text-sm">What is sent to {name}</h3>
      {writes.own === 0 ? (
        <p className="mt-0.5 text-secondary text-xs">
          You have sent no records of this customer for the model yet, so there is nothing to send.
        </p>
      ) : (
        <>
          <p className="mt-0.5 text-secondary text-xs" role="status">
            Of {writes.more ? "the first " : ""}
            {count(writes.own, "record")} of yours:
          </p>
          <KindChoice kinds={KINDS} counts={writes} legend="What would become of them there" shown={kind} onShow={setShown} />
        </>
      )}
      {writes.mayExist && writes.create > 0 ? (
        <p className="mt-1.5 text-secondary text-xs">
          {name} decides what is new to it: some of what would be made may be changed instead.
        </p>
      ) : null}
      {samples.length === 0 ? null : (
        <ul
          aria-label="Samples of what is sent"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          className="mt-1 max-h-80 divide-y divide-hairline overflow-y-auto"
        >
          {samples.map((sample) => (
            <Sample key={sample.ownId} sample={sample} names={names} />
          ))}
        </ul>
      )}
    </section>
  );
}
