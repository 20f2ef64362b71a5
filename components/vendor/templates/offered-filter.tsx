"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import type { StreamOffers } from "#server/domains/templates/offers";
import type { MappingEditorView } from "#server/trpc/views";

type Filter = NonNullable<StreamOffers["filters"]>[number];
type Value = Filter["values"][number];
type Source = MappingEditorView["sourceFields"][number];

type FilterProps = {
  templateId: string;
  streamKey: string;
  filter: Filter;
  disabled: boolean;
  onChange: (filter: Filter) => void;
  onRemove: () => void;
};

/** `lead_status` → "Lead status": a beginning for a label. */
const titled = (text: string): string => {
  const words = text.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Text as a value of the source's type: by it records are compared. */
function typed(text: string, type: Source["type"] | undefined): Value["value"] {
  if (type === "number" && text.trim() !== "" && String(Number(text)) === text.trim()) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function valuesOf({ type, values }: Source): Value[] {
  const known = type === "boolean" ? ["true", "false"] : (values ?? []);
  return known
    .slice(0, 50)
    .map((text) => ({ value: typed(text, type), label: type === "boolean" ? (text === "true" ? "Yes" : "No") : titled(text) }));
}

/** What is not said yet, without which it cannot be saved. */
function missingOf({ path, label, values }: Filter): string | null {
  if (path === "") return "Choose the field by which they may choose records.";
  if (label.trim() === "") return "Say what customers read.";
  if (values.length === 0) return "Add the values they may tick.";
  return values.some((one) => one.value === "" || one.label.trim() === "") ? "Fill in each value, and what customers read." : null;
}

/** One field of the source by which customers may choose records: what they are asked, and what they may tick. */
export function OfferedFilter({ templateId, streamKey, filter, disabled, onChange, onRemove }: FilterProps) {
  const trpc = useVendor();
  const query = useQuery(trpc.mappings.editor.queryOptions({ templateId, streamKey }, { staleTime: 60_000 }));
  const fields = (query.data?.sourceFields ?? []).filter(({ type }) => type !== "object");
  const source = fields.find(({ path }) => path === filter.path);
  const take = (path: string) => {
    const next = fields.find((one) => one.path === path);
    if (next) onChange({ path, label: filter.label || titled(next.title ?? path), values: valuesOf(next) });
  };
  const missing = missingOf(filter);
  const setValue = (index: number, value: Value) =>
    onChange({ ...filter, values: filter.values.map((one, at) => (at === index ? value : one)) });
  return (
    <li className="rounded-md border border-hairline p-3">
      <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
        <div className="flex min-w-0 flex-col gap-1.5">
          <span className="font-medium text-sm">Field of the source</span>
          <Combobox
            label="Field of the source"
            searchLabel="Search fields"
            value={filter.path || null}
            options={sourceOptions(fields)}
            disabled={disabled || query.isPending}
            onChange={take}
          >
            <span className="truncate">
              {source?.title ?? (filter.path || (query.isPending ? "Loading its fields" : "Choose a field"))}
            </span>
          </Combobox>
        </div>
        <Field label="Customers read">
          <Input
            value={filter.label}
            disabled={disabled}
            maxLength={80}
            onChange={({ target }) => onChange({ ...filter, label: target.value })}
          />
        </Field>
        <Button
          variant="ghost"
          size="icon"
          className="self-end"
          disabled={disabled}
          aria-label={`Remove the filter ${filter.label}`}
          onClick={onRemove}
        >
          <Trash2 aria-hidden="true" />
        </Button>
      </div>
      {missing ? <p className="mt-2 text-danger-text text-xs">{missing}</p> : null}
      {filter.path === "" ? null : (
        <>
          <ul aria-label="Values they may tick" className="mt-3 flex flex-col gap-1.5">
            {filter.values.map(({ value, label }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a value is typed in its place
              <li key={index} className="flex items-center gap-2">
                <Input
                  aria-label={`Value ${index + 1}`}
                  className="min-w-0 flex-1 font-mono text-[12.5px]"
                  value={String(value)}
                  disabled={disabled}
                  maxLength={200}
                  onChange={({ target }) => setValue(index, { value: typed(target.value, source?.type), label })}
                />
                <Input
                  aria-label={`Value ${index + 1} as customers read it`}
                  className="min-w-0 flex-1"
                  value={label}
                  disabled={disabled}
                  maxLength={80}
                  onChange={({ target }) => setValue(index, { value, label: target.value })}
                />
                <Button
                  variant="ghost"
                  size="icon-sm"
                  disabled={disabled}
                  aria-label={`Remove ${label || String(value)}`}
                  onClick={() => onChange({ ...filter, values: filter.values.filter((_one, at) => at !== index) })}
                >
                  <Trash2 aria-hidden="true" />
                </Button>
              </li>
            ))}
          </ul>
          <Button
            variant="ghost"
            size="sm"
            className="mt-1.5"
            disabled={disabled || filter.values.length >= 50}
            onClick={() => onChange({ ...filter, values: [...filter.values, { value: "", label: "" }] })}
          >
            <Plus aria-hidden="true" /> Add a value
          </Button>
        </>
      )}
    </li>
  );
}
