import { type Overrides, withOverrides } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import { invertTransform } from "#server/mapping/transforms/registry";
import { type Ways, type Writable, waysBack } from "#server/mapping/ways-back";
import type { Manifest } from "#server/runtime/manifest";
import { sayIn } from "#server/words/messages";
import type { Say } from "#server/words/say";
import type { Direction } from "../templates/schema";
import type { Ground, Issue } from "./patch";

/** What of the third party a stream writes. */
export type Writing = { direction: Exclude<Direction, "pull">; spec: Writable };

/** Null where the stream reads only, or the connector is only announced. */
export function writingOf(manifest: Manifest | null, object: string, direction: Direction = "pull"): Writing | null {
  const spec = manifest && Object.hasOwn(manifest.objects, object) ? manifest.objects[object] : undefined;
  return spec && direction !== "pull" ? { direction, spec } : null;
}

type Mapped = { fields: Map<string, FieldMapping>; ways: Ways; lost: Set<string> };

function mappedOf(fields: readonly FieldMapping[], spec: Writable): Mapped {
  const ways = waysBack({ fields, spec });
  return { fields: new Map(fields.map((field) => [field.target, field])), ways, lost: new Set(ways.readOnly.map(({ target }) => target)) };
}

/** The words of {@link waysBack} are for who designs templates; these are for the customer. */
function whyNot(field: FieldMapping, { ways }: Mapped, ground: Ground, say: Say): string {
  if (field.constant !== undefined) return say("back.constant");
  if (field.expression !== undefined) return say("back.computed");
  if (field.from === undefined) return say("back.several");
  const stuck = field.transforms.find((transform) => invertTransform(transform).kind === "none");
  if (stuck) return say("back.step", { step: say(`step.${stuck.type}`) });
  const path = field.from;
  const name = ground.sources?.find((source) => source.path === path)?.title ?? path;
  const other = ways.back.find((one) => one.path === path);
  if (!other) return say(field.values ? "back.values" : "back.fixed", { field: name });
  return say("back.taken", { field: name, other: ground.model.find(({ key }) => key === other.key)?.name ?? other.key });
}

/**
 * By field, what a change of a customer's patches would keep from being written at the third party: a field that loses its way back or never
 * has one, and what new records need there. What both ways only ever read, or leave to customers who must choose, may be read from anywhere. Pure.
 */
export function notWritten(ground: Ground, before: Overrides, after: Overrides): Issue[] {
  const { writing } = ground;
  if (!writing) return [];
  const say = ground.say ?? sayIn("en");
  const [template, was, is] = [{}, before, after].map((patches) => mappedOf(withOverrides(ground.fields, patches), writing.spec));
  if (!template || !was || !is) return [];
  const changed = [...new Set([...was.fields.keys(), ...is.fields.keys()])].filter(
    (target) => keyOf(was.fields.get(target) ?? null) !== keyOf(is.fields.get(target) ?? null),
  );
  // Who must choose has to be able to, also where the account has nothing that can be written.
  const leftToThem = (target: string) =>
    !template.fields.has(target) && Object.hasOwn(ground.choices, target) && ground.choices[target]?.customer === "must_choose";
  const readAnyway = (target: string) => writing.direction === "two_way" && (template.lost.has(target) || leftToThem(target));
  return changed.flatMap((target) => {
    const field = is.fields.get(target);
    if (field && is.lost.has(target) && !readAnyway(target))
      return [{ target, message: say("refused.not_written", { reason: whyNot(field, is, ground, say) }) }];
    // Another field that was written loses its place to this one.
    const path = is.ways.back.find(({ key }) => key === target)?.path;
    const ousted = was.ways.back.find((one) => one.path === path && one.key !== target && is.lost.has(one.key));
    const other = ousted && (ground.model.find(({ key }) => key === ousted.key)?.name ?? ousted.key);
    if (path && other) return [{ target, message: say("refused.not_written", { reason: say("back.taken", { field: path, other }) }) }];
    const filled = was.ways.back.find(({ key }) => key === target)?.path;
    const needed = is.ways.unfilled.find((one) => one.path === filled && !was.ways.unfilled.some(({ path }) => path === one.path));
    return needed ? [{ target, message: say("refused.needed_there", { field: needed.title }) }] : [];
  });
}
