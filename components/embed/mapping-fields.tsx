"use client";

import { ChevronRight, RefreshCw } from "lucide-react";
import { type ComponentProps, type FocusEvent, type ReactNode, useCallback, useId, useMemo, useState } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Peek } from "#components/ui/peek.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useNarrow } from "#components/ui/use-narrow";
import { useRowsInSight } from "#components/ui/use-rows-in-sight";
import type { ModelField } from "#server/domains/models/schema";
import type { AdaptField, AdaptStream } from "#server/domains/overrides/schema";
import type { OnlyValues } from "#server/mapping/only-values";
import type { FieldMapping } from "#server/mapping/schema";
import type { Whole } from "#server/mapping/whole";
import { sayAround, useSay } from "./language.tsx";
import { useInHand } from "./lead-to";
import { type Arranged, arranged, type Edits, withEdit } from "./mapping-draft";
import { outcomeOf, tallyFor, wholeFor } from "./mapping-outcome";
import { MappingRow, OutcomeLine } from "./mapping-row.tsx";
import { MappingSample, SampleSummary } from "./mapping-sample.tsx";
import { StatusLine } from "./parts.tsx";
import { usePicked } from "./use-picked";
import { type RowWorld, useRowWorld } from "./use-row-world";

export type Look = { look: () => void; pick: (object: string, paths: string[]) => void; asking: boolean; trouble: string | null };

/** How the look at the account's fields stands, and the button for another one. */
export function LookLine({ schema, look, integrationName }: { schema: AdaptStream["schema"]; look: Look; integrationName: string }) {
  const say = useSay();
  const again = (label: string) => (
    <Button variant="link" size="sm" pending={look.asking} onClick={look.look}>
      <RefreshCw aria-hidden="true" /> {label}
    </Button>
  );
  if (look.trouble) return <Line tone="bad" text={look.trouble} action={again(say("common.try_again"))} />;
  if (schema.state === "looking" || look.asking) return <Line tone="busy" text={say("look.looking", { name: integrationName })} />;
  if (schema.state === "failed")
    return <Line tone="bad" text={schema.message ?? say("look.failed")} action={again(say("common.try_again"))} />;
  if (schema.state === "never") return <Line tone="off" text={say("look.never")} action={again(say("look.action"))} />;
  return (
    <div className="flex flex-wrap items-center gap-x-3 text-secondary text-xs">
      <span>{sayAround(say, "look.as_of", { when: <RelativeTime date={schema.takenAt} /> })}</span>
      {again(say("look.again"))}
    </div>
  );
}

function Line({ tone, text, action }: { tone: "bad" | "busy" | "off"; text: string; action?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <StatusLine tone={tone}>{text}</StatusLine>
      {action}
    </div>
  );
}

type FixedProps = { fields: AdaptField[]; stream: AdaptStream; edits: Edits; world: RowWorld; vendorName: string };

/** What is the same for everybody: to be seen, not to be changed. */
function Fixed({ fields, stream, edits, world, vendorName }: FixedProps) {
  const say = useSay();
  const models = new Map(stream.model.fields.map((field) => [field.key, field]));
  const [open, setOpen] = useState(false);
  const { list, pieces } = useRowsInSight<HTMLDListElement>(open ? fields.length : 0, 58);
  if (fields.length === 0) return null;
  return (
    <details className="group border-hairline border-t" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex list-none items-center gap-2 px-4 py-3 text-sm sm:px-5">
        <ChevronRight
          aria-hidden="true"
          className="size-4 text-subtle transition-transform group-open:rotate-90 rtl:rotate-180 rtl:group-open:rotate-90"
        />
        <span className="min-w-0 flex-1">{say("fields.set_by", { count: fields.length, vendor: vendorName })}</span>
      </summary>
      <dl ref={list} className="divide-y divide-hairline border-hairline border-t bg-muted">
        {pieces.map((piece) => {
          if (typeof piece !== "number") return <div key={`gap ${piece.after}`} data-gap style={{ height: piece.gap }} />;
          const field = fields[piece];
          const model = field && models.get(field.target);
          if (!model) return null;
          return (
            <div key={field.target} className="grid gap-x-3 gap-y-0.5 px-4 py-2 text-sm @lg:grid-cols-[188px_minmax(0,1fr)] sm:px-5">
              <dt className="break-words">{model.name}</dt>
              <dd className="min-w-0 text-secondary">
                <span className="break-words">{field.current ? world.words(field.current) : say("fields.not_filled")}</span>
                <OutcomeLine outcome={outcomeOf(field.current, model, world.sample, say, world.sources, wholeFor(stream, edits))} />
              </dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}

type FieldsProps = {
  stream: AdaptStream;
  edits: Edits;
  /** Which records the customer wants, by what they hold. */
  only: OnlyValues | undefined;
  setEdits: (change: (before: Edits) => Edits) => void;
  refused: ReadonlyMap<string, string>;
  contested: ReadonlySet<string>;
  look: Look;
  ready: boolean;
  readOnly: boolean;
  integrationName: string;
  vendorName: string;
  /** Under the record as it arrives: what goes the other way. */
  beside: ReactNode;
};

const MANY = 12;

type RowsProps = Pick<FieldsProps, "edits" | "refused" | "contested"> & {
  fields: readonly AdaptField[];
  models: ReadonlyMap<string, ModelField>;
  suggestions: ReadonlyMap<string, AdaptStream["suggestions"][number]>;
  world: RowWorld;
  whole: Whole;
  search: string;
  onEdit: (field: AdaptField, wanted: FieldMapping | null | undefined) => void;
};

/** A line for each field that may be chosen; of very many, those in sight and the one in hand. */
function Rows({ fields, models, suggestions, world, whole, edits, refused, contested, search, onEdit }: RowsProps) {
  const say = useSay();
  const [inHand, setInHand] = useInHand();
  const at = fields.findIndex(({ target }) => target === inHand);
  const { list, pieces } = useRowsInSight<HTMLUListElement>(fields.length, 96, at);
  const begin = (event: FocusEvent<HTMLUListElement>) =>
    setInHand(event.target.closest<HTMLElement>("[data-field]")?.dataset["field"] ?? null);
  return (
    <ul ref={list} className="divide-y divide-hairline" onFocus={begin}>
      {pieces.map((piece) => {
        if (typeof piece !== "number") return <li key={`gap ${piece.after}`} data-gap aria-hidden="true" style={{ height: piece.gap }} />;
        const field = fields[piece];
        const model = field && models.get(field.target);
        return model ? (
          <MappingRow
            key={field.target}
            field={field}
            model={model}
            edit={edits.get(field.target)}
            world={world}
            whole={whole.isShared(field.target) ? whole : null}
            suggestion={suggestions.get(field.target)}
            refused={refused.get(field.target)}
            contested={contested.has(field.target)}
            onEdit={onEdit}
          />
        ) : null;
      })}
      {fields.length === 0 ? <li className="px-5 py-4 text-secondary text-sm">{say("fields.not_called", { search })}</li> : null}
    </ul>
  );
}

/** The record as it arrives; on a narrow screen folded, and in reach from each field. */
function Arriving({ folded, ...sample }: { folded: boolean } & Omit<ComponentProps<typeof MappingSample>, "bare">) {
  const say = useSay();
  if (!folded) return <MappingSample {...sample} />;
  return (
    <Peek title={say("sample.title", { vendor: sample.vendorName })} summary={<SampleSummary tally={sample.tally} />}>
      <MappingSample bare {...sample} />
    </Peek>
  );
}

const FIRST: Arranged = { open: [], chosen: [], fixed: [] };

/** The fields of one stream: what has to be decided first, then what may be, and beside them a real record as it would arrive. */
export function MappingFields(props: FieldsProps) {
  const say = useSay();
  const { stream, edits, only, setEdits, refused, contested, look, ready, readOnly, integrationName, vendorName, beside } = props;
  const [chosen, setChosen] = useState(0);
  const [search, setSearch] = useState("");
  const searchId = useId();
  const narrow = useNarrow();
  const at = Math.min(chosen, Math.max(0, stream.samples.length - 1));
  const arrives = stream.direction !== "push"; // else nothing does, and there is nothing to show of it
  const sample = arrives ? stream.samples[at]?.source : undefined;
  usePicked(stream, edits, look);
  const world = useRowWorld(stream, { sample, ready, readOnly, integrationName });
  const models = useMemo(() => new Map(stream.model.fields.map((field) => [field.key, field])), [stream.model.fields]);
  const suggestions = useMemo(() => new Map(stream.suggestions.map((one) => [one.target, one])), [stream.suggestions]);
  const parts = useMemo(() => (stream.fields.length === 0 ? FIRST : arranged(stream)), [stream]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `ready` changes what the engine can do, not what it is given
  const tally = useMemo(() => tallyFor(stream, edits, only), [stream, edits, only, ready]);
  const onEdit = useCallback(
    (field: AdaptField, wanted: FieldMapping | null | undefined) => setEdits((before) => withEdit(before, field, wanted)),
    [setEdits],
  );
  const free = [...parts.open, ...parts.chosen];
  const found =
    search === "" ? free : free.filter(({ target }) => (models.get(target)?.name ?? target).toLowerCase().includes(search.toLowerCase()));
  return (
    <div className={narrow ? "flex flex-col gap-4" : "grid grid-cols-1 items-start gap-4 @4xl:grid-cols-[minmax(0,1fr)_320px]"}>
      <Card className="@container min-w-0 overflow-hidden">
        {readOnly && free.length <= MANY ? null : (
          <div className="space-y-2 border-hairline border-b px-4 py-2.5 sm:px-5">
            {readOnly ? null : <LookLine schema={stream.schema} look={look} integrationName={integrationName} />}
            {free.length > MANY ? (
              <input
                id={searchId}
                type="search"
                aria-label={say("fields.search_of", { model: stream.model.name })}
                placeholder={say("fields.search", { count: free.length })}
                value={search}
                onChange={(event) => setSearch(event.target.value)}
                className="h-9 w-full rounded-md border border-hairline-strong bg-surface px-2.5 text-sm"
              />
            ) : null}
          </div>
        )}
        {free.length === 0 ? (
          <EmptyState title={say("fields.none.title")} className="py-8">
            {say("fields.none.text", { vendor: vendorName })}
          </EmptyState>
        ) : (
          <Rows
            {...{ models, suggestions, world, whole: wholeFor(stream, edits), edits, refused, contested, onEdit }}
            fields={found}
            search={search}
          />
        )}
        <Fixed fields={parts.fixed} stream={stream} edits={edits} world={world} vendorName={vendorName} />
      </Card>
      <div className={cn("min-w-0 space-y-4 @4xl:sticky @4xl:top-4", narrow && sample !== undefined && "sticky top-2 z-10 order-first")}>
        {arrives ? (
          <Arriving {...{ stream, edits, tally, vendorName }} folded={narrow && sample !== undefined} chosen={at} onChoose={setChosen} />
        ) : null}
        {narrow ? null : beside}
      </div>
      {narrow ? beside : null}
    </div>
  );
}

/** Fields on their way, in their final layout. */
export function MappingSkeleton() {
  const say = useSay();
  return (
    <div role="status" aria-label={say("map.loading_mapping")} className="grid gap-4 @4xl:grid-cols-[minmax(0,1fr)_320px]">
      <Card className="divide-y divide-hairline">
        {["a", "b", "c", "d"].map((key) => (
          <div key={key} className="grid gap-3 px-5 py-4 @lg:grid-cols-[172px_minmax(0,1fr)]">
            <Skeleton className="w-28" />
            <Skeleton className="h-9 w-full rounded-md" />
          </div>
        ))}
      </Card>
      <Skeleton className="h-60 w-full rounded-lg" />
    </div>
  );
}
