"use client";

import { Lightbulb } from "lucide-react";
import { memo, useCallback, useMemo, useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { useRowsInSight } from "#components/ui/use-rows-in-sight";
import { TypeIcon } from "#components/vendor/field-type.tsx";
import { sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import { useFitting } from "#components/vendor/mapping/use-suggestions";
import type { ModelField } from "#server/domains/models/schema";
import type { OfferableObject } from "#server/domains/templates/list-objects";
import { fieldFrom } from "#server/mapping/field-from";
import type { FieldMapping } from "#server/mapping/schema";
import type { Suggestion } from "#server/mapping/suggest";

/** By the model's field, what fills it. */
export type Chosen = ReadonlyMap<string, FieldMapping>;

const PLAIN = { transforms: [], onError: "quarantine" } as const satisfies Partial<FieldMapping>;

type LineProps = {
  field: ModelField;
  titles: ReadonlyMap<string, string>;
  options: readonly ComboboxOption[];
  path: string | undefined;
  suggestion: Suggestion | undefined;
  /** Why it does not go back; null = it does, or nothing goes back here. */
  readOnly: string | null;
  place: { at: number; of: number } | null;
  onHand: (key: string) => void;
  onChoose: (field: ModelField, path: string | null) => void;
};

const FieldLine = memo(function FieldLine({ field, titles, options, path, suggestion, readOnly, place, onHand, onChoose }: LineProps) {
  const offered = path === undefined ? suggestion : undefined;
  return (
    <li
      className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)]"
      {...(place ? { "aria-posinset": place.at + 1, "aria-setsize": place.of } : {})}
      onFocusCapture={() => onHand(field.key)}
    >
      <p className="flex min-h-8 min-w-0 items-center gap-1.5 text-sm">
        <TypeIcon type={field.type} />
        <span className="truncate font-medium">{field.name}</span>
        {field.required ? <Badge className="h-[18px] px-1.5 text-[11px]">Required</Badge> : null}
      </p>
      <div className="min-w-0">
        <Combobox
          label={`Source of ${field.name}`}
          searchLabel="Search the source's fields"
          value={path ?? null}
          options={options}
          onChange={(next) => onChoose(field, next)}
          footer={(close) => (
            <Button
              size="sm"
              variant="ghost"
              onClick={() => {
                onChoose(field, null);
                close();
              }}
            >
              Leave it empty
            </Button>
          )}
        >
          {path === undefined ? (
            <span className="text-subtle">Left empty</span>
          ) : (
            <span className="truncate">{titles.get(path) ?? path}</span>
          )}
        </Combobox>
        {readOnly === null ? null : <p className="mt-1 text-secondary text-xs">Does not go back: {readOnly}.</p>}
        {offered ? (
          <p className="mt-1 flex items-center gap-1.5 text-secondary text-xs">
            <Lightbulb aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-warning-text" />
            <span className="min-w-0 truncate">
              {titles.get(offered.path) ?? offered.path}: {offered.reasons.join(", ")}
            </span>
            <Button size="sm" variant="link" aria-label={`Use it for ${field.name}`} onClick={() => onChoose(field, offered.path)}>
              Use
            </Button>
          </p>
        ) : null}
      </div>
    </li>
  );
});

/** The mapping with these fields of the source put in; null leaves a field empty. */
function withPaths(chosen: Chosen, object: OfferableObject, pairs: readonly (readonly [ModelField, string | null])[]): Chosen {
  const next = new Map(chosen);
  const sources = new Map(object.fields.map((one) => [one.path, one]));
  for (const [field, path] of pairs) {
    const source = path === null ? undefined : sources.get(path);
    const made = source ? (fieldFrom(field, source) ?? { ...PLAIN, target: field.key, from: source.path, required: field.required }) : null;
    if (made) next.set(field.key, made);
    else next.delete(field.key);
  }
  return next;
}

type FirstProps = {
  object: OfferableObject;
  /** The model's fields. */
  model: readonly ModelField[];
  chosen: Chosen;
  setChosen: (change: (before: Chosen) => Chosen) => void;
  /** Why fields do not go back, by key; empty where nothing goes back. */
  readOnly: ReadonlyMap<string, string>;
};

/** What fills the model's fields to begin with, with suggestions that are taken only by a click. Of very many fields, those in sight are drawn. */
export function FirstMapping({ object, model, chosen, setChosen, readOnly }: FirstProps) {
  const options = useMemo(() => sourceOptions(object.fields.map((field) => ({ ...field, example: null }))), [object]);
  const titles = useMemo(() => new Map(object.fields.map(({ path, title }) => [path, title])), [object]);
  const suggestions = useFitting(model, object.fields);
  const fields = useMemo(() => [...model].sort((a, b) => Number(b.required) - Number(a.required)), [model]);
  const [hand, setHand] = useState<string | null>(null);
  const at = fields.findIndex(({ key }) => key === hand);
  const { list, pieces, isPart } = useRowsInSight<HTMLUListElement>(fields.length, 49, at);
  const now = useRef(setChosen);
  now.current = setChosen;
  const choose = useCallback(
    (field: ModelField, path: string | null) => now.current((before) => withPaths(before, object, [[field, path]])),
    [object],
  );
  const open = fields.filter(({ key }) => !chosen.has(key) && suggestions.has(key));
  const takeAll = () =>
    setChosen((before) =>
      withPaths(
        before,
        object,
        open.map((field) => [field, suggestions.get(field.key)?.path ?? null] as const),
      ),
    );
  return (
    <div>
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
        <p className="font-medium text-sm">First mapping</p>
        {open.length > 0 ? (
          <Button size="sm" onClick={takeAll}>
            <Lightbulb aria-hidden="true" /> Use {open.length === 1 ? "the suggestion" : `all ${open.length} suggestions`}
          </Button>
        ) : null}
      </div>
      <ul ref={list} aria-label="Fields of the model" className="divide-y divide-hairline rounded-md border border-hairline">
        {pieces.map((piece) => {
          if (typeof piece !== "number") return <li key={`gap ${piece.after}`} data-gap aria-hidden="true" style={{ height: piece.gap }} />;
          const field = fields[piece];
          return field ? (
            <FieldLine
              key={field.key}
              field={field}
              titles={titles}
              options={options}
              path={chosen.get(field.key)?.from}
              suggestion={suggestions.get(field.key)}
              readOnly={readOnly.get(field.key) ?? null}
              place={isPart ? { at: piece, of: fields.length } : null}
              onHand={setHand}
              onChoose={choose}
            />
          ) : null;
        })}
      </ul>
      <p className="mt-1.5 text-secondary text-xs">
        Texts, computed values, value maps and what customers may choose come after, in the mapping.
      </p>
    </div>
  );
}
