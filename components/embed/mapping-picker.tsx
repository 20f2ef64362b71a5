"use client";

import { Ban, Quote } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { AdaptField } from "#server/domains/overrides/schema";
import type { SourceField } from "#server/lib/source-field";
import { sayOrigin, titleOf } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import type { Say } from "#server/words/say";
import { useSay } from "./language.tsx";
import { canTake, taken } from "./mapping-draft";
import { readable } from "./moment-words";
import { KindIcon } from "./source-kind.tsx";

function Option({ field, fits }: { field: SourceField; fits: boolean }) {
  const say = useSay();
  const filled = field.emptyShare === undefined ? null : say("pick.filled", { percent: 1 - field.emptyShare });
  return (
    <span className="block min-w-0 leading-[17px]">
      <span className="flex items-center gap-1.5">
        <KindIcon type={field.type} />
        <span className="truncate font-medium">{field.title}</span>
        {field.custom ? (
          <Badge tone="accent" className="h-4 px-1.5 text-[11px]">
            {say("pick.your_field")}
          </Badge>
        ) : null}
      </span>
      <span className="flex items-center gap-1.5 ps-5 text-secondary text-xs">
        <span className="shrink-0">{fits ? say(`kind.${field.type}`) : say("pick.unfit", { kind: say(`kind.${field.type}`) })}</span>
        {field.example ? <span className="truncate">· {readable(field.example, say.locale)}</span> : null}
        {filled && field.example === undefined ? <span className="truncate">· {filled}</span> : null}
      </span>
    </span>
  );
}

/** The account's fields as options for one field of the vendor's: those that fit first, the customer's own before the others. */
function optionsFor(model: ModelField, sources: readonly SourceField[], say: Say): ComboboxOption[] {
  const rated = sources.map((field) => ({ field, fits: canTake(model, field) }));
  rated.sort((a, b) => Number(b.fits) - Number(a.fits) || Number(b.field.custom ?? false) - Number(a.field.custom ?? false));
  return rated.map(({ field, fits }) => ({
    value: field.path,
    text: `${field.title} ${say(`kind.${field.type}`)}`,
    content: <Option field={field} fits={fits} />,
    disabled: !fits,
  }));
}

/** A path that is no field of the account, nor a part of one. */
function isGone(path: string, sources: ReadonlyMap<string, SourceField>): boolean {
  if (sources.has(path)) return false;
  for (const known of sources.keys())
    if (path.startsWith(`${known}.`) || path.startsWith(`${known}[`) || known.startsWith(path)) return false;
  return true;
}

/** A row of the list: two lines. */
const TWO_LINES = 44;

function Closed({
  wanted,
  sources,
  titles,
}: {
  wanted: FieldMapping | null;
  sources: ReadonlyMap<string, SourceField>;
  titles: ReadonlyMap<string, string>;
}) {
  const say = useSay();
  if (!wanted) return <span className="text-subtle">{say("pick.choose")}</span>;
  const source = wanted.from === undefined ? undefined : sources.get(wanted.from);
  if (wanted.from !== undefined && isGone(wanted.from, sources))
    return (
      <span className="truncate">
        {titleOf(titles, wanted.from)} <span className="text-warning-text">{say("pick.gone")}</span>
      </span>
    );
  return (
    <>
      {source ? <KindIcon type={source.type} /> : null}
      <span className="truncate">{sayOrigin(wanted, titles, say)}</span>
      {source?.custom ? (
        <Badge tone="accent" className="h-4 px-1.5 text-[11px]">
          {say("pick.your_field")}
        </Badge>
      ) : null}
    </>
  );
}

function Other({ icon, onClick, children }: { icon: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex h-8 w-full items-center gap-2 rounded-sm px-2 text-start text-sm hover:bg-pressed [&_svg]:size-3.5 [&_svg]:stroke-[1.75] [&_svg]:text-subtle"
    >
      {icon}
      {children}
    </button>
  );
}

type PickerProps = {
  field: AdaptField;
  model: ModelField;
  wanted: FieldMapping | null;
  sources: ReadonlyMap<string, SourceField>;
  titles: ReadonlyMap<string, string>;
  integrationName: string;
  invalid: boolean;
  onChange: (wanted: FieldMapping | null) => void;
};

/** Which field of the account one field of the vendor's comes from: found by typing, with its kind and an example. */
export function MappingPicker({ field, model, wanted, sources, titles, integrationName, invalid, onChange }: PickerProps) {
  const say = useSay();
  const options = useMemo(() => optionsFor(model, [...sources.values()], say), [model, sources, say]);
  const choose = (path: string) => {
    const source = sources.get(path);
    const made = source ? taken(model, source, wanted) : null;
    if (made) onChange(made);
  };
  const always: FieldMapping = { target: field.target, constant: "", transforms: [], required: field.required, onError: "null" };
  return (
    <Combobox
      label={say("pick.label", { field: model.name })}
      searchLabel={say("pick.search", { name: integrationName })}
      value={wanted?.from ?? null}
      options={options}
      rowHeight={TWO_LINES}
      invalid={invalid}
      onChange={choose}
      className="h-9"
      footer={(close) => {
        const use = (next: FieldMapping | null) => () => {
          onChange(next);
          close();
        };
        return (
          <>
            {model.type === "string" || model.type === "enum" ? (
              <Other icon={<Quote aria-hidden="true" />} onClick={use(always)}>
                {say("pick.always")}
              </Other>
            ) : null}
            {field.required || field.choice.customer === "must_choose" ? null : (
              <Other icon={<Ban aria-hidden="true" />} onClick={use(null)}>
                {say("pick.leave_out")}
              </Other>
            )}
          </>
        );
      }}
    >
      <Closed wanted={wanted} sources={sources} titles={titles} />
    </Combobox>
  );
}
