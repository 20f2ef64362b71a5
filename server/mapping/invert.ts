import { eachCount, pathParts, whyNotWritable } from "./paths";
import type { FieldMapping } from "./schema";
import { invertTransform, type Transform } from "./transforms/registry";
import { invertValues } from "./transforms/values";

/** The push direction of a pull mapping (or the other way round), and what of it has none. */
export type InvertedMapping = {
  fields: FieldMapping[];
  /** Fields that cannot go back, with the reason in words. */
  oneWay: { target: string; reason: string }[];
  /** Fields that go back with something lost on the way: forth, back and forth again gives the same, the source's own spelling may not return. */
  notes: { target: string; note: string }[];
};

type Back = { field: FieldMapping; notes: string[] } | { reason: string };

/** The one path that gives the field its value; a template of one hole is such a path. */
function pathOf(field: FieldMapping): string | { reason: string } {
  if (field.from !== undefined) return field.from;
  if (field.constant !== undefined) return { reason: "it is always the same value" };
  if (field.expression !== undefined) return { reason: "it is computed" };
  const hole = /^\{([^{}]+)\}$/.exec(field.template?.trim() ?? "")?.[1];
  return hole ? hole.trim() : { reason: "a text put together from several fields cannot be taken apart" };
}

/** A name of digits in a path reads a list, but writing makes a name of it: the bracket form says which is meant. */
const hasBareIndex = (path: string) => pathParts(path).some((part) => typeof part === "string" && /^\d+$/.test(part));

function whyNoPath(from: string, target: string): string | null {
  if (hasBareIndex(from)) return `"${from}" has a bare number in it; write it as an index, for example lines[0]`;
  const why = whyNotWritable(from);
  if (why !== null) return `nothing can be written at "${from}": ${why}`;
  return eachCount(from) === eachCount(target) ? null : `"${from}" and "${target}" go through a different number of lists`;
}

/** The steps of the way back, last transform first; notes are of the transforms that lose something. */
function stepsBack(field: FieldMapping): { steps: Transform[]; notes: string[] } | { reason: string } {
  const steps: Transform[] = [];
  const notes: string[] = [];
  for (const transform of field.transforms.toReversed()) {
    const back = invertTransform(transform);
    if (back.kind === "none") return { reason: `"${transform.type}" has no way back: ${back.reason}` };
    if (back.kind === "settles") notes.push(`${transform.type}: ${back.note}`);
    steps.push(...(back.steps as unknown as Transform[]));
  }
  return { steps, notes };
}

function mapSteps(field: FieldMapping): Transform[] | { reason: string } {
  if (!field.values) return [];
  const values = invertValues(field.values);
  return typeof values === "string" ? { reason: `its value map has no way back: ${values}` } : [{ type: "map", values }];
}

function invertField(field: FieldMapping): Back {
  const from = pathOf(field);
  if (typeof from !== "string") return from;
  const why = whyNoPath(from, field.target);
  if (why !== null) return { reason: why };
  const first = mapSteps(field);
  if (!Array.isArray(first)) return first;
  const rest = stepsBack(field);
  if ("reason" in rest) return rest;
  const transforms = [...first, ...rest.steps];
  if (transforms.length > 10) return { reason: "it would need more than ten transforms" };
  return { field: { target: from, from: field.target, transforms, required: false, onError: "quarantine" }, notes: rest.notes };
}

/**
 * The mapping backwards. A field that has no way back is listed with its reason, and so is a second field for a path that
 * another one already writes. Pure; the fields have been checked before (they compile).
 */
export function invertMapping(fields: readonly FieldMapping[]): InvertedMapping {
  const result: InvertedMapping = { fields: [], oneWay: [], notes: [] };
  const written = new Map<string, string>();
  for (const field of fields) {
    const back = invertField(field);
    if ("reason" in back) {
      result.oneWay.push({ target: field.target, reason: back.reason });
      continue;
    }
    const other = written.get(back.field.target);
    if (other !== undefined) {
      result.oneWay.push({ target: field.target, reason: `"${back.field.target}" already gets its value from "${other}"` });
      continue;
    }
    written.set(back.field.target, field.target);
    result.fields.push(back.field);
    result.notes.push(...back.notes.map((note) => ({ target: field.target, note })));
  }
  return result;
}
