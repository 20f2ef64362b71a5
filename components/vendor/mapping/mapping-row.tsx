"use client";

import { ArrowRight, CircleAlert, Lightbulb, Plus, SlidersHorizontal, TriangleAlert } from "lucide-react";
import { type DragEvent, memo, useState } from "react";
import { cn } from "#components/cn";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ComboboxOption } from "#components/ui/combobox.tsx";
import { FIELD_TYPE_WORDS, TypeIcon } from "#components/vendor/field-type.tsx";
import { CHOICES } from "#components/vendor/mapping/choice-words";
import { FieldChoice } from "#components/vendor/mapping/field-choice.tsx";
import { TRANSFORM_WORDS } from "#components/vendor/mapping/field-draft";
import { FieldRules } from "#components/vendor/mapping/field-rules.tsx";
import { type Remedy, remedyFor, withRemedy } from "#components/vendor/mapping/remedy";
import { PATH_TYPE } from "#components/vendor/mapping/source-panel.tsx";
import { type SourceField, SourcePicker } from "#components/vendor/mapping/source-picker.tsx";
import type { ModelField } from "#server/domains/models/schema";
import { type Result, resultOf } from "#server/mapping/field-result";
import type { FieldChoice as Choice } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import type { Suggestion } from "#server/mapping/suggest";
import type { Whole } from "#server/mapping/whole";

export const show = (value: unknown): string =>
  value === null || value === undefined || value === "" ? "empty" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** What the sample becomes: before → after, or why it does not. */
export function ResultLine({ result }: { result: Result }) {
  if (result.state === "unmapped") return null;
  if (result.state === "fault") {
    return (
      <p className="flex items-start gap-1.5 text-danger-text text-xs">
        <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
        <span className="min-w-0 break-words">{result.message}</span>
      </p>
    );
  }
  const same = result.before === undefined || show(result.before) === show(result.after);
  const note = result.notes[0];
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-1.5 text-secondary text-xs">
      {same ? null : (
        <>
          <span className="max-w-[45%] truncate">{show(result.before)}</span>
          <ArrowRight aria-label="becomes" className="size-3 shrink-0 stroke-[1.75] text-subtle" />
        </>
      )}
      <span className={cn("truncate", show(result.after) === "empty" ? "text-subtle" : "text-foreground")}>{show(result.after)}</span>
      {note ? (
        <span className="flex min-w-0 items-start gap-1 text-warning-text">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-3 shrink-0" />
          <span className="min-w-0 break-words">{note.message}</span>
        </span>
      ) : null}
    </p>
  );
}

type MappingRowProps = {
  model: ModelField;
  field: FieldMapping | undefined;
  /** The mapping it is part of, where others are written to where this field is; null = it stands alone. */
  whole: Whole | null;
  sample: unknown;
  samples: readonly unknown[];
  options: readonly ComboboxOption[];
  sourceFields: readonly SourceField[];
  changed: boolean;
  /** What is wrong whatever the record, and is said instead of what the sample becomes. */
  issue: string | null;
  /** What is doubtful, and is said besides. */
  doubt: string | null;
  /** Keys of rows whose rules are open: a row out of sight is taken from the page, and comes back as it was. */
  opened: Set<string>;
  /** Whether expressions can be shown already: when that comes, the row is drawn anew. */
  ready: boolean;
  disabled: boolean;
  onChange: (key: string, field: FieldMapping | undefined) => void;
  /** What customers may do with it. */
  choice: Choice;
  onChoose: (key: string, choice: Choice) => void;
  /** What would fit while it is empty; taken only by a click. */
  suggestion: Suggestion | undefined;
  /** Why it does not go back to the source; null = it does, or nothing does. */
  readOnly: string | null;
  /** It is the field in hand: what is clicked among the source's fields fills it. */
  inHand: boolean;
  /** Its place among all rows, counted from 0, where not all of them are on the page. */
  place: { at: number; of: number } | null;
  onHand: (key: string) => void;
  onTake: (key: string, path: string) => void;
};

/** How many rules stand behind the button beside a field. */
function ruleCount(field: FieldMapping | undefined): number {
  if (!field) return 0;
  const mapped = field.values !== undefined && Object.keys(field.values).length > 0;
  return field.transforms.length + Number(field.default !== undefined && field.default !== null) + Number(mapped);
}

/** A field of the source let go over a field of the model fills it. */
function useDrop(onDrop: (path: string) => void) {
  const [over, setOver] = useState(false);
  const isPath = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes(PATH_TYPE);
  return {
    over,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!isPath(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false);
        const path = event.dataTransfer.getData(PATH_TYPE);
        if (path === "") return;
        event.preventDefault();
        onDrop(path);
      },
    },
  };
}

function Suggested({ suggestion, model, title, onTake }: { suggestion: Suggestion; model: ModelField; title: string; onTake: () => void }) {
  return (
    <p className="flex min-w-0 items-center gap-1.5 text-secondary text-xs">
      <Lightbulb aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-warning-text" />
      <span className="min-w-0 truncate" title={`${suggestion.path}: ${suggestion.reasons.join(", ")}`}>
        {title}: {suggestion.reasons.join(", ")}
      </span>
      <Button variant="link" size="sm" className="text-xs" aria-label={`Use ${title} for ${model.name}`} onClick={onTake}>
        Use
      </Button>
    </p>
  );
}

function Head({ model, field, choice, changed }: Pick<MappingRowProps, "model" | "field" | "choice" | "changed">) {
  const badge = CHOICES[choice.customer].badge;
  return (
    <div className="min-w-0 @xl:pt-1.5">
      <p className="flex items-center gap-1.5">
        <span className="truncate font-medium text-sm">{model.name}</span>
        {model.required || field?.required ? <Badge className="h-[18px] px-1.5 text-[11px]">Required</Badge> : null}
        {changed ? (
          <span className="size-1.5 shrink-0 rounded-full bg-info">
            <span className="sr-only">Changed</span>
          </span>
        ) : null}
      </p>
      <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 gap-y-0.5 text-secondary text-xs">
        <span className="flex items-center gap-1">
          <TypeIcon type={model.type} />
          {FIELD_TYPE_WORDS[model.type]}
        </span>
        {badge ? (
          <Badge tone="accent" className="h-[18px] px-1.5 text-[11px]">
            {badge}
          </Badge>
        ) : null}
      </p>
    </div>
  );
}

/** What is said against a value: of a fault, or of what was settled. */
const saidOf = (result: Result): string | null =>
  result.state === "fault" ? result.message : result.state === "ok" ? (result.notes[0]?.message ?? null) : null;

/** The transform that a misfit asks for, to add with a click. */
function Mend({ props, result, onSettings }: { props: MappingRowProps; result: Result; onSettings: (remedy: Remedy) => void }) {
  const { model, field, sample, disabled, onChange } = props;
  const said = saidOf(result);
  const remedy = field && said !== null && !disabled ? remedyFor(field, model, sample, said) : null;
  if (!field || !remedy) return null;
  const last = remedy.at >= field.transforms.length;
  const next = field.transforms[remedy.at];
  return (
    <Button
      size="sm"
      className="self-start"
      onClick={() => (remedy.step ? onChange(model.key, withRemedy(field, remedy)) : onSettings(remedy))}
    >
      <Plus aria-hidden="true" /> Add “{TRANSFORM_WORDS[remedy.type]}”{last || !next ? "" : ` before “${TRANSFORM_WORDS[next.type]}”`}
      {remedy.step ? "" : " …"}
    </Button>
  );
}

type BelowProps = { props: MappingRowProps; result: Result; onSettings: (remedy: Remedy) => void };

/** Under the picker: what the sample becomes, what would mend it, and what would fit while nothing is chosen. */
function Below({ props, result, onSettings }: BelowProps) {
  const { model, field, issue, doubt, disabled, suggestion, readOnly, sourceFields, onTake } = props;
  const offered = field || disabled ? undefined : suggestion;
  const title = offered && (sourceFields.find(({ path }) => path === offered.path)?.title ?? offered.path);
  return (
    <>
      {issue === null ? <ResultLine result={result} /> : null}
      {issue === null ? <Mend props={props} result={result} onSettings={onSettings} /> : null}
      {issue === null && doubt !== null ? (
        <p className="flex items-start gap-1.5 text-warning-text text-xs">
          <TriangleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
          <span className="min-w-0 break-words">{doubt}</span>
        </p>
      ) : null}
      {field && readOnly !== null ? <p className="text-secondary text-xs">Does not go back: {readOnly}.</p> : null}
      {offered && title ? (
        <Suggested suggestion={offered} model={model} title={title} onTake={() => onTake(model.key, offered.path)} />
      ) : null}
    </>
  );
}

export const MappingRow = memo(function MappingRow(props: MappingRowProps) {
  const { model, field, sample, samples, options, sourceFields, changed, issue, disabled, onChange, choice, inHand } = props;
  const [open, setOpen] = useState(() => props.opened.has(model.key));
  const [remedy, setRemedy] = useState<Remedy | null>(null);
  const show = (is: boolean) => {
    setOpen(is);
    setRemedy(null);
    if (is) props.opened.add(model.key);
    else props.opened.delete(model.key);
  };
  const setUp = (wanted: Remedy) => {
    show(true);
    setRemedy(wanted);
  };
  const drop = useDrop((path) => disabled || props.onTake(model.key, path));
  const waits = !field && choice.customer === "must_choose";
  const asked = waits ? { ...model, required: false } : model;
  const result = props.whole?.resultOf(asked, sample) ?? resultOf(field, asked, sample);
  const rules = ruleCount(field);
  return (
    <li
      data-field={model.key}
      {...(props.place ? { "aria-posinset": props.place.at + 1, "aria-setsize": props.place.of } : {})}
      onFocusCapture={() => props.onHand(model.key)}
      onPointerDownCapture={() => props.onHand(model.key)}
      {...drop.handlers}
      className={cn(
        "px-4 py-3 [contain-intrinsic-size:auto_64px] [content-visibility:auto] sm:px-5",
        inHand && "bg-hover shadow-[inset_2px_0_0_var(--accent)] rtl:shadow-[inset_-2px_0_0_var(--accent)]",
        drop.over && "bg-accent-soft",
      )}
    >
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-2 @xl:grid-cols-[minmax(0,200px)_minmax(0,1fr)_52px]">
        <Head model={model} field={field} choice={choice} changed={changed} />
        <div className="flex min-w-0 flex-col gap-1.5 @max-xl:order-last @max-xl:col-span-2">
          <SourcePicker
            model={model}
            field={field}
            options={options}
            sourceFields={sourceFields}
            onChange={(next) => onChange(model.key, next)}
            onTake={(path) => props.onTake(model.key, path)}
            invalid={issue !== null || result.state === "fault"}
            issue={issue}
            disabled={disabled}
          />
          <Below props={props} result={result} onSettings={setUp} />
        </div>
        <Button
          variant="ghost"
          size={rules > 0 ? "md" : "icon"}
          className="justify-self-end px-2"
          aria-expanded={open}
          aria-label={`Rules of ${model.name}`}
          onClick={() => show(!open)}
        >
          <SlidersHorizontal aria-hidden="true" />
          {rules > 0 ? <span className="text-xs tabular-nums">{rules}</span> : null}
        </Button>
      </div>
      {open ? (
        <div className="mt-3 flex flex-col gap-2">
          {field ? (
            <FieldRules
              key={remedy ? `${remedy.type} ${remedy.at}` : ""}
              begin={remedy}
              model={model}
              field={field}
              samples={samples}
              sources={options}
              disabled={disabled}
              onChange={(next) => onChange(model.key, next)}
            />
          ) : null}
          <FieldChoice model={model} choice={choice} disabled={disabled} onChange={(next) => props.onChoose(model.key, next)} />
        </div>
      ) : null}
    </li>
  );
});
