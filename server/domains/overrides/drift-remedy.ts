import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { type Drift, pathsOf } from "#server/mapping/drift";
import { stepsFor } from "#server/mapping/field-from";
import type { FieldMapping } from "#server/mapping/schema";
import { typeWords } from "./patch";
import type { DriftRemedy, ValueChoices } from "./schema";

/** The mapping in force, and what is known of the account. */
export type DriftGround = { inForce: readonly FieldMapping[]; model: readonly ModelField[]; sources: readonly SourceField[] };

type Patches = Record<string, FieldMapping | null>;

const list = (names: readonly string[]) => names.map((name) => `“${name}”`).join(", ");
const explain = (label: string): DriftRemedy => ({ kind: "explain", label });

/** The fields that a drift reaches as they are mapped now; one that reads another path meanwhile is not reached any more. */
const reached = ({ path, targets }: Drift, { inForce }: DriftGround): FieldMapping[] =>
  inForce.filter((field) => targets.includes(field.target) && pathsOf(field).some((one) => one.trim() === path));

const nameOf = ({ model }: DriftGround, target: string) => model.find((field) => field.key === target)?.name ?? target;
const titleOf = ({ sources }: DriftGround, path: string) => sources.find((field) => field.path === path)?.title ?? path;

/** The field reading another path; null for an expression, in which a name may mean more than one thing. */
function reading(field: FieldMapping, path: string, to: string): FieldMapping | null {
  if (field.from === path) return { ...field, from: to };
  if (field.template === undefined) return null;
  return { ...field, template: field.template.replace(/\{([^{}]+)\}/g, (hole, one: string) => (one.trim() === path ? `{${to}}` : hole)) };
}

function renamed(drift: Drift, fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const to = drift.to ?? "";
  const made = fields.map((field) => ({ field, next: reading(field, drift.path, to) }));
  const stuck = made.filter(({ next }) => next === null).map(({ field }) => nameOf(ground, field.target));
  if (to === "" || stuck.length > 0)
    return explain(`${list(stuck)} reads it in an expression. Change “${drift.path}” to “${to}” there, or choose another field.`);
  const patches: Patches = Object.fromEntries(made.map(({ field, next }) => [field.target, next]));
  return { kind: "patch", label: `Use “${titleOf(ground, to)}” instead`, fields: patches };
}

function removed(fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const needed = fields.filter((field) => field.required || ground.model.find(({ key }) => key === field.target)?.required);
  if (needed.length > 0)
    return explain(
      `${list(needed.map((field) => nameOf(ground, field.target)))} is needed for every record. Choose another field for it, or bring the old one back in the account.`,
    );
  const patches: Patches = Object.fromEntries(fields.map((field) => [field.target, null]));
  return { kind: "patch", label: `Leave ${list(fields.map((field) => nameOf(ground, field.target)))} out`, fields: patches };
}

/** The field with the steps that its source's new type needs before the others; null when no step can help. */
function refitted(field: FieldMapping, ground: DriftGround, source: SourceField): FieldMapping | null {
  const model = ground.model.find(({ key }) => key === field.target);
  if (field.template !== undefined) return field; // a text takes anything
  const steps = model && field.from !== undefined ? stepsFor(model, source) : null;
  if (!steps) return null;
  const missing = steps.filter((step) => !field.transforms.some((one) => one.type === step.type));
  return { ...field, transforms: [...missing, ...field.transforms].slice(0, 10) };
}

function retyped(drift: Drift, fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const source = ground.sources.find((field) => field.path === drift.path);
  if (!source) return explain("Look at the account's fields again first.");
  const made = fields.map((field) => ({ field, next: refitted(field, ground, source) }));
  const stuck = made.filter(({ next }) => next === null).map(({ field }) => nameOf(ground, field.target));
  if (stuck.length > 0) return explain(`${list(stuck)} cannot take ${typeWords(source.type)}. Choose another field for it.`);
  const patches: Patches = Object.fromEntries(made.map(({ field, next }) => [field.target, next]));
  return { kind: "patch", label: `Convert “${source.title}” from ${typeWords(source.type)}`, fields: patches };
}

function unmapped(drift: Drift, fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const values = drift.values ?? [];
  const models = ground.model.filter((model) => fields.some((field) => field.target === model.key && field.values !== undefined));
  const options = models.map((model) => model.values ?? null).find((one) => one !== null) ?? null;
  return { kind: "values", label: `Say what ${list(values.slice(0, 5))} ${values.length === 1 ? "is" : "are"} with you`, values, options };
}

/** What one click can do about a drift, or what a person has to. Pure. */
export function remedyOf(drift: Drift, ground: DriftGround): DriftRemedy {
  const fields = reached(drift, ground);
  if (fields.length === 0) return { kind: "patch", label: "It is not read any more", fields: {} };
  switch (drift.kind) {
    case "renamed":
      return renamed(drift, fields, ground);
    case "removed":
      return removed(fields, ground);
    case "type":
      return retyped(drift, fields, ground);
    case "values":
      return unmapped(drift, fields, ground);
    case "required":
      return explain(
        `${list(fields.map((field) => nameOf(ground, field.target)))} is needed. Give it a value for when it is empty, or choose another field; records without it are held back.`,
      );
    default:
      return drift.kind satisfies never;
  }
}

/** The fields with the source's new values in their value maps; the values that nothing was said about. */
export function withValues(drift: Drift, ground: DriftGround, to: ValueChoices): { fields: Patches; unsaid: string[] } {
  const values = drift.values ?? [];
  const said = Object.fromEntries(values.flatMap((value) => (Object.hasOwn(to, value) ? [[value, to[value] ?? null]] : [])));
  const mapping = reached(drift, ground).filter((field) => field.values !== undefined);
  return {
    fields: Object.fromEntries(mapping.map((field) => [field.target, { ...field, values: { ...field.values, ...said } }])),
    unsaid: values.filter((value) => !Object.hasOwn(to, value)),
  };
}
