"use client";

import { Plus, X } from "lucide-react";
import { useMemo } from "react";
import { Button } from "#components/ui/button.tsx";
import { Combobox, type ComboboxOption } from "#components/ui/combobox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { TypeIcon } from "#components/vendor/field-type.tsx";
import { deleteWords, ownerWords, USUAL_OWNERS } from "#components/vendor/templates/direction-words";
import type { ModelField } from "#server/domains/models/schema";
import type { WriteSide } from "#server/domains/templates/check-direction";
import type { Direction, Owner, Owners } from "#server/domains/templates/schema";
import type { Ways } from "#server/mapping/ways-back";

/** How a stream that writes does it. */
export type WriteWishes = { match: string | null; owners: Owners | null; deletes: "keep" | "propagate" };

type Given = {
  direction: Direction;
  /** What the integration is called. */
  name: string;
  objectTitle: string;
  model: readonly ModelField[];
  ways: Ways;
  writing: Pick<WriteSide, "searchBy" | "canDelete">;
  disabled: boolean;
};
type SettingsProps = Given & { wishes: WriteWishes; onChange: (wishes: WriteWishes) => void };

const NONE = "-";
/** Values that tell no two records apart. */
const NO_KEYS = new Set(["object", "array", "money", "boolean"]);

/** Fields by which a record is looked for before another is made. */
function matchFields({ direction, model, ways, writing }: Pick<Given, "direction" | "model" | "ways" | "writing">): ModelField[] {
  const back = new Map(ways.back.map(({ key, path }) => [key, path]));
  return model.filter(({ key, type }) => {
    const path = back.get(key);
    if (path === undefined || key.includes("[") || NO_KEYS.has(type)) return false;
    return direction === "two_way" || path === writing.searchBy;
  });
}

function matchHint({ direction, name, objectTitle }: Given, any: boolean, match: string | null): string {
  if (!any)
    return `${name} cannot be searched for ${objectTitle.toLowerCase()} by a field that is mapped here, so what is new with you is created there.`;
  if (match === null && direction === "push") return "What is new with you is created there, also where it is there already.";
  if (match === null) return "What is new on one side is created on the other, also where it is there already.";
  return direction === "two_way"
    ? "Who has the same value on both sides is one record. More than one that fits waits for a person."
    : `Before one is created, ${name} is asked for it by this. More than one that fits waits for a person.`;
}

/** By what records are told to be the same. */
function MatchChoice(props: SettingsProps) {
  const { wishes, disabled, onChange } = props;
  const fields = matchFields(props);
  const gone = wishes.match !== null && !fields.some(({ key }) => key === wishes.match);
  const named = props.model.find(({ key }) => key === wishes.match)?.name ?? wishes.match;
  return (
    <Field
      label="The same record when equal"
      hint={matchHint(props, fields.length > 0, wishes.match)}
      error={gone ? `Records cannot be matched by “${named}” here. Choose another field, or none.` : null}
    >
      <Select
        value={wishes.match ?? NONE}
        disabled={disabled || (fields.length === 0 && !gone)}
        options={[
          { value: NONE, label: "Not matched" },
          ...fields.map(({ key, name }) => ({ value: key, label: name })),
          ...(gone && wishes.match ? [{ value: wishes.match, label: named, disabled: true }] : []),
        ]}
        onChange={(match) => onChange({ ...wishes, match: match === NONE ? null : match })}
      />
    </Field>
  );
}

const fieldOptions = (fields: readonly ModelField[]): ComboboxOption[] =>
  fields.map(({ key, name, type }) => ({
    value: key,
    text: name,
    content: (
      <span className="flex min-w-0 items-center gap-2 text-sm">
        <TypeIcon type={type} />
        <span className="truncate">{name}</span>
      </span>
    ),
  }));

/** Fields for which another rule counts than for the rest. */
function Exceptions({ model, ways, name, disabled, owners, onChange }: Given & { owners: Owners; onChange: (owners: Owners) => void }) {
  const words = ownerWords(name);
  const back = useMemo(() => new Set(ways.back.map(({ key }) => key)), [ways]);
  const others = useMemo(
    () => fieldOptions(model.filter(({ key }) => back.has(key) && !Object.hasOwn(owners.fields, key))),
    [model, back, owners],
  );
  const nameOf = (key: string) => model.find((field) => field.key === key)?.name ?? key;
  const set = (key: string, owner: Owner | null) => {
    const { [key]: _before, ...rest } = owners.fields;
    onChange({ ...owners, fields: owner === null ? rest : { ...rest, [key]: owner } });
  };
  const keys = Object.keys(owners.fields);
  return (
    <div className="min-w-0">
      {keys.length > 0 ? (
        <ul aria-label="Fields with a rule of their own" className="mb-2 flex flex-col gap-1.5">
          {keys.map((key) => (
            <li key={key} className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate text-sm">{nameOf(key)}</span>
              <Select
                aria-label={`Who has the last word on ${nameOf(key)}`}
                className="w-52 max-w-[55%]"
                value={owners.fields[key]}
                disabled={disabled}
                options={OWNERS.map((owner) => ({ value: owner, label: words[owner] }))}
                onChange={(owner) => set(key, owner)}
              />
              <Button
                variant="ghost"
                size="icon-sm"
                disabled={disabled}
                aria-label={`${nameOf(key)}: as the others`}
                onClick={() => set(key, null)}
              >
                <X aria-hidden="true" />
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {others.length > 0 ? (
        <Combobox
          label="A field with a rule of its own"
          searchLabel="Search your fields"
          value={null}
          options={others}
          disabled={disabled}
          className="w-auto"
          onChange={(key) => set(key, owners.default === "manual" ? "newest" : "manual")}
        >
          <Plus aria-hidden="true" className="size-4 stroke-[1.75]" /> Another rule for a field
        </Combobox>
      ) : null}
    </div>
  );
}

const OWNERS = ["newest", "ours", "theirs", "manual"] as const satisfies readonly Owner[];
const OWNER_HINTS: Record<Owner, string> = {
  newest:
    "Either side may change it. When both have, the later change of the record counts, whichever of its fields it was; where nobody knows which was later, a person decides.",
  ours: "What is changed there is put back.",
  theirs: "What you change is put back to what is there.",
  manual: "Either side may change it. When both have, both keep what they have until the customer or your team decides.",
};

/** Whose word counts, and for which fields it is another's. */
function OwnersChoice(props: SettingsProps) {
  const { name, wishes, disabled, onChange } = props;
  const owners = wishes.owners ?? USUAL_OWNERS;
  const words = ownerWords(name);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Field label="Who has the last word on a field" hint={OWNER_HINTS[owners.default]}>
        <Select
          value={owners.default}
          disabled={disabled}
          options={OWNERS.map((owner) => ({ value: owner, label: words[owner] }))}
          onChange={(owner) => onChange({ ...wishes, owners: { ...owners, default: owner } })}
        />
      </Field>
      <Exceptions {...props} owners={owners} onChange={(next) => onChange({ ...wishes, owners: next })} />
    </div>
  );
}

/** How a stream that writes finds its records there, who wins, and what becomes of deleted ones. */
export function WriteSettings(props: SettingsProps) {
  const { direction, name, objectTitle, writing, wishes, disabled, onChange } = props;
  const words = deleteWords(name);
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <MatchChoice {...props} />
      <Field
        label="When you delete a record"
        hint={
          writing.canDelete
            ? "More than 20, or a tenth of all, within an hour wait for a person."
            : `${name} cannot delete ${objectTitle.toLowerCase()}.`
        }
      >
        <Select
          value={wishes.deletes}
          disabled={disabled || (!writing.canDelete && wishes.deletes === "keep")}
          options={[
            { value: "keep", label: words.keep },
            { value: "propagate", label: words.propagate, disabled: !writing.canDelete },
          ]}
          onChange={(deletes) => onChange({ ...wishes, deletes })}
        />
      </Field>
      {direction === "two_way" ? <OwnersChoice {...props} /> : null}
    </div>
  );
}
