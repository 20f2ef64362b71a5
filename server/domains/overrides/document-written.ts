import { invertMapping } from "#server/mapping/invert";
import { saySteps, titleOf } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import { type Writable, waysBack } from "#server/mapping/ways-back";
import type { Say } from "#server/words/say";
import type { MappingDocumentRow } from "./schema";
import type { Writing } from "./written-back";

/** How a field of ours goes to the third party, in words. */
export type Sending = Pick<MappingDocumentRow, "to" | "how" | "whenEmpty">;

const isNeeded = ({ writes }: Writable, root: string) => writes?.fields.some(({ path, required }) => required && path === root) ?? false;

/** By target, how what goes back is written: where, what is done to it on the way, and what comes of nothing. Empty for a stream that only reads. */
export function sendingOf(fields: readonly FieldMapping[], writing: Writing | null, titles: ReadonlyMap<string, string>, say: Say) {
  if (!writing) return new Map<string, Sending>();
  const { spec } = writing;
  const named = new Map([...(spec.writes?.fields ?? []).map(({ path, title }) => [path, title] as const), ...titles]);
  const steps = new Map(invertMapping(fields).fields.map((field) => [field.from, field]));
  return new Map(
    waysBack({ fields, spec }).back.map(({ key, path, root }): [string, Sending] => {
      const field = steps.get(key);
      const whenEmpty = say(isNeeded(spec, root) ? "empty.refused" : "empty.left");
      return [key, { to: titleOf(named, path), how: field ? saySteps(field, named, say) : say("how.as_it_is"), whenEmpty }];
    }),
  );
}

/** The row of a field of a stream that reads nothing. */
export const pushRow = (
  { target, field, own }: Pick<MappingDocumentRow, "target" | "field" | "own">,
  sending: Sending | undefined,
  path: string | null,
  say: Say,
): MappingDocumentRow => ({
  ...{ target, field, from: null, path, example: null, own },
  ...(sending ?? { to: null, how: say("doc.not_sent"), whenEmpty: say("empty.left") }),
});
