import type { ModelField } from "#server/domains/models/schema";
import type { SeenType, SourceField } from "#server/lib/source-field";
import type { FieldMapping, Transform } from "./schema";

const TEXT: readonly SeenType[] = ["string", "date", "datetime"];

type Way = { from: readonly SeenType[]; steps: Transform[] };
const as = (...from: SeenType[]): Way => ({ from, steps: [] });
const by = (step: Transform, ...from: SeenType[]): Way => ({ from, steps: [step] });

/**
 * Ways into each type of the model, the first that takes the source's is taken. Into numbers, yes or no and moments always by a step: what is
 * that already passes it unchanged, and sources tell a type and send text.
 */
const WAYS: Record<ModelField["type"], readonly Way[]> = {
  string: [as(...TEXT), by({ type: "string" }, "number", "boolean"), by({ type: "join", separator: ", " }, "array")],
  enum: [as(...TEXT), by({ type: "string" }, "number", "boolean")],
  reference: [as(...TEXT), by({ type: "string" }, "number", "boolean")],
  number: [by({ type: "number" }, "number", "string")],
  decimal: [by({ type: "decimal" }, "number", "string")],
  boolean: [by({ type: "boolean" }, "boolean", "string", "number")],
  date: [by({ type: "date" }, ...TEXT)],
  datetime: [by({ type: "datetime" }, "string", "datetime"), by({ type: "datetime", zone: "UTC" }, "date")],
  money: [as("object")], // of an amount alone nobody but a person knows the currency: see money-step
  object: [as("object")],
  array: [as("array"), by({ type: "split", separator: "," }, "string")],
};

const stepsForOne = (into: ModelField["type"], from: SeenType): Transform[] | null =>
  WAYS[into].find((way) => way.from.includes(from))?.steps ?? null;

/** The steps by which values of the source come to fit the model's field; null when no step can do that. */
export function stepsFor(target: ModelField, source: Pick<SourceField, "path" | "type">): Transform[] | null {
  if (!source.path.includes("[]")) return stepsForOne(target.type, source.type);
  if (target.type === "array" || target.key.includes("[]")) return [];
  const steps = stepsForOne(target.type, source.type);
  return steps && [{ type: "first" }, ...steps];
}

/** The mapping that taking a source field for a field of the model makes; null when its values can never fit. Pure. */
export function fieldFrom(target: ModelField, source: Pick<SourceField, "path" | "type">): FieldMapping | null {
  const transforms = stepsFor(target, source);
  if (!transforms) return null;
  const { key, required } = target;
  return { target: key, from: source.path, transforms, required, onError: required ? "quarantine" : "null" };
}

/** Types whose values fit as they come. */
const AS_IT_IS: Record<ModelField["type"], readonly SeenType[]> = {
  string: TEXT,
  enum: TEXT,
  reference: TEXT,
  number: ["number"],
  decimal: TEXT,
  boolean: ["boolean"],
  date: TEXT,
  datetime: TEXT,
  money: ["object"],
  object: ["object"],
  array: ["array"],
};

/**
 * Whether a field can only misfit: values of the source's type go into the model's as they are, and never can. With steps, a value map or
 * a list on the way nothing is certain before there are values.
 */
export function neverFits(field: FieldMapping, target: ModelField, source: Pick<SourceField, "path" | "type">): boolean {
  if (field.from !== source.path || field.from.includes("[") || target.key.includes("[")) return false;
  return field.transforms.length === 0 && field.values === undefined && !AS_IT_IS[target.type].includes(source.type);
}
