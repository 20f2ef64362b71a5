"use client";

import { CircleAlert, CircleCheck, CircleSlash } from "lucide-react";
import { useMemo } from "react";
import { cn } from "#components/cn";
import { Card } from "#components/ui/card.tsx";
import { Select } from "#components/ui/select.tsx";
import { useRowsInSight } from "#components/ui/use-rows-in-sight";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { isEmpty } from "#server/mapping/misfit";
import type { Stand, Tally } from "#server/mapping/tally";
import type { Say } from "#server/words/say";
import { useSay } from "./language.tsx";
import { type Edits, NO_EDITS, wantedOf } from "./mapping-draft";
import { type Outcome, outcomeOf, shown, wholeFor } from "./mapping-outcome";

const labelWords = (label: string, stand: Stand, say: Say) =>
  stand === "held" ? say("sample.said_held", { label }) : stand === "out" ? say("sample.said_left_out", { label }) : label;

/** "18 records fit, 3 in part, 2 left out"; those that would be held back come first. */
export function SampleSummary({ tally: { count, stands } }: { tally: Tally }) {
  const say = useSay();
  const { held } = count;
  const Icon = held > 0 ? CircleAlert : CircleCheck;
  const words = [
    held > 0 ? say("sample.held", { count: held, total: stands.length }) : "",
    count.whole > 0 || held + count.partly + count.out === 0 ? say("sample.fit", { count: count.whole }) : "",
    count.partly > 0 ? say("sample.partly", { count: count.partly }) : "",
    count.out > 0 ? say("sample.out", { count: count.out }) : "",
  ].filter(Boolean);
  return (
    <p role="status" className="flex items-center gap-1.5 text-secondary text-xs">
      <Icon aria-hidden="true" className={cn("size-3.5 stroke-2", held > 0 ? "text-danger-text" : "text-success-text")} />
      {words.join(" · ")}
    </p>
  );
}

function arrives(outcome: Outcome, say: Say): { text: string; tone: string } {
  if (outcome.state === "unread") return { text: say("outcome.unread"), tone: "text-subtle" };
  if (outcome.state === "fault") return { text: say("sample.unfit"), tone: "text-danger-text" };
  const after = outcome.state === "ok" ? outcome.after : null;
  return { text: shown(after, say), tone: isEmpty(after) ? "text-subtle" : "" };
}

type SampleProps = {
  stream: AdaptStream;
  edits: Edits;
  tally: Tally;
  chosen: number;
  onChoose: (index: number) => void;
  vendorName: string;
  /** Under a line that has its title already. */
  bare?: boolean;
};

/** One real record as it would arrive, beside what would arrive without the changes. */
export function MappingSample({ stream, edits, tally, chosen, onChoose, vendorName, bare = false }: SampleProps) {
  const say = useSay();
  const sample = stream.samples[chosen];
  const sources = useMemo(() => new Map(stream.sourceFields.map((field) => [field.path, field])), [stream.sourceFields]);
  const names = new Map(stream.model.fields.map((field) => [field.key, field]));
  const { list, pieces } = useRowsInSight<HTMLDListElement>(sample ? stream.fields.length : 0, 33);
  if (!sample) {
    return <Card className="px-4 py-5 text-secondary text-sm">{say("sample.none")}</Card>;
  }
  const [whole, today] = [wholeFor(stream, edits), wholeFor(stream, NO_EDITS)];
  return (
    <Card className={cn("overflow-hidden", bare && "rounded-none border-0")}>
      <div className="space-y-2 border-hairline border-b px-4 py-3">
        {bare ? null : (
          <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <h3 className="font-semibold text-sm">{say("sample.title", { vendor: vendorName })}</h3>
            <SampleSummary tally={tally} />
          </div>
        )}
        <Select
          aria-label={say("sample.choose")}
          className="h-9 text-sm"
          value={String(chosen)}
          onChange={(value) => onChoose(Number(value))}
          options={stream.samples.map(({ label }, index) => ({
            value: String(index),
            label: labelWords(label, tally.stands[index] ?? "whole", say),
          }))}
        />
      </div>
      {tally.stands[chosen] === "out" ? (
        <p className="flex items-start gap-1.5 border-hairline border-b bg-muted px-4 py-2 text-secondary text-xs">
          <CircleSlash aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
          {say("sample.not_among")}
        </p>
      ) : null}
      {sample.cut ? <p className="border-hairline border-b px-4 py-2 text-secondary text-xs">{say("sample.cut")}</p> : null}
      <section
        aria-label={say("sample.section")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[480px] overflow-y-auto px-4 py-1.5"
      >
        <dl ref={list} className="divide-y divide-hairline">
          {pieces.map((piece) => {
            if (typeof piece !== "number") return <div key={`gap ${piece.after}`} data-gap style={{ height: piece.gap }} />;
            const field = stream.fields[piece];
            const model = field && names.get(field.target);
            if (!model) return null;
            const after = arrives(outcomeOf(wantedOf(field, edits.get(field.target)), model, sample.source, say, sources, whole), say);
            const before = arrives(outcomeOf(field.current, model, sample.source, say, sources, today), say);
            return (
              <div key={field.target} className="flex items-baseline gap-3 py-1.5 text-sm">
                <dt className="w-28 shrink-0 truncate text-secondary text-xs" title={model.name}>
                  {model.name}
                </dt>
                <dd className="min-w-0 flex-1">
                  <bdi className={cn("break-words", after.tone)}>{after.text}</bdi>
                  {before.text === after.text ? null : (
                    <span className="block truncate text-subtle text-xs">{say("sample.so_far", { value: before.text })}</span>
                  )}
                </dd>
              </div>
            );
          })}
        </dl>
      </section>
    </Card>
  );
}
