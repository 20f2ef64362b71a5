"use client";

import { ArrowLeft, ArrowRight, CircleAlert, Lightbulb, TriangleAlert } from "lucide-react";
import { memo, type ReactNode, useId, useState } from "react";
import { cn } from "#components/cn";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { AdaptField, FieldSuggestion } from "#server/domains/overrides/schema";
import { isEmpty } from "#server/mapping/misfit";
import { sayOrigin } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import type { Whole } from "#server/mapping/whole";
import { sayAround, useSay } from "./language.tsx";
import { isOpen, lacksCurrency, moneyStep, recommendedOf, stateOf, wantedOf } from "./mapping-draft";
import { type Outcome, outcomeOf, shown } from "./mapping-outcome";
import { MappingPicker } from "./mapping-picker.tsx";
import { hasValues, MappingValues, OurValue, unsaid } from "./mapping-values.tsx";
import { MoneyCurrency } from "./money-currency.tsx";
import type { RowWorld } from "./use-row-world";

type RowProps = {
  field: AdaptField;
  model: ModelField;
  /** What the customer wants of this field and has not saved; undefined = nothing else than stands. */
  edit: FieldMapping | null | undefined;
  world: RowWorld;
  /** The mapping it is part of, where others are written to where this field is; null = it stands alone. */
  whole: Whole | null;
  suggestion: FieldSuggestion | undefined;
  /** Why the server did not take it. */
  refused: string | undefined;
  /** Somebody else changed it meanwhile. */
  contested: boolean;
  /** undefined takes the edit back. */
  onEdit: (field: AdaptField, wanted: FieldMapping | null | undefined) => void;
};

function Note({ tone, children }: { tone: "bad" | "wait"; children: ReactNode }) {
  const Icon = tone === "bad" ? CircleAlert : TriangleAlert;
  return (
    <p className={cn("flex items-start gap-1.5 text-xs", tone === "bad" ? "text-danger-text" : "text-warning-text")}>
      <Icon aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
      <span className="min-w-0 break-words">{children}</span>
    </p>
  );
}

/** What the chosen record becomes. */
export function OutcomeLine({ outcome }: { outcome: Outcome }) {
  const say = useSay();
  if (outcome.state === "unmapped") return null;
  if (outcome.state === "unread") return <p className="text-subtle text-xs">{say("outcome.unread")}</p>;
  if (outcome.state === "fault") return <Note tone="bad">{outcome.message}</Note>;
  const [before, after] = [shown(outcome.before, say), shown(outcome.after, say)];
  return (
    <>
      <p className="flex min-w-0 items-center gap-1.5 text-secondary text-xs">
        {outcome.before === undefined || before === after ? null : (
          <>
            <bdi className="max-w-[45%] truncate">{before}</bdi>
            <ArrowRight aria-label={say("row.becomes")} className="size-3 shrink-0 stroke-[1.75] text-subtle rtl:rotate-180" />
          </>
        )}
        <bdi className={cn("truncate", isEmpty(outcome.after) ? "text-subtle" : "text-foreground")}>{after}</bdi>
      </p>
      {outcome.note ? <Note tone="wait">{outcome.note}</Note> : null}
    </>
  );
}

function Suggested({ suggestion, title, onUse }: { suggestion: FieldSuggestion; title: string; onUse: () => void }) {
  const say = useSay();
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-md bg-accent-soft px-2.5 py-1.5 text-xs">
      <Lightbulb aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-accent-text" />
      <span className="min-w-0 flex-1 basis-40">
        {sayAround(
          say,
          "row.perhaps",
          { field: <strong className="font-medium">{title}</strong> },
          { reasons: suggestion.reasons.join(", ") },
        )}
      </span>
      <Button size="sm" variant="secondary" onClick={onUse}>
        {say("row.use")}
      </Button>
    </div>
  );
}

function Name({ field, model, state, changed }: { field: AdaptField; model: ModelField; state: AdaptField["state"]; changed: boolean }) {
  const say = useSay();
  return (
    <div className="min-w-0 @lg:pt-1.5">
      <p className="flex flex-wrap items-center gap-1.5">
        <span className="break-words font-medium text-sm">{model.name}</span>
        {field.required ? <Badge className="h-4 px-1.5 text-[11px]">{say("row.needed")}</Badge> : null}
        {state === "own" || state === "left_out" ? (
          <Badge tone={state === "own" ? "accent" : "neutral"} className="h-4 px-1.5 text-[11px]">
            {say(`row.${state}`)}
          </Badge>
        ) : null}
        {changed ? (
          <span className="size-1.5 rounded-full bg-info">
            <span className="sr-only">{say("row.changed")}</span>
          </span>
        ) : null}
      </p>
      {field.choice.prompt || model.description ? (
        <p className="mt-0.5 text-pretty text-secondary text-xs">{field.choice.prompt ?? model.description}</p>
      ) : null}
    </div>
  );
}

/** A field that can only be taken or left out. */
function TakeOrLeave({ field, model, wanted, world, onEdit }: RowProps & { wanted: FieldMapping | null }) {
  const say = useSay();
  const id = useId();
  const words = field.template ? sayOrigin(field.template, world.titles, say) : "";
  return (
    <label htmlFor={id} className="flex min-h-8 items-center gap-2 text-sm">
      <Checkbox
        id={id}
        checked={wanted !== null}
        disabled={world.readOnly || field.required}
        aria-label={say("row.take", { field: model.name })}
        onCheckedChange={(on) => onEdit(field, on === true ? field.template : null)}
      />
      <span className={cn("min-w-0 break-words", wanted === null && "text-subtle line-through")}>{words}</span>
    </label>
  );
}

function Control(props: RowProps & { wanted: FieldMapping | null; invalid: boolean }) {
  const say = useSay();
  const { field, model, world, wanted, invalid, onEdit } = props;
  const { sources, titles, words, integrationName } = world;
  if (field.choice.customer === "optional") return <TakeOrLeave {...props} />;
  if (world.readOnly) return <p className="break-words py-1.5 text-sm">{words(wanted)}</p>;
  const change = (next: FieldMapping | null) => onEdit(field, next);
  return (
    <>
      <MappingPicker {...{ field, model, wanted, sources, titles, integrationName, invalid }} onChange={change} />
      {wanted && moneyStep(wanted) ? <MoneyCurrency {...{ model, wanted, world }} template={field.template} onChange={change} /> : null}
      {wanted?.constant !== undefined ? (
        <OurValue
          label={say("row.text_for", { field: model.name })}
          model={model}
          value={wanted.constant ?? undefined}
          onChange={(constant) => change({ ...wanted, constant: constant ?? "" })}
        />
      ) : null}
    </>
  );
}

/** The quiet buttons under a field: single values, and the way back to what is recommended. */
function Below(props: RowProps & { wanted: FieldMapping | null; open: boolean; setOpen: (open: boolean) => void }) {
  const say = useSay();
  const { field, model, edit, world, wanted, open, setOpen, contested, onEdit } = props;
  const source = wanted?.from === undefined ? undefined : world.sources.get(wanted.from);
  const left = unsaid(model, wanted, source);
  const recommended = recommendedOf(field);
  const state = stateOf(field, edit);
  const differs = state === "own" || state === "left_out";
  if (world.readOnly || field.choice.customer === "optional") return null;
  return (
    <div className="flex flex-wrap gap-x-3">
      {wanted !== null && wanted.constant === undefined ? (
        <Button variant="link" size="sm" className="text-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {hasValues(model, wanted, source)
            ? left > 0
              ? say("row.values_open", { count: left })
              : say("row.values")
            : say("row.when_empty")}
        </Button>
      ) : null}
      {differs && field.template !== null ? (
        <Button variant="link" size="sm" className="text-xs" onClick={() => onEdit(field, recommended ?? field.template)}>
          {say("row.back")}
        </Button>
      ) : null}
      {contested && edit !== undefined ? (
        <Button variant="link" size="sm" className="text-xs" onClick={() => onEdit(field, undefined)}>
          {say("row.take_other")}
        </Button>
      ) : null}
    </div>
  );
}

type Told = { recommended: FieldMapping | null; isMissing: boolean; outcome: Outcome };

/** What is to be said under the control: what is recommended or might fit, what is wrong, what comes of it. */
function Words({ field, edit, world, suggestion, refused, contested, onEdit, recommended, isMissing, outcome }: RowProps & Told) {
  const say = useSay();
  const { titles, words, readOnly } = world;
  if (recommended !== null && !readOnly)
    return (
      <div className="flex flex-wrap items-center gap-2 text-xs">
        <span className="min-w-0 flex-1 text-secondary">{say("row.recommended", { what: words(recommended) })}</span>
        <Button size="sm" onClick={() => onEdit(field, recommended)}>
          {say("row.use")}
        </Button>
      </div>
    );
  const isEmpty = stateOf(field, edit) === "missing";
  return (
    <>
      {isEmpty && suggestion && !readOnly ? (
        <Suggested
          suggestion={suggestion}
          title={titles.get(suggestion.path) ?? suggestion.path}
          onUse={() => onEdit(field, suggestion.field)}
        />
      ) : null}
      {refused ? <Note tone="bad">{refused}</Note> : null}
      {isMissing && isEmpty ? <Note tone="wait">{say("row.must_choose")}</Note> : null}
      {contested ? <Note tone="wait">{say("row.changed_elsewhere", { what: words(field.current) })}</Note> : null}
      <OutcomeLine outcome={outcome} />
    </>
  );
}

/** One field of the vendor's, what it is filled from, and what that makes of the chosen record. */
export const MappingRow = memo(function MappingRow(props: RowProps) {
  const say = useSay();
  const { field, model, edit, world, refused, onEdit } = props;
  const [open, setOpen] = useState(false);
  const isMissing = isOpen(field, edit);
  // What is only recommended is not chosen yet.
  const recommended = isMissing && !lacksCurrency(wantedOf(field, edit)) ? field.template : null;
  const wanted = recommended === null ? wantedOf(field, edit) : null;
  const outcome = outcomeOf(wanted, model, world.sample, say, world.sources, props.whole);
  const source = wanted?.from === undefined ? undefined : world.sources.get(wanted.from);
  return (
    <li data-field={field.target} className="px-4 py-3 sm:px-5">
      <div className="grid gap-x-3 gap-y-1.5 @lg:grid-cols-[minmax(0,172px)_16px_minmax(0,1fr)]">
        <Name field={field} model={model} state={stateOf(field, edit)} changed={edit !== undefined} />
        <ArrowLeft aria-hidden="true" className="mt-2.5 hidden size-3.5 stroke-[1.75] text-subtle @lg:block rtl:rotate-180" />
        <div className="flex min-w-0 flex-col gap-1.5">
          <Control {...props} wanted={wanted} invalid={refused !== undefined || outcome.state === "fault"} />
          <Words {...props} {...{ recommended, isMissing, outcome }} />
          <Below {...props} wanted={wanted} open={open} setOpen={setOpen} />
        </div>
      </div>
      {open && wanted !== null && !world.readOnly ? (
        <div className="mt-2.5">
          <MappingValues model={model} wanted={wanted} source={source} onChange={(next) => onEdit(field, next)} />
        </div>
      ) : null}
    </li>
  );
});
