import { TRANSFORM_WORDS } from "#components/vendor/mapping/field-draft";
import { buildTransform } from "#components/vendor/mapping/transform-settings";
import type { ModelField } from "#server/domains/models/schema";
import { resultOf } from "#server/mapping/field-result";
import type { FieldMapping, Transform } from "#server/mapping/schema";

/** A transform that mends a misfit, and its place in the order. `step` null = its settings are to be chosen first. */
export type Remedy = { type: Transform["type"]; at: number; step: Transform | null };

const NAMED = /the "([^"]+)"(?: or "[^"]+")? transform( before)?/;

const TYPES = new Map(Object.entries(TRANSFORM_WORDS).map(([type, title]) => [title, type as Transform["type"]]));

const inserted = (field: FieldMapping, step: Transform, at: number): FieldMapping => ({
  ...field,
  transforms: [...field.transforms.slice(0, at), step, ...field.transforms.slice(at)],
});

/** The field with its remedy; unchanged while settings are to be chosen. */
export const withRemedy = (field: FieldMapping, { step, at }: Remedy): FieldMapping => (step ? inserted(field, step, at) : field);

/**
 * What a misfit's message says would mend it, at the last place in the order where it does so on this record; null when it names no
 * transform. Pure.
 */
export function remedyFor(field: FieldMapping, model: ModelField, source: unknown, message: string): Remedy | null {
  const found = NAMED.exec(message);
  const type = TYPES.get(found?.[1] ?? "");
  if (!found || !type) return null;
  const count = field.transforms.length;
  const usual = found[2] ? Math.max(0, count - 1) : count;
  const built = buildTransform(type, {});
  if (!("transform" in built)) return { type, at: usual, step: null };
  const step = built.transform;
  for (let at = count; at >= 0; at--) {
    const result = resultOf(inserted(field, step, at), model, source);
    if (result.state === "ok" && result.notes.length === 0) return { type, at, step };
  }
  return { type, at: usual, step };
}
