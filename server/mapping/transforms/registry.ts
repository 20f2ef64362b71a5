import { CONTACT } from "./contact";
import { DATES } from "./dates";
import type { Definition, Inverse, Params, Settings, Step } from "./define";
import { ENCODING } from "./encoding";
import { LISTS } from "./lists";
import { MONEY } from "./money";
import { NUMBERS } from "./numbers";
import { TEXT } from "./text";
import { VALUES } from "./values";

/** The closed set of transforms, by group. Schema, reference and editor all derive from it. */
export const TRANSFORM_GROUPS = [
  { title: "Text", transforms: TEXT },
  { title: "Numbers and yes or no", transforms: NUMBERS },
  { title: "Money", transforms: MONEY },
  { title: "Dates and times", transforms: DATES },
  { title: "Lists and objects", transforms: LISTS },
  { title: "Values", transforms: VALUES },
  { title: "Contact data", transforms: CONTACT },
  { title: "Encoding", transforms: ENCODING },
] as const;

type Any = (typeof TRANSFORM_GROUPS)[number]["transforms"][number];
type Flat<T> = { [K in keyof T]: T[K] };
type SpecOf<D> = D extends Definition<infer T, infer P> ? Flat<{ type: T } & Settings<P>> : never;

/** One transform of a field, with its settings. */
export type Transform = SpecOf<Any>;

type Loose = Definition<Transform["type"], Params>;

/** All transforms in the order of the reference. */
export const TRANSFORMS: readonly Loose[] = TRANSFORM_GROUPS.flatMap(({ transforms }) => transforms as unknown as readonly Loose[]);

const byType = new Map<string, Loose>(TRANSFORMS.map((definition) => [definition.type, definition]));

export const isTransform = (type: string): boolean => byType.has(type);

/** Throws RangeError for a transform that there is not. */
export function definitionOf(type: string): Loose {
  const definition = byType.get(type);
  if (!definition) throw new RangeError(`there is no transform "${type}"`);
  return definition;
}

/** One transform as a function. Throws RangeError for settings that cannot work, naming them. */
export const compileTransform = (transform: Transform): Step =>
  definitionOf(transform.type).compile(transform as unknown as Settings<Params>);

/** Its way back, if it has one. */
export const invertTransform = (transform: Transform): Inverse =>
  definitionOf(transform.type).invert(transform as unknown as Settings<Params>);

/** A transform as an editor adds it: with the settings of its first example. */
export const startTransform = (type: Transform["type"]): Transform =>
  ({ type, ...definitionOf(type).examples[0].settings }) as unknown as Transform;
