import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping, Transform } from "#server/mapping/schema";
import { TRANSFORMS } from "#server/mapping/transforms/registry";

/** How a field gets its value, as the editor asks it. */
export type Source =
  | { kind: "from"; path: string }
  | { kind: "template"; text: string }
  | { kind: "expression"; text: string }
  | { kind: "constant"; value: string | number | boolean | null };

/** The mapping being edited, by the key of the model's field. A field that is not in it stays empty. */
export type Draft = ReadonlyMap<string, FieldMapping>;

export const toDraft = (fields: readonly FieldMapping[]): Draft => new Map(fields.map((field) => [field.target, field]));

/** In the order of the model, so that two drafts with the same content are the same text. */
export function toFields(draft: Draft, model: readonly ModelField[]): FieldMapping[] {
  const known = model.flatMap(({ key }) => draft.get(key) ?? []);
  const keys = new Set(model.map(({ key }) => key));
  return [...known, ...[...draft.values()].filter(({ target }) => !keys.has(target))];
}

export function sourceOf(field: FieldMapping): Source {
  if (field.from !== undefined) return { kind: "from", path: field.from };
  if (field.template !== undefined) return { kind: "template", text: field.template };
  if (field.expression !== undefined) return { kind: "expression", text: field.expression };
  return { kind: "constant", value: field.constant ?? null };
}

/** The field with another source; transforms and rules stay, unless the value no longer needs them. */
export function withSource(target: string, source: Source, before: FieldMapping | undefined): FieldMapping {
  const rules = {
    target,
    transforms: source.kind === "constant" ? [] : (before?.transforms ?? []),
    required: before?.required ?? false,
    onError: before?.onError ?? ("quarantine" as const),
    ...(before?.values === undefined ? {} : { values: before.values }),
    ...(before?.default === undefined ? {} : { default: before.default }),
  };
  if (source.kind === "from") return { ...rules, from: source.path };
  if (source.kind === "template") return { ...rules, template: source.text };
  if (source.kind === "expression") return { ...rules, expression: source.text };
  return { ...rules, constant: source.value };
}

/** Text typed for a value of a model's type. What is no number (yet: "1.") stays text, so that the preview can say so. */
export function parseScalar(text: string, type: ModelField["type"]): string | number | boolean | null {
  if (text === "") return null;
  if (type === "number" && String(Number(text)) === text) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

const sortedJson = (field: FieldMapping | undefined) =>
  field === undefined
    ? ""
    : JSON.stringify(
        Object.fromEntries(
          Object.entries(field)
            .filter(([, v]) => v !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      );

export const sameField = (a: FieldMapping | undefined, b: FieldMapping | undefined) => a === b || sortedJson(a) === sortedJson(b);

/** Keys of the fields that differ between two drafts, in the model's order. */
export function changedFields(before: Draft, after: Draft): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => !sameField(before.get(key), after.get(key)));
}

export const TRANSFORM_WORDS = Object.fromEntries(TRANSFORMS.map(({ type, title }) => [type, title])) as Record<Transform["type"], string>;

const ON_ERROR_WORDS = { quarantine: "", null: "what does not fit is left empty", default: "what does not fit takes the value for empty" };

function sourceWords(field: FieldMapping): string {
  const source = sourceOf(field);
  if (source.kind === "from") return source.path;
  if (source.kind === "template") return `“${source.text}”`;
  if (source.kind === "expression") return `= ${source.text}`;
  return `always ${JSON.stringify(source.value)}`;
}

function transformWords({ type, ...settings }: Transform): string {
  const given = Object.values(settings).filter((value) => value !== undefined);
  const words = TRANSFORM_WORDS[type].toLowerCase();
  return given.length === 0 ? words : `${words} (${given.map((value) => JSON.stringify(value)).join(", ")})`;
}

/** All there is to say of one field's rule, a fact a line: what a diff compares. */
export function fieldFacts(field: FieldMapping | undefined): string[] {
  if (!field) return ["left empty"];
  const values = Object.entries(field.values ?? {});
  return [
    sourceWords(field),
    ...field.transforms.map(transformWords),
    ...values.map(([from, to]) => `${JSON.stringify(from)} becomes ${JSON.stringify(to)}`),
    field.default === undefined || field.default === null ? "" : `when empty: ${JSON.stringify(field.default)}`,
    field.required ? "required" : "",
    ON_ERROR_WORDS[field.onError],
  ].filter(Boolean);
}

export type FactChange = { gone: string[]; come: string[] };

/** What a change of a field takes away and what it brings. */
export function factChange(before: FieldMapping | undefined, after: FieldMapping | undefined): FactChange {
  const [old, now] = [fieldFacts(before), fieldFacts(after)];
  const gone = old.filter((fact) => !now.includes(fact));
  const come = now.filter((fact) => !old.includes(fact));
  // Only the order of the transforms can differ then.
  return gone.length + come.length > 0 ? { gone, come } : { gone: [old.join(", ")], come: [now.join(", ")] };
}
