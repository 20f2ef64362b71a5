"use client";

import { useId } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Select } from "#components/ui/select.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { StreamChosen, StreamOffers } from "#server/domains/templates/offers";
import type { PlainValue } from "#server/mapping/only-values";
import { useSay } from "./language.tsx";
import { paceText, windowText } from "./stream-wishes";

type Filter = NonNullable<StreamOffers["filters"]>[number];

type ChoicesProps = {
  stream: AdaptStream;
  chosen: StreamChosen;
  onChange: (chosen: StreamChosen) => void;
  /** The first sync has begun: from when on it reads is said and not asked. */
  begun: boolean;
};

type ListProps<T> = { label: string; usual: T; now: T; offered: readonly T[]; text: (one: T) => string; onChange: (one: T) => void };

/** One of the ways that are offered, and the usual one. */
function OneOf<T extends number | null>({ label, usual, now, offered, text, onChange }: ListProps<T>) {
  const say = useSay();
  const id = useId();
  const all = [...new Set([usual, ...offered, now])].sort((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-secondary text-sm">
        {label}
      </label>
      <Select
        id={id}
        className="h-9"
        value={String(now)}
        onChange={(value) => onChange(all.find((one) => String(one) === value) ?? usual)}
        options={all.map((one) => ({
          value: String(one),
          label: one === usual && all.length > 1 ? say("choose.usual", { choice: text(one) }) : text(one),
        }))}
      />
    </div>
  );
}

type FilterProps = { filter: Filter; ticked: readonly PlainValue[] | undefined; onChange: (ticked: PlainValue[] | undefined) => void };

/** All records, or only those with some values of a field. */
function Which({ filter, ticked, onChange }: FilterProps) {
  const say = useSay();
  const id = useId();
  const some = ticked !== undefined;
  const radio = (label: string, checked: boolean, choose: () => void) => (
    <label className="flex min-h-6 items-center gap-2">
      <input type="radio" name={id} checked={checked} onChange={choose} className="size-4 shrink-0 accent-(--accent)" />
      {label}
    </label>
  );
  return (
    <fieldset className="min-w-0 text-sm">
      <legend className="mb-1 text-secondary">
        <bdi>{filter.label}</bdi>
      </legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {radio(say("choose.all"), !some, () => onChange(undefined))}
        {radio(say("choose.some"), some, () => onChange([...(ticked ?? filter.values.map(({ value }) => value))]))}
      </div>
      {some ? (
        <div className="mt-1 flex flex-wrap gap-x-5 gap-y-1 ps-6">
          {filter.values.map(({ value, label }, index) => (
            <label key={String(value)} htmlFor={`${id} ${index}`} className="flex min-h-6 items-center gap-2">
              <Checkbox
                id={`${id} ${index}`}
                checked={ticked.includes(value)}
                onCheckedChange={(on) =>
                  onChange(
                    filter.values.flatMap((one) => ((one.value === value ? on === true : ticked.includes(one.value)) ? [one.value] : [])),
                  )
                }
              />
              <bdi>{label}</bdi>
            </label>
          ))}
          {ticked.length === 0 ? (
            <p role="alert" className="basis-full text-danger-text">
              {say("choose.none_ticked")}
            </p>
          ) : null}
        </div>
      ) : null}
    </fieldset>
  );
}

/** How a stream runs, as far as the customer may choose it: how often, from when on, which records. */
export function StreamChoices({ stream, chosen, onChange, begun }: ChoicesProps) {
  const say = useSay();
  const { offers, intervalMs, backfillDays } = stream;
  const { intervals, windows, filters = [] } = offers;
  const only = chosen.only ?? {};
  const begins = chosen.backfillDays === undefined ? backfillDays : chosen.backfillDays;
  const tick = (path: string, ticked: PlainValue[] | undefined) => {
    const { [path]: _before, ...rest } = only;
    onChange({ ...chosen, only: ticked === undefined ? rest : { ...rest, [path]: ticked } });
  };
  return (
    <div className="flex flex-col gap-3">
      {intervals || windows ? (
        <div className="grid grid-cols-1 gap-3 @md:grid-cols-2">
          {intervals ? (
            <OneOf
              label={say("choose.often")}
              usual={intervalMs}
              now={chosen.intervalMs ?? intervalMs}
              offered={intervals}
              text={(ms) => paceText(ms, say)}
              onChange={(ms) => onChange({ ...chosen, intervalMs: ms })}
            />
          ) : null}
          {windows && begun ? (
            <div className="flex flex-col gap-1 text-sm">
              <span className="text-secondary">{say("choose.begin")}</span>
              <span className="flex min-h-9 items-center">{windowText(begins, say)}</span>
              <span className="text-secondary text-xs">{say("choose.begun")}</span>
            </div>
          ) : windows ? (
            <OneOf
              label={say("choose.begin")}
              usual={backfillDays}
              now={begins}
              offered={windows}
              text={(days) => windowText(days, say)}
              onChange={(days) => onChange({ ...chosen, backfillDays: days })}
            />
          ) : null}
        </div>
      ) : null}
      {filters.map((filter) => (
        <Which key={filter.path} filter={filter} ticked={only[filter.path]} onChange={(ticked) => tick(filter.path, ticked)} />
      ))}
    </div>
  );
}

/** Whether a filter is left with nothing to take. */
export const takesNothing = ({ only = {} }: StreamChosen): boolean => Object.values(only).some((ticked) => ticked.length === 0);
