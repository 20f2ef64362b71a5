"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { SourceField } from "#components/vendor/mapping/source-picker.tsx";
import { sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import { LookupInput } from "#components/vendor/templates/lookup-input.tsx";
import type { LookupAction } from "#server/domains/templates/list-lookups";
import type { Lookup } from "#server/domains/templates/schema";

const MOST = 5;

const TROUBLE = [
  { value: "quarantine", label: "Hold the record back until it can be answered" },
  { value: "null", label: "Leave the answer empty" },
] as const;

/** Lookups of one integration among all. */
const isOf = (one: LookupAction, lookup: Lookup, own: string) =>
  one.action === lookup.action && one.integrationId === (lookup.integration ?? own);

/** A key that no other lookup has, after what is asked. */
function freeKey(action: string, taken: readonly string[]): string {
  const base =
    action
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, "_")
      .replace(/^[^a-z]+/, "")
      .slice(0, 36) || "answer";
  let key = base;
  for (let n = 2; taken.includes(key); n++) key = `${base}_${n}`;
  return key;
}

/** What is not said yet, without which it cannot be saved. */
function lookupIssue(lookup: Lookup, action: LookupAction | undefined): string | null {
  if (!action) return "Its integration no longer has this lookup. Remove it.";
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(lookup.key)) return "Its name is made of small letters, digits and _, and begins with a letter.";
  const open = action.input.find(({ key, required }) => {
    const given = lookup.input[key];
    return given === undefined ? required : "from" in given ? given.from === "" : given.constant === "";
  });
  return open ? `Say where “${open.title}” comes from.` : null;
}

const actionOptions = (actions: readonly LookupAction[]): ComboboxOption[] =>
  actions.map((one) => ({
    value: `${one.integrationId} ${one.action}`,
    text: `${one.integrationName} ${one.title} ${one.description}`,
    content: (
      <span className="block min-w-0 leading-4">
        <span className="block truncate text-sm">
          {one.integrationName}: {one.title}
        </span>
        <span className="block truncate text-secondary text-xs">{one.description}</span>
      </span>
    ),
  }));

type LineProps = {
  lookup: Lookup;
  action: LookupAction | undefined;
  sources: readonly SourceField[];
  disabled: boolean;
  onChange: (lookup: Lookup) => void;
  onRemove: () => void;
};

function LookupLine({ lookup, action, sources, disabled, onChange, onRemove }: LineProps) {
  const options = useMemo(() => sourceOptions(sources), [sources]);
  const titles = useMemo(() => new Map(sources.map(({ path, title }) => [path, title ?? path])), [sources]);
  const issue = lookupIssue(lookup, action);
  return (
    <li className="rounded-md border border-hairline p-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="font-medium text-sm">{action ? `${action.integrationName}: ${action.title}` : lookup.action}</p>
          {action ? (
            <p className="mt-0.5 text-secondary text-xs">
              {action.description} Answers {action.answers.slice(0, 6).join(", ")}
              {action.answers.length > 6 ? ", …" : "."}
            </p>
          ) : null}
        </div>
        <Button variant="ghost" size="icon-sm" disabled={disabled} aria-label={`Remove the lookup ${lookup.key}`} onClick={onRemove}>
          <Trash2 aria-hidden="true" />
        </Button>
      </div>
      {action ? (
        <>
          <div className="mt-3 flex flex-col gap-2">
            {action.input.map((asked) => (
              <LookupInput
                key={asked.key}
                asked={asked}
                given={lookup.input[asked.key]}
                options={options}
                titleOf={(path) => titles.get(path) ?? path}
                disabled={disabled}
                onChange={(given) => {
                  const { [asked.key]: _before, ...rest } = lookup.input;
                  onChange({ ...lookup, input: given ? { ...rest, [asked.key]: given } : rest });
                }}
              />
            ))}
          </div>
          <div className="mt-3 grid gap-3 sm:grid-cols-2">
            <Field label="Its answer stands at" hint={`Map it from lookups.${lookup.key}, once this is saved.`}>
              <Input
                className="font-mono text-[12.5px]"
                value={lookup.key}
                disabled={disabled}
                maxLength={40}
                onChange={({ target }) => onChange({ ...lookup, key: target.value })}
              />
            </Field>
            <Field label="When it cannot be asked" hint="Nothing found is no trouble: the answer is empty then.">
              <Select
                value={lookup.onError}
                disabled={disabled}
                options={TROUBLE}
                onChange={(onError) => onChange({ ...lookup, onError })}
              />
            </Field>
          </div>
        </>
      ) : null}
      {issue ? <p className="mt-2 text-danger-text text-xs">{issue}</p> : null}
    </li>
  );
}

type EditorProps = {
  /** The template's own integration. */
  integrationId: string;
  templateId: string;
  streamKey: string;
  lookups: Lookup[];
  disabled: boolean;
  onChange: (lookups: Lookup[]) => void;
};

/** What is asked about each record before it is mapped, one after the other. */
export function LookupsEditor({ integrationId, templateId, streamKey, lookups, disabled, onChange }: EditorProps) {
  const trpc = useVendor();
  const known = useQuery(trpc.templates.lookups.queryOptions(undefined, { staleTime: 60_000 }));
  const editor = useQuery(trpc.mappings.editor.queryOptions({ templateId, streamKey }, { staleTime: 60_000 }));
  const actions = known.data ?? [];
  const options = useMemo(() => actionOptions(known.data ?? []), [known.data]);
  const add = (value: string) => {
    const action = actions.find((one) => `${one.integrationId} ${one.action}` === value);
    if (!action) return;
    const input = Object.fromEntries(action.input.filter(({ required }) => required).map(({ key }) => [key, { from: "" }]));
    const elsewhere = action.integrationId === integrationId ? {} : { integration: action.integrationId };
    const key = freeKey(
      action.action,
      lookups.map((one) => one.key),
    );
    onChange([...lookups, { key, action: action.action, ...elsewhere, input, onError: "quarantine" }]);
  };
  if (known.data && actions.length === 0 && lookups.length === 0)
    return <p className="text-secondary text-xs">None of your integrations has a lookup that could be asked.</p>;
  return (
    <div>
      <ul className="flex flex-col gap-2">
        {lookups.map((lookup, index) => (
          <LookupLine
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what it is known by while its key is typed
            key={index}
            lookup={lookup}
            action={actions.find((one) => isOf(one, lookup, integrationId))}
            sources={editor.data?.sourceFields ?? []}
            disabled={disabled || known.isPending}
            onChange={(next) => onChange(lookups.map((one, at) => (at === index ? next : one)))}
            onRemove={() => onChange(lookups.filter((_one, at) => at !== index))}
          />
        ))}
      </ul>
      {lookups.length < MOST ? (
        <Combobox
          label="Look something up"
          searchLabel="Search lookups"
          value={null}
          options={options}
          rowHeight={44}
          disabled={disabled || known.isPending}
          className="mt-2 w-auto"
          onChange={add}
        >
          <Plus aria-hidden="true" className="size-4 stroke-[1.75]" /> Look something up
        </Combobox>
      ) : null}
    </div>
  );
}
