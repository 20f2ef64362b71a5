"use client";

import { Plus } from "lucide-react";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { OfferedFilter } from "#components/vendor/templates/offered-filter.tsx";
import { StreamFold } from "#components/vendor/templates/stream-fold.tsx";
import type { Settings } from "#components/vendor/templates/stream-line.tsx";
import { offerWords, paceOptions, paceWords, windowOptions, windowWords } from "#components/vendor/templates/template-words";
import type { TemplateStreamView } from "#server/domains/templates/get-template";
import type { StreamOffers } from "#server/domains/templates/offers";

const FLOWS = [
  { value: "always", label: "Always on" },
  { value: "on", label: "On unless they turn it off" },
  { value: "off", label: "Off until they turn it on" },
] as const;

const MOST_FILTERS = 5;

type TicksProps<T> = {
  title: string;
  none: string;
  /** What it is when it is not for them to choose. */
  usual: T;
  all: readonly T[];
  ticked: readonly T[] | undefined;
  text: (one: T) => string;
  disabled: boolean;
  onChange: (ticked: T[] | undefined) => void;
};

/** Which of a few ways customers may choose between. Without one ticked it is not theirs to choose. */
function Ticks<T extends number | null>({ title, none, usual, all, ticked = [], text, disabled, onChange }: TicksProps<T>) {
  const id = useId();
  const change = (one: T, on: boolean) => {
    const next = all.filter((other) => (other === one ? on : ticked.includes(other)));
    onChange(next.length > 0 ? next : undefined);
  };
  return (
    <fieldset disabled={disabled} className="min-w-0">
      <legend className="font-medium text-sm">{title}</legend>
      <p className="mt-0.5 text-secondary text-xs">{ticked.length > 0 ? `Besides “${text(usual)}”, which is set above.` : none}</p>
      <div className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1">
        {all
          .filter((one) => one !== usual)
          .map((one) => (
            <label key={String(one)} htmlFor={`${id} ${one}`} className="flex min-h-6 items-center gap-2 text-sm">
              <Checkbox id={`${id} ${one}`} checked={ticked.includes(one)} onCheckedChange={(on) => change(one, on === true)} />
              {text(one)}
            </label>
          ))}
      </div>
    </fieldset>
  );
}

const unique = <T extends number | null>(all: readonly T[]): T[] =>
  [...new Set(all)].sort((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));

type EditorProps = {
  templateId: string;
  stream: TemplateStreamView;
  settings: Settings;
  disabled: boolean;
  onChange: (offers: StreamOffers) => void;
};

/** What is absent is absent: an offer that is taken away leaves nothing behind. */
const cleaned = (offers: { [K in keyof StreamOffers]: StreamOffers[K] | undefined }): StreamOffers =>
  Object.fromEntries(Object.entries(offers).filter(([, value]) => value !== undefined)) as StreamOffers;

/** What of a stream customers may choose: whether it flows, how often, from when on, which records. */
export function StreamOffersEditor({ templateId, stream, settings, disabled, onChange }: EditorProps) {
  const reads = stream.direction !== "push"; // what only writes has no pace, no beginning, and takes what it is given
  const { offers, intervalMs, backfillDays } = settings;
  const filters = offers.filters ?? [];
  const set = (change: { [K in keyof StreamOffers]?: StreamOffers[K] | undefined }) => onChange(cleaned({ ...offers, ...change }));
  const setFilters = (next: typeof filters) => set({ filters: next.length > 0 ? next : undefined });
  const windows = [...windowOptions(backfillDays).map(({ value }) => (value === "all" ? null : Number(value))), ...(offers.windows ?? [])];
  return (
    <StreamFold title="For customers" words={offerWords(offers)}>
      {() => (
        <>
          <Field label="Whether it flows" className="max-w-72">
            <Select value={offers.flows ?? "on"} disabled={disabled} options={FLOWS} onChange={(flows) => set({ flows })} />
          </Field>
          {reads ? (
            <Ticks
              title="How often"
              none="Not theirs to choose: it is read as often as set above."
              usual={intervalMs}
              all={unique([...paceOptions(intervalMs).map(({ value }) => Number(value)), ...(offers.intervals ?? [])])}
              ticked={offers.intervals}
              text={paceWords}
              disabled={disabled}
              onChange={(intervals) => set({ intervals })}
            />
          ) : null}
          {reads && stream.canBeginAt ? (
            <Ticks
              title="What the first sync reads"
              none="Not theirs to choose: it begins where it is set above."
              usual={backfillDays}
              all={unique<number | null>(windows)}
              ticked={offers.windows}
              text={windowWords}
              disabled={disabled}
              onChange={(next) => set({ windows: next })}
            />
          ) : null}
          {reads ? (
            <div className="min-w-0">
              <p className="font-medium text-sm">Which records</p>
              <p className="mt-0.5 text-secondary text-xs">
                A field of the source and the values they may tick. Without a choice they get all that your filter takes.
              </p>
              <ul className="mt-2 flex flex-col gap-2">
                {filters.map((filter, index) => (
                  <OfferedFilter
                    // biome-ignore lint/suspicious/noArrayIndexKey: the place is what it is known by while its path is chosen
                    key={index}
                    {...{ templateId, filter, disabled }}
                    streamKey={stream.key}
                    onChange={(next) => setFilters(filters.map((one, at) => (at === index ? next : one)))}
                    onRemove={() => setFilters(filters.filter((_one, at) => at !== index))}
                  />
                ))}
              </ul>
              {filters.length < MOST_FILTERS ? (
                <Button
                  size="sm"
                  className="mt-2"
                  disabled={disabled}
                  onClick={() => setFilters([...filters, { path: "", label: "", values: [] }])}
                >
                  <Plus aria-hidden="true" /> Offer a filter
                </Button>
              ) : null}
            </div>
          ) : null}
        </>
      )}
    </StreamFold>
  );
}
