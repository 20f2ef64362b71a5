"use client";

import { Plus } from "lucide-react";
import { useMemo } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { titleParts } from "#components/vendor/mapping/transform-settings";
import type { Entry } from "#components/vendor/mapping/value-entries";
import { ValueRows } from "#components/vendor/mapping/value-map.tsx";
import { COUNTRY_TABLE } from "#server/mapping/tables/country-table";
import { CURRENCY_DIGITS } from "#server/mapping/tables/currencies";
import type { Param } from "#server/mapping/transforms/define";

type Choice = { value: string; title: string };

const currencies = (): Choice[] => {
  const names = new Intl.DisplayNames(["en"], { type: "currency" });
  return [...CURRENCY_DIGITS.keys()].sort().map((value) => ({ value, title: names.of(value) ?? value }));
};

const countries = (): Choice[] =>
  COUNTRY_TABLE.trim()
    .split("\n")
    .map((line) => {
      const [value = "", , , , ...words] = line.split(" ");
      return { value, title: words.join(" ").split("|")[0] ?? value };
    });

const zones = (): Choice[] => ["UTC", ...Intl.supportedValuesOf("timeZone")].map((value) => ({ value, title: value.replaceAll("_", " ") }));

/** Settings whose values there is a list of. Names say what a text is of; the rest is typed. */
const listOf = (name: string, { kind }: Param): (() => Choice[]) | null => {
  if (kind === "zone") return zones;
  if (kind !== "text") return null;
  return name === "currency" ? currencies : name === "country" ? countries : null;
};

const optionsOf = (choices: readonly Choice[]): ComboboxOption[] =>
  choices.map(({ value, title }) => ({
    value,
    text: title,
    content: (
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1 truncate">{title}</span>
        {title.replaceAll(" ", "_") === value ? null : <code className="text-subtle">{value}</code>}
      </span>
    ),
  }));

type ControlProps = {
  name: string;
  param: Param;
  typed: string | readonly Entry[];
  /** Fields of the source, for settings that are a path of one. */
  sources: readonly ComboboxOption[];
  error: string | null;
  onChange: (typed: string | readonly Entry[]) => void;
};

function ListControl({
  param,
  text,
  choices,
  error,
  onChange,
}: Pick<ControlProps, "param" | "error"> & { text: string; choices: () => Choice[]; onChange: (text: string) => void }) {
  const options = useMemo(() => optionsOf(choices()), [choices]);
  const { label } = titleParts(param);
  const chosen = options.find(({ value }) => value === text);
  return (
    <Combobox
      label={label}
      searchLabel={`Search: ${label.toLowerCase()}`}
      value={text === "" ? null : text}
      options={options}
      onChange={onChange}
      invalid={error !== null}
      {...(param.optional && text !== ""
        ? {
            footer: (close: () => void) => (
              <Button
                variant="ghost"
                size="sm"
                onClick={() => {
                  onChange("");
                  close();
                }}
              >
                Leave it out
              </Button>
            ),
          }
        : {})}
    >
      {text === "" ? <span className="text-subtle">{param.optional ? "Left out" : "Choose"}</span> : (chosen?.value ?? text)}
    </Combobox>
  );
}

const LEFT_OUT = " ";

/** Adds a field of the source to a setting that is a path or several. */
function PathChoice({
  label,
  many,
  text,
  sources,
  onChange,
}: {
  label: string;
  many: boolean;
  text: string;
  sources: readonly ComboboxOption[];
  onChange: (text: string) => void;
}) {
  return (
    <Combobox
      label={`${label}: from the source's fields`}
      searchLabel="Search the source's fields"
      value={null}
      options={sources}
      onChange={(path) => onChange(many && text.trim() !== "" ? `${text.trimEnd()}\n${path}` : path)}
      className="max-w-64"
    >
      <span className="text-subtle">From the source's fields</span>
    </Combobox>
  );
}

type TextProps = Omit<ControlProps, "typed" | "onChange"> & { text: string; onChange: (text: string) => void };

/** The bare control of a setting that is typed or chosen as one text. */
function OneControl({ name, param, text, sources: _sources, error, onChange, ...field }: TextProps) {
  const choices = listOf(name, param);
  if (choices) return <ListControl param={param} text={text} choices={choices} error={error} onChange={onChange} />;
  if (param.kind === "choice") {
    const options = param.options.map((value) => ({ value: value as string, label: value }));
    return (
      <Select
        {...field}
        value={text === "" && param.optional ? LEFT_OUT : text || undefined}
        onChange={(next) => onChange(next === LEFT_OUT ? "" : next)}
        options={param.optional ? [{ value: LEFT_OUT, label: "Left out" }, ...options] : options}
      />
    );
  }
  const type = { ...field, value: text, spellCheck: false, className: param.kind.startsWith("path") ? "font-mono text-[12.5px]" : "" };
  if (param.kind === "texts" || param.kind === "paths")
    return <Textarea {...type} rows={3} onChange={({ target }) => onChange(target.value)} />;
  return (
    <Input
      {...type}
      {...(param.kind === "integer" ? { inputMode: "numeric" as const } : {})}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

function ValuesControl({
  label,
  entries,
  error,
  onChange,
}: {
  label: string;
  entries: readonly Entry[];
  error: string | null;
  onChange: (entries: Entry[]) => void;
}) {
  return (
    <div className="sm:col-span-2">
      <p className="mb-1.5 font-medium text-sm">{label}</p>
      <ValueRows entries={entries} type="string" of="the transform" disabled={false} onChange={onChange} />
      <Button size="sm" variant="ghost" className="mt-1.5" onClick={() => onChange([...entries, { from: "", to: null }])}>
        <Plus aria-hidden="true" /> Add a value
      </Button>
      {error ? <FieldError>{error}</FieldError> : null}
    </div>
  );
}

/** Settings that are a path of the record, and not of a value inside it. */
const isOfRecord = (name: string, { kind }: Param) => kind === "paths" || name === "currencyFrom" || name === "list";

/** A setting with its label, by its kind. */
export function SettingControl({ name, param, typed, sources, error, onChange }: ControlProps) {
  const { label, hint } = titleParts(param);
  if (typeof typed !== "string") return <ValuesControl label={label} entries={typed} error={error} onChange={onChange} />;
  const many = param.kind === "texts" || param.kind === "paths";
  return (
    <div className={cn("flex flex-col gap-1.5", many && "sm:col-span-2")}>
      <Field label={label} optional={param.optional === true} error={error} hint={hint ?? (many ? "One in each line." : null)}>
        <OneControl name={name} param={param} text={typed} sources={sources} error={error} onChange={onChange} />
      </Field>
      {isOfRecord(name, param) ? <PathChoice label={label} many={many} text={typed} sources={sources} onChange={onChange} /> : null}
    </div>
  );
}
