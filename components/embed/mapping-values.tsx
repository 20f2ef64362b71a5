"use client";

import { ArrowRight } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import type { FieldMapping } from "#server/mapping/schema";
import { useSay } from "./language.tsx";
import { alike, type ValueLine, valueLines, withValue } from "./mapping-draft";

type Scalar = string | number | boolean | null;

const KEEP = "keep";
const NOTHING = "nothing";

/** A value of the vendor's, chosen where there is a choice, typed where there is none. */
export function OurValue(props: {
  label: string;
  model: ModelField;
  value: Scalar | undefined;
  /** What stands there while nothing is said. */
  unsaid?: string;
  onChange: (value: Scalar | undefined) => void;
}) {
  const say = useSay();
  const { label, model, value, unsaid, onChange } = props;
  if (model.values || model.type === "boolean") {
    const all = model.values?.map((one) => ({ value: `=${one}`, label: one })) ?? [
      { value: "=true", label: say("common.yes") },
      { value: "=false", label: say("common.no") },
    ];
    const typed = (text: string): Scalar => (model.type === "boolean" ? text === "true" : text);
    return (
      <Select
        aria-label={label}
        className="h-8 text-sm"
        value={value === undefined ? KEEP : value === null ? NOTHING : `=${String(value)}`}
        onChange={(next) => onChange(next === KEEP ? undefined : next === NOTHING ? null : typed(next.slice(1)))}
        options={[{ value: KEEP, label: unsaid ?? say("values.not_said") }, ...all, { value: NOTHING, label: say("values.left_empty") }]}
      />
    );
  }
  const number = model.type === "number";
  return (
    <Input
      aria-label={label}
      className="text-sm"
      placeholder={unsaid ?? ""}
      inputMode={number ? "decimal" : "text"}
      value={value === undefined || value === null ? "" : String(value)}
      onChange={(event) => {
        const text = event.target.value;
        onChange(text === "" ? undefined : number && String(Number(text)) === text ? Number(text) : text);
      }}
    />
  );
}

const SHOWN = 200;

function Lines({
  lines,
  model,
  onSay,
}: {
  lines: readonly ValueLine[];
  model: ModelField;
  onSay: (from: string, to: Scalar | undefined) => void;
}) {
  const say = useSay();
  return (
    <ul className="max-h-80 space-y-1.5 overflow-y-auto">
      {lines.slice(0, SHOWN).map((line) => (
        <li key={line.from} className="grid grid-cols-[minmax(0,1fr)_16px_minmax(0,1fr)] items-center gap-2">
          <bdi className="truncate text-sm" title={line.from}>
            {line.from}
          </bdi>
          <ArrowRight aria-label={say("row.becomes")} className="size-3.5 stroke-[1.75] text-subtle rtl:rotate-180" />
          <OurValue
            label={say("values.becomes", { value: line.from })}
            model={model}
            value={line.to}
            {...(line.said ? { unsaid: line.from } : {})}
            onChange={(to) => onSay(line.from, to)}
          />
        </li>
      ))}
    </ul>
  );
}

type ValuesProps = { model: ModelField; wanted: FieldMapping; source: SourceField | undefined; onChange: (wanted: FieldMapping) => void };

/** Whether there is anything to say of single values. */
export const hasValues = (model: ModelField, wanted: FieldMapping | null, source: SourceField | undefined): wanted is FieldMapping =>
  wanted !== null &&
  wanted.constant === undefined &&
  (wanted.values !== undefined || (source?.values?.length ?? 0) > 0 || model.type === "enum");

/** How many values of a choice nothing is said about. */
export const unsaid = (model: ModelField, wanted: FieldMapping | null, source: SourceField | undefined): number =>
  hasValues(model, wanted, source) ? valueLines(wanted, model, source).filter(({ said }) => !said).length : 0;

/** What single values become, and what stands for an empty one. */
export function MappingValues({ model, wanted, source, onChange }: ValuesProps) {
  const say = useSay();
  const lines = hasValues(model, wanted, source) ? valueLines(wanted, model, source) : [];
  const open = lines.filter(({ said }) => !said).length;
  const found = alike(lines, model);
  const setDefault = (value: Scalar | undefined) => {
    const { default: _before, ...rest } = wanted;
    onChange(value === undefined || value === null ? rest : { ...rest, default: value });
  };
  return (
    <div className="space-y-4 rounded-md bg-muted px-3.5 py-3">
      {lines.length > 0 ? (
        <section aria-label={say("values.of", { field: model.name })}>
          <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
            <p className="font-medium text-sm">
              {say("row.values")}{" "}
              <span className="font-normal text-secondary">
                · {open > 0 ? say("values.open", { count: open, total: lines.length }) : say("values.all_said")}
              </span>
            </p>
            {found.length > 0 ? (
              <Button size="sm" onClick={() => onChange(found.reduce((field, [from, to]) => withValue(field, from, to), wanted))}>
                {say("values.match", { count: found.length })}
              </Button>
            ) : null}
          </div>
          <Lines lines={lines} model={model} onSay={(from, to) => onChange(withValue(wanted, from, to))} />
          {lines.length > SHOWN ? (
            <p className="mt-1 text-secondary text-xs">{say("values.more", { count: lines.length - SHOWN })}</p>
          ) : null}
        </section>
      ) : null}
      <div className="max-w-72">
        <p className="mb-1.5 font-medium text-sm">{say("row.when_empty")}</p>
        <OurValue
          label={say("values.when_empty", { field: model.name })}
          model={model}
          value={wanted.default ?? undefined}
          onChange={setDefault}
        />
        <p className="mt-1 text-secondary text-xs">{say("values.when_empty_hint")}</p>
      </div>
    </div>
  );
}
