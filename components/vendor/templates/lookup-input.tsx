"use client";

import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { LookupAction } from "#server/domains/templates/list-lookups";
import type { Lookup } from "#server/domains/templates/schema";

type Given = Lookup["input"][string];
type Asked = LookupAction["input"][number];

/** Text as a value of the type that is asked for. */
function typed(text: string, type: string): string | number | boolean {
  if (type === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

const KINDS = [
  { value: "from", label: "From the record" },
  { value: "constant", label: "Always the same" },
  { value: "none", label: "Left out" },
] as const;

const kindOf = (given: Given | undefined) => (given === undefined ? "none" : "from" in given ? "from" : "constant");

type InputProps = {
  asked: Asked;
  given: Given | undefined;
  options: readonly ComboboxOption[];
  titleOf: (path: string) => string;
  disabled: boolean;
  onChange: (given: Given | undefined) => void;
};

/** What a lookup is given for one of its inputs: a field of the record, or the same for all. */
export function LookupInput({ asked, given, options, titleOf, disabled, onChange }: InputProps) {
  const kind = kindOf(given);
  const kinds = KINDS.filter(({ value }) => value !== "none" || !asked.required);
  const take = (next: (typeof KINDS)[number]["value"]) =>
    onChange(next === "none" ? undefined : next === "from" ? { from: "" } : { constant: "" });
  return (
    <div className="grid items-center gap-2 sm:grid-cols-[minmax(0,1fr)_150px_minmax(0,1.4fr)]">
      <span className="truncate text-sm" title={asked.key}>
        {asked.title}
        {asked.required ? null : <span className="ms-1.5 text-subtle text-xs">optional</span>}
      </span>
      <Select aria-label={`${asked.title}: where it comes from`} value={kind} disabled={disabled} options={kinds} onChange={take} />
      {given && "from" in given ? (
        <Combobox
          label={`${asked.title}: field of the record`}
          searchLabel="Search the record's fields"
          value={given.from || null}
          options={options}
          disabled={disabled}
          invalid={given.from === ""}
          onChange={(from) => onChange({ from })}
        >
          {given.from === "" ? (
            <span className="text-subtle">Choose a field</span>
          ) : (
            <span className="truncate">{titleOf(given.from)}</span>
          )}
        </Combobox>
      ) : given ? (
        <Input
          aria-label={`${asked.title}: its value`}
          value={String(given.constant)}
          disabled={disabled}
          maxLength={1_000}
          onChange={({ target }) => onChange({ constant: typed(target.value, asked.type) })}
        />
      ) : null}
    </div>
  );
}
