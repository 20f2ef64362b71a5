import type { ModelField } from "#server/domains/models/schema";
import type { Say } from "#server/words/say";

/** As customers read it: the engine's own words speak of its parts. `shown`: the value it was made from, as a person reads it. */
export function misfitWords(model: Pick<ModelField, "type" | "name" | "values">, before: unknown, shown: string, say: Say): string {
  if (model.type === "enum" && model.values) return say("wants.enum_of", { value: shown, field: model.name });
  // A text is a text: what was made of it does not fit.
  const isOfItsKind = model.type === "string" && typeof before === "string";
  return before === undefined || isOfItsKind ? say("wants.result", { field: model.name }) : say(`wants.${model.type}`, { value: shown });
}
