"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cn } from "#components/cn";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { Adapted, Adapting } from "#components/vendor/adaptation/use-adaptations";
import { TypeIcon } from "#components/vendor/field-type.tsx";
import { CHOICES } from "#components/vendor/mapping/choice-words";
import { fieldFacts } from "#components/vendor/mapping/field-draft";
import type { ModelField } from "#server/domains/models/schema";
import type { AdaptField, FieldState } from "#server/domains/overrides/schema";
import { fieldFrom } from "#server/mapping/field-from";
import type { FieldMapping } from "#server/mapping/schema";

const DECIDED: Record<FieldState, { word: string; tone: Tone }> = {
  template: { word: "Template", tone: "neutral" },
  own: { word: "Customer", tone: "accent" },
  left_out: { word: "Customer: left out", tone: "accent" },
  missing: { word: "Nobody yet", tone: "warning" },
};

/** A rule in a line, fields of the source by their names. */
export function ruleWords(field: FieldMapping | null, titles: ReadonlyMap<string, string>): string {
  if (field === null) return "left empty";
  const [source = "", ...rest] = fieldFacts(field);
  return [field.from === undefined ? source : (titles.get(field.from) ?? field.from), ...rest].join("; ");
}

/** What the template says beside what is in force. */
function TwoRules({
  template,
  own,
  titles,
}: {
  template: FieldMapping | null;
  own: FieldMapping | null;
  titles: ReadonlyMap<string, string>;
}) {
  const side = (title: string, field: FieldMapping | null) => (
    <div className="min-w-0">
      <dt className="text-secondary text-xs">{title}</dt>
      <dd className="mt-0.5 break-words text-sm">{ruleWords(field, titles)}</dd>
      {field?.from ? <dd className="break-all font-mono text-subtle text-xs">{field.from}</dd> : null}
    </div>
  );
  return (
    <dl className="grid gap-3 sm:grid-cols-2">
      {side("The template", template)}
      {side("In force here", own)}
    </dl>
  );
}

type FieldProps = {
  stream: Adapted;
  field: AdaptField;
  model: ModelField;
  titles: ReadonlyMap<string, string>;
  options: readonly ComboboxOption[];
  customerName: string;
  adapting: Adapting;
  place: { at: number; of: number } | null;
};

type Asked = { question: string; action: string; text: ReactNode; wish: FieldMapping | "template" };

/** What can be done with a field for the customer: what they may themselves. */
function Acts({ stream, field, model, options, customerName, adapting, titles }: FieldProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { choice, state, target } = field;
  const own = state === "own" || state === "left_out";
  const may = choice.customer === "choose" || choice.customer === "must_choose";
  if (!own && !may) return <p className="text-secondary text-xs">The template decides about this field alone.</p>;
  const choose = (path: string) => {
    const source = stream.sourceFields.find((one) => one.path === path);
    const wish = source && fieldFrom(model, source);
    if (!source || !wish) return;
    setAsked({
      question: `Fill ${model.name} of ${customerName} from ${source.title}?`,
      action: "Use this field",
      text: <p>It is their own then: later versions of the template leave it alone, or ask.</p>,
      wish,
    });
  };
  const back = () =>
    setAsked({
      question: `Give ${model.name} of ${customerName} back to the template?`,
      action: "Use the template’s",
      text: <p>It becomes: {ruleWords(field.template, titles)}. Later versions of the template change it, too.</p>,
      wish: "template",
    });
  return (
    <div className="flex flex-wrap items-center gap-2">
      {own ? (
        <Button size="sm" onClick={back}>
          Use the template’s
        </Button>
      ) : null}
      {may ? (
        <Combobox
          label={`Another source of ${model.name}`}
          searchLabel="Search their fields"
          value={field.current?.from ?? null}
          options={options}
          className="h-7 w-auto max-w-64"
          onChange={choose}
        >
          <span className="truncate">Choose another field of theirs</span>
        </Combobox>
      ) : null}
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={asked?.question ?? ""}
        action={asked?.action ?? ""}
        tone="primary"
        pending={adapting.save.isPending}
        onConfirm={() =>
          asked &&
          adapting.save.mutate(
            { streamId: stream.streamId, n: stream.overrides.n, fields: { [target]: asked.wish } },
            { onSettled: () => setAsked(null) },
          )
        }
      >
        {asked?.text}
        <p>Their history says that your team did it, and it can be gone back from.</p>
      </ConfirmDialog>
    </div>
  );
}

/** One field of a customer's mapping: what fills it, who decided that, and, opened, how the template has it. */
export function AdaptedField(props: FieldProps) {
  const { field, model, titles, place } = props;
  const [open, setOpen] = useState(false);
  const { word, tone } = DECIDED[field.state];
  return (
    <li {...(place ? { "aria-posinset": place.at + 1, "aria-setsize": place.of } : {})}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="grid w-full grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-4 py-2.5 text-start text-sm hover:bg-hover focus-visible:outline-offset-[-2px] sm:grid-cols-[16px_minmax(0,200px)_minmax(0,1fr)_auto] sm:px-5"
      >
        <ChevronRight aria-hidden="true" className={cn("size-4 stroke-[1.75] text-subtle rtl:-scale-x-100", open && "rotate-90")} />
        <span className="flex min-w-0 items-center gap-1.5">
          <TypeIcon type={model.type} />
          <span className="truncate font-medium">{model.name}</span>
          {field.required ? <span className="shrink-0 text-subtle text-xs">required</span> : null}
        </span>
        <span className="min-w-0 truncate text-secondary max-sm:order-last max-sm:col-span-2 max-sm:col-start-2">
          {ruleWords(field.current, titles)}
        </span>
        <Badge tone={tone}>{word}</Badge>
      </button>
      {open ? (
        <div className="flex flex-col gap-3 px-4 pb-4 sm:ps-12 sm:pe-5">
          <TwoRules template={field.template} own={field.current} titles={titles} />
          <p className="text-secondary text-xs">For the customer: {CHOICES[field.choice.customer].label.toLowerCase()}.</p>
          <Acts {...props} />
        </div>
      ) : null}
    </li>
  );
}
