import { expressionWith } from "./expressions";
import { reads, samePath, settingPaths } from "./field-paths";
import { pathParts, pathUnder } from "./paths";
import { pathsOf } from "./reads";
import type { FieldMapping, Transform } from "./schema";
import { templatePaths } from "./template-check";

type Place = { parent: string; name: string };

/** A path's last name, and what it lies in; null for a path that ends in a place of a list. */
function placeOf(path: string): Place | null {
  const own = samePath(path);
  const name = pathParts(own).at(-1);
  if (typeof name !== "string") return null;
  const last = pathUnder("", name);
  return { parent: own.slice(0, own.length - last.length).replace(/\.$/, ""), name };
}

const TAIL = /(?:\[(?:\*|-?\d{1,5})?\])*$/;

/** A path that reads the source's field `from`, reading `to` instead; null where nobody but a person knows how. */
function instead(path: string, from: string, to: string): string | null {
  const own = samePath(path);
  if (own === from) return to;
  if (own.startsWith(`${from}.`)) return to + own.slice(from.length);
  const tail = TAIL.exec(own)?.[0] ?? "";
  const [mine, old, next] = [placeOf(own.slice(0, own.length - tail.length)), placeOf(from), placeOf(to)];
  if (!mine || !old || !next || mine.name !== old.name || old.parent !== next.parent) return null;
  return pathUnder(mine.parent, next.name) + tail;
}

function expressionInstead(expression: string, from: string, to: string): string | null {
  const paths = pathsOf({ target: "x", expression, transforms: [], required: false, onError: "null" });
  let made: string | null = expression;
  for (const path of paths.filter((one) => reads(one, from))) {
    const next = instead(path, from, to);
    const place = next === null ? null : placeOf(next);
    const isBeside = place !== null && placeOf(path)?.parent === place.parent;
    made = made !== null && next !== null && isBeside ? expressionWith(made, path, { path: next, name: place.name }) : null;
  }
  return made;
}

/** The settings of a transform with paths read instead; null where one of them cannot be. */
function settingsInstead(transform: Transform, from: string, to: string): Transform | null {
  const made: Record<string, unknown> = { ...transform };
  for (const { name, index, path } of settingPaths(transform).filter((one) => reads(one.path, from))) {
    const next = instead(path, from, to);
    if (next === null) return null;
    const list = `${String(made["list"])}[].`;
    if (index !== null) made[name] = (made[name] as string[]).map((one, n) => (n === index ? next : one));
    else if (made[name] === path) made[name] = next;
    else if (next.startsWith(list)) made[name] = next.slice(list.length);
    else return null;
  }
  return made as Transform;
}

/**
 * A field that reads `from`, reading `to` everywhere instead: as its path, in its text, its expression and the settings of its
 * transforms; null where nobody but a person knows how. Pure.
 */
export function readingInstead(field: FieldMapping, from: string, to: string): FieldMapping | null {
  const swap = (path: string) => (reads(path, from) ? instead(path, from, to) : path);
  const transforms = field.transforms.map((transform) => settingsInstead(transform, from, to));
  if (transforms.includes(null)) return null;
  const made: FieldMapping = { ...field, transforms: transforms.flatMap((one) => one ?? []) };
  if (field.from !== undefined) {
    const own = swap(field.from);
    return own === null ? null : { ...made, from: own };
  }
  if (field.expression !== undefined) {
    const expression = expressionInstead(field.expression, from, to);
    return expression === null ? null : { ...made, expression };
  }
  if (field.template === undefined) return made;
  if (templatePaths(field.template).some((path) => swap(path) === null)) return null;
  const template = field.template.replace(/\{([^{}]+)\}/g, (hole, path: string) =>
    reads(path.trim(), from) ? `{${swap(path.trim())}}` : hole,
  );
  return { ...made, template };
}
