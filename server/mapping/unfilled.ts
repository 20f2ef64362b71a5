import type { ModelField } from "#server/domains/models/schema";
import type { FieldChoices } from "./overrides";
import type { FieldMapping } from "./schema";

/** A path with any entry of a list in the place of a certain one. */
export const placeless = (path: string) => path.replace(/\[\d+\]/g, "[]");

/** Whether a mapping of `target` puts something at the model's field: into it, into one inside it, or into what it lies in. */
function reaches(target: string, key: string): boolean {
  const [one, other] = [placeless(target), placeless(key)];
  const within = (inner: string, outer: string) => inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return one === other || within(one, other) || within(other, one);
}

/** Fields that the model requires and no mapping fills: every record lacks them. */
export function unfilled(fields: readonly Pick<FieldMapping, "target">[], model: readonly ModelField[]): ModelField[] {
  const targets = new Set(fields.map(({ target }) => target));
  return model.filter(({ key, required }) => required && !targets.has(key) && !fields.some(({ target }) => reaches(target, key)));
}

type Direction = "pull" | "push" | "two_way";

/** The model as a mapping has to fill it: one that is only sent from fills nothing of it, whatever the model requires. */
export const neededOf = (model: readonly ModelField[], direction: Direction): readonly ModelField[] =>
  direction === "push" ? model.map((field) => (field.required ? { ...field, required: false } : field)) : model;

/** Fields that keep a mapping from being published: nothing fills them, and no customer is asked to. */
export function toFill(
  fields: readonly Pick<FieldMapping, "target">[],
  model: readonly ModelField[],
  { direction, choices = {} }: { direction: Direction; choices?: FieldChoices | undefined },
): ModelField[] {
  const asked = (key: string) => Object.hasOwn(choices, key) && choices[key]?.customer === "must_choose";
  return unfilled(fields, neededOf(model, direction)).filter(({ key }) => !asked(key));
}
