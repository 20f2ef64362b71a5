import type { ModelField } from "#server/domains/models/schema";
import type { AdaptField, AdaptStream } from "#server/domains/overrides/schema";
import type { SourceField } from "#server/lib/source-field";
import { fieldFrom } from "#server/mapping/field-from";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";

/** What the customer wants otherwise than it stands, by target; null = left out. Kept apart from what stands, so that neither loses the other. */
export type Edits = ReadonlyMap<string, FieldMapping | null>;

export const NO_EDITS: Edits = new Map();

/** The edit of one field; undefined = nothing else than stands. */
type Edit = FieldMapping | null | undefined;

const same = (one: FieldMapping | null, other: FieldMapping | null) => keyOf(one) === keyOf(other);

/** A field's mapping as it would be with its edit. */
export const wantedOf = (field: AdaptField, edit: Edit): FieldMapping | null => (edit === undefined ? field.current : edit);

/** How a field would stand with its edit. */
export function stateOf(field: AdaptField, edit: Edit): AdaptField["state"] {
  if (edit === undefined) return field.state;
  if (edit === null) return field.template === null ? "missing" : "left_out";
  return same(edit, field.template) ? "template" : "own";
}

/** Whether a source's values can go into a field at all: of an amount of money a person says the currency then. */
export const canTake = (model: ModelField, source: SourceField): boolean =>
  fieldFrom(model, source) !== null || amountFrom(model, source, null) !== null;

type Money = Extract<FieldMapping["transforms"][number], { type: "money" }>;

/** The step that makes money of an amount; undefined where there is none. */
export const moneyStep = (field: FieldMapping | null): Money | undefined =>
  field?.transforms.find((step): step is Money => step.type === "money");

/** An amount whose currency nobody has said. */
export const lacksCurrency = (field: FieldMapping | null): boolean => {
  const step = moneyStep(field);
  return step !== undefined && step.currency === undefined && step.currencyFrom === undefined;
};

/** The mapping that takes a number as an amount of money, with the currency that was said before; null where it is no amount. */
function amountFrom(model: ModelField, source: SourceField, before: FieldMapping | null): FieldMapping | null {
  if (model.type !== "money" || source.path.includes("[") || !["number", "string"].includes(source.type)) return null;
  const { key: target, required } = model;
  return {
    ...{ target, from: source.path, transforms: [moneyStep(before) ?? { type: "money" as const }], required },
    onError: required ? "quarantine" : "null",
  };
}

/** The mapping with another word on its currency. */
export const withMoney = (field: FieldMapping, step: Money): FieldMapping => ({
  ...field,
  transforms: field.transforms.map((one) => (one.type === "money" ? step : one)),
});

/** Whether nothing can go on before somebody has decided on this field. */
export const isOpen = (field: AdaptField, edit: Edit): boolean =>
  lacksCurrency(wantedOf(field, edit)) ||
  (field.choice.customer === "must_choose" && stateOf(field, edit) === "missing") ||
  (field.required && wantedOf(field, edit) === null && field.choice.customer !== "fixed");

/** Fields that somebody has to decide on before the stream can be turned on. */
export const openFields = (stream: AdaptStream, edits: Edits): AdaptField[] =>
  stream.fields.filter((field) => isOpen(field, edits.get(field.target)));

/** Of a stream that runs, the fields that are left to the customer and nothing fills. */
export const leftOpen = (stream: AdaptStream): AdaptField[] =>
  stream.isOn ? stream.fields.filter(({ choice, state }) => choice.customer === "must_choose" && state === "missing") : [];

const mayChoose = ({ choice }: AdaptField) => choice.customer === "choose" || choice.customer === "must_choose";

/** Fields that the template leaves to the customer. */
export const choosable = (stream: AdaptStream): AdaptField[] =>
  stream.fields.filter((field) => mayChoose(field) || field.choice.customer === "optional");

export type Arranged = { open: AdaptField[]; chosen: AdaptField[]; fixed: AdaptField[] };

/** First what has to be decided, then what may be, and apart what is the same for everybody. By what stands, so that no line jumps while it is edited. */
export function arranged(stream: AdaptStream): Arranged {
  const weight = (field: AdaptField) =>
    (field.choice.customer === "must_choose" ? 0 : field.required ? 1 : mayChoose(field) ? 2 : 3) + (field.state === "missing" ? 0 : 0.5);
  const free = choosable(stream);
  return {
    open: free.filter((field) => isOpen(field, undefined)),
    chosen: free.filter((field) => !isOpen(field, undefined)).sort((a, b) => weight(a) - weight(b)),
    fixed: stream.fields.filter((field) => !free.includes(field)),
  };
}

/** The edit that brings a field back to what the template says; undefined when that is how it stands. */
export const recommendedOf = (field: AdaptField): FieldMapping | null | undefined =>
  field.choice.customer !== "must_choose" && same(field.current, field.template) ? undefined : field.template;

/** The edits with one more, or without one that says what stands anyway. */
export function withEdit(edits: Edits, field: AdaptField, wanted: FieldMapping | null | undefined): Edits {
  const next = new Map(edits);
  const says = wanted !== undefined && (isOpen(field, undefined) || !same(wanted, field.current));
  if (says) next.set(field.target, wanted);
  else next.delete(field.target);
  return next;
}

type Wish = FieldMapping | null | "template";

/** What to send for a stream that runs: where the customer wants what the template says, they go with the template from now on. */
export function wishesOf(stream: AdaptStream, edits: Edits): Record<string, Wish> {
  return Object.fromEntries(
    stream.fields.flatMap((field): [string, Wish][] => {
      const edit = edits.get(field.target);
      if (edit === undefined) return [];
      return [[field.target, same(edit, field.template) ? "template" : edit]];
    }),
  );
}

/** What to send before the first turning on, or to try: there, to choose what the template says is a choice as well. */
export const patchesOf = (stream: AdaptStream, edits: Edits): Record<string, FieldMapping | null> =>
  Object.fromEntries(stream.fields.flatMap(({ target }) => (edits.has(target) ? [[target, edits.get(target) ?? null] as const] : [])));

/** The mapping as it would be, of all fields that are shown. */
export const mappingOf = (stream: AdaptStream, edits: Edits): FieldMapping[] =>
  stream.fields.flatMap((field) => wantedOf(field, edits.get(field.target)) ?? []);

/** What taking a source field for a model's field makes of it; null = its values can never fit. What was said for "empty" stays. */
export function taken(model: ModelField, source: SourceField, before: FieldMapping | null): FieldMapping | null {
  const made = fieldFrom(model, source) ?? amountFrom(model, source, before);
  if (!made || before?.default === undefined || before.default === null) return made;
  return { ...made, default: before.default };
}

/** Fields that somebody else has changed between two looks at a stream. */
export const changedBetween = (before: AdaptStream, after: AdaptStream): Set<string> =>
  new Set(
    after.fields
      .filter(({ target, current }) => {
        const old = before.fields.find((field) => field.target === target);
        return old !== undefined && !same(old.current, current);
      })
      .map(({ target }) => target),
  );

/** What one value of a choice becomes: `to` where the mapping names it, else itself. `said` = it is named, or is one of ours as it is. */
export type ValueLine = { from: string; to: string | number | boolean | null | undefined; said: boolean };

/** The values of a choice, and what each becomes. */
export function valueLines(field: FieldMapping, model: ModelField, source: SourceField | undefined): ValueLine[] {
  const values = field.values ?? {};
  const all = new Set([...(source?.values ?? []), ...Object.keys(values)]);
  return [...all].map((from) => {
    if (Object.hasOwn(values, from)) return { from, to: values[from] ?? null, said: true };
    return { from, to: undefined, said: !model.values || model.values.includes(from) };
  });
}

/** The mapping with another word for one value; undefined takes the word away. */
export function withValue(field: FieldMapping, from: string, to: string | number | boolean | null | undefined): FieldMapping {
  const { values: before, ...rest } = field;
  const named = Object.hasOwn(before ?? {}, from);
  // In its place, so that no line moves while it is typed.
  const entries = Object.entries(before ?? {}).flatMap(([value, word]): [string, typeof word][] =>
    value !== from ? [[value, word]] : to === undefined ? [] : [[value, to]],
  );
  if (to !== undefined && !named) entries.push([from, to]);
  return entries.length === 0 ? rest : { ...rest, values: Object.fromEntries(entries) };
}

/** Of the values that nothing is said about, those that one of ours is called like, letters large or small. */
export const alike = (lines: readonly ValueLine[], model: ModelField): [from: string, to: string][] =>
  lines
    .filter(({ said }) => !said)
    .flatMap(({ from }) => {
      const to = model.values?.find((value) => value.toLowerCase().replace(/[\s_-]/g, "") === from.toLowerCase().replace(/[\s_-]/g, ""));
      return to === undefined ? [] : [[from, to] as [string, string]];
    });
