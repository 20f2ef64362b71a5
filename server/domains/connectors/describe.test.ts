import { expect, test } from "vitest";
import { describedSchema } from "./describe";
import { manifestReference } from "./reference";
import type { Shape } from "./shape";

test("every field of the manifest has words and an example, and nothing else has", () => {
  const { missing, unused } = describedSchema();
  expect(missing, "write about these in server/domains/connectors/words").toEqual([]);
  expect(unused, "these are no fields any more").toEqual([]);
});

/** Whether a value has the type that the schema asks for, as deep as examples go. */
function fits(shape: Shape, value: unknown): boolean {
  const inner = shape.oneOf ?? shape.anyOf;
  if (inner) return inner.some((one) => fits(one, value));
  if (shape.const !== undefined) return shape.const === value;
  if (shape.enum) return shape.enum.includes(value);
  const type = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  const types = [shape.type ?? []].flat().map((one) => (one === "integer" ? "number" : one));
  if (types.length > 0 && !types.includes(type)) return false;
  if (Array.isArray(value)) return value.every((one) => !shape.items || fits(shape.items, one));
  if (type !== "object") return true;
  const own = value as Record<string, unknown>;
  if ((shape.required ?? []).some((name) => !(name in own))) return false;
  return Object.entries(own).every(([name, one]) => {
    const of = shape.properties?.[name] ?? (typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined);
    return of === undefined ? shape.properties === undefined : fits(of, one);
  });
}

/** Every field below a part of the schema, with its path. */
function* fieldsOf(shape: Shape, path = ""): Generator<[path: string, field: Shape]> {
  for (const [name, inner] of Object.entries(shape.properties ?? {})) {
    yield [`${path}.${name}`, inner];
    yield* fieldsOf(inner, `${path}.${name}`);
  }
  for (const one of [shape.oneOf, shape.anyOf, shape.items].flat()) if (one) yield* fieldsOf(one, path);
  if (typeof shape.additionalProperties === "object") yield* fieldsOf(shape.additionalProperties, `${path}.*`);
}

test("every example fits its field", () => {
  // One word stands for a choice in all of its alternatives; each of them has a constant of its own.
  const open = [...fieldsOf(describedSchema().schema)].filter(([, field]) => field.const === undefined);
  const wrong = open.filter(([, field]) => !fits(field, field.examples?.[0])).map(([path]) => path);
  expect(wrong).toEqual([]);
  expect(open.length).toBeGreaterThan(500);
});

test("the reference names every kind of auth and pagination", () => {
  const text = manifestReference();
  for (const kind of ["oauth2_code", "api_key", "login", "cursor", "keyset", "hmac", "soap"]) expect(text).toContain(`\`${kind}\``);
});
