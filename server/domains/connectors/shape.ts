import { z } from "zod";
import { Manifest } from "#server/runtime/manifest";

/** A part of a JSON Schema, as far as it is looked at here. */
export type Shape = {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  $ref?: string;
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  propertyNames?: Shape;
  items?: Shape;
  oneOf?: Shape[];
  anyOf?: Shape[];
  allOf?: Shape[];
  required?: string[];
  default?: unknown;
  description?: string;
  examples?: unknown[];
};

let root: (Shape & { $defs?: Record<string, Shape> }) | undefined;

/** The JSON Schema of the manifest file, bare: without words and examples. */
export function manifestShape(): Shape & { $defs?: Record<string, Shape> } {
  root ??= z.toJSONSchema(Manifest, { io: "input", unrepresentable: "any" }) as Shape;
  return root;
}

const resolved = (shape: Shape): Shape => (shape.$ref === undefined ? shape : (manifestShape().$defs?.[shape.$ref.slice(8)] ?? shape));

/** The alternatives of a part, without those that `value`, by a constant of theirs, cannot be. */
export function alternatives(shape: Shape, value?: unknown): Shape[] {
  const own = resolved(shape);
  const inner = own.oneOf ?? own.anyOf;
  if (!inner) return [own];
  const all = inner.flatMap((one) => alternatives(one, value));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return all;
  const fits = all.filter((one) =>
    Object.entries(one.properties ?? {}).every(
      ([name, { const: fixed }]) => fixed === undefined || (value as Record<string, unknown>)[name] === fixed,
    ),
  );
  return fits.length > 0 ? fits : all;
}

/** The part of the schema that a path of a value stands under; several where it could be one of several. */
export function shapesAt(path: readonly PropertyKey[], value: unknown): Shape[] {
  let shapes = alternatives(manifestShape(), value);
  let here = value;
  for (const step of path) {
    here = typeof here === "object" && here !== null ? (here as Record<PropertyKey, unknown>)[step] : undefined;
    shapes = shapes.flatMap((shape) => {
      const named = shape.properties?.[String(step)];
      const rest = typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined;
      const next = named ?? (typeof step === "number" ? shape.items : undefined) ?? rest;
      return next ? alternatives(next, here) : [];
    });
  }
  return shapes;
}
