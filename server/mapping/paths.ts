/**
 * Paths into records: `properties.email`, `lines[].sku` (each element), `lines[0].sku`, `lines[-1]` (last), `prices[*].amount`
 * (each element, or each value of an object), `["a.b"]` (a name with dots). Own properties only; prototype names are refused
 * when a path is compiled. A bracket that is none of these belongs to the name: `name[first]`.
 */

const FORBIDDEN = new Set(["__proto__", "prototype", "constructor"]);
const EACH = Symbol("each");
const WILD = Symbol("wild");

/** A name, an index (negative from the end), each element, or each element or value. */
export type PathPart = string | number | typeof EACH | typeof WILD;

const unusable = (path: string, why: string) => new RangeError(`"${path}" is not a usable path: ${why}`);

// What may follow a name: [], [*], [3], [-1] or ["name"]; at the end of the segment only.
const SUFFIX = /\[(?:(\*)|(-?\d{1,5})|"((?:[^"\\]|\\["\\]){1,200})")?\]/y;

/** Reads the bracket at `at`: its part and where it ends; null when it is no bracket of ours. */
function bracketAt(path: string, at: number): { part: PathPart; end: number } | null {
  SUFFIX.lastIndex = at;
  const found = SUFFIX.exec(path);
  if (!found) return null;
  const [all, star, index, quoted] = found;
  const part = star ? WILD : index !== undefined ? Number(index) : quoted !== undefined ? quoted.replace(/\\(["\\])/g, "$1") : EACH;
  return { part, end: at + all.length };
}

/** The brackets from `at` to the end of the segment; null when something else comes between. */
function bracketsFrom(path: string, at: number): { parts: PathPart[]; end: number } | null {
  const parts: PathPart[] = [];
  let end = at;
  while (end < path.length && path[end] !== ".") {
    const bracket = bracketAt(path, end);
    if (!bracket) return null;
    parts.push(bracket.part);
    end = bracket.end;
  }
  return { parts, end };
}

function segmentAt(path: string, at: number): { parts: PathPart[]; end: number } {
  const stop = path.indexOf(".", at);
  const plainEnd = stop === -1 ? path.length : stop;
  for (let open = path.indexOf("[", at); open !== -1 && open <= plainEnd; open = path.indexOf("[", open + 1)) {
    const brackets = bracketsFrom(path, open);
    if (brackets) return { parts: open > at ? [path.slice(at, open), ...brackets.parts] : brackets.parts, end: brackets.end };
  }
  return { parts: [path.slice(at, plainEnd)], end: plainEnd };
}

/** The parts of a path. Throws RangeError for names that could reach a prototype, and for empty names. */
export function pathParts(path: string): PathPart[] {
  const parts: PathPart[] = [];
  for (let at = 0; at <= path.length; ) {
    const segment = segmentAt(path, at);
    for (const part of segment.parts) {
      if (part === "") throw unusable(path, "a name is missing; names are joined by single dots");
      if (typeof part === "string" && FORBIDDEN.has(part)) throw unusable(path, `"${part}" is not a name of data`);
      parts.push(part);
    }
    at = segment.end + 1;
  }
  if (parts.length > 64) throw unusable(path, "more than 64 steps");
  return parts;
}

/** A name as a segment of a path: in brackets where it holds a sign of paths itself. */
const segment = (name: string) => (/[.[\]"\\]/.test(name) ? `["${name.replace(/["\\]/g, "\\$&")}"]` : name);

/** The path of a name inside what lies at `path`; "" = the record itself. */
export function pathUnder(path: string, name: string): string {
  const own = segment(name);
  return path === "" || own.startsWith("[") ? path + own : `${path}.${own}`;
}

/** How many lists a path goes through element by element: the depth of the list its reader gives. */
export const eachCount = (path: string): number => pathParts(path).filter((part) => part === EACH || part === WILD).length;

/** Whether a value can be written at the path, and why not. */
export function whyNotWritable(path: string): string | null {
  const parts = pathParts(path);
  if (typeof parts[0] !== "string") return "a target starts with a name";
  for (const [index, part] of parts.entries()) {
    if (part === WILD) return "[*] can be read, not written; use [] or a name";
    if (typeof part === "number" && (part < 0 || part > 99)) return "only the places [0] to [99] can be written";
    if (typeof part !== "string" && typeof parts[index - 1] !== "string") return "two brackets in a row can be read, not written";
  }
  return null;
}

const child = (value: unknown, key: string): unknown =>
  value !== null && typeof value === "object" && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

/** Names that an object or list has without holding them. For all others a plain look-up finds own properties only, at half the cost. */
const isInherited = (key: string) => key in Object.prototype || key in Array.prototype;

/** The names of a path that is one or two plain names, none of them inherited; null for any other path. */
export function plainNames(path: string): readonly [first: string, second: string | null] | null {
  const parts = pathParts(path);
  const [first, second = null] = parts;
  if (parts.length > 2 || typeof first !== "string" || (second !== null && typeof second !== "string")) return null;
  return isInherited(first) || (second !== null && isInherited(second)) ? null : [first, second];
}

/** What [] and [*] run over. A lone object or value where a list is expected is a list of one. */
function elements(value: unknown, wild: boolean): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined || value === "") return undefined;
  return wild && typeof value === "object" ? Object.values(value) : [value];
}

/** Reads from part `from` on; a list of what the rest gives for each element at [] and [*]. */
function readFrom(value: unknown, parts: readonly PathPart[], from: number): unknown {
  let place = value;
  for (let index = from; index < parts.length; index++) {
    const part = parts[index] as PathPart;
    if (typeof part === "string") place = child(place, part);
    else if (typeof part === "number") place = Array.isArray(place) ? place.at(part) : undefined;
    else return elements(place, part === WILD)?.map((element) => readFrom(element, parts, index + 1) ?? null);
    if (place === undefined) return undefined;
  }
  return place;
}

/** A reader of one path; `undefined` when any step is missing, a list (of lists) for a path with [] or [*]. */
export function compileReader(path: string): (source: unknown) => unknown {
  const parts = pathParts(path);
  const [first, second, third] = parts;
  if (!parts.every((part) => typeof part === "string")) return (source) => readFrom(source, parts, 0);
  const one = first as string;
  if (parts.length === 1) return (source) => child(source, one);
  const two = second as string;
  if (parts.length === 2) return (source) => child(child(source, one), two);
  const three = third as string;
  if (parts.length === 3) return (source) => child(child(child(source, one), two), three);
  return (source) => readFrom(source, parts, 0);
}

type Box = Record<string | number, unknown>;

/** The object at `key`, made when there is none. */
function boxAt(place: Box, key: string | number): Box {
  const next = Object.hasOwn(place, key) ? place[key] : undefined;
  if (next !== null && typeof next === "object" && !Array.isArray(next)) return next as Box;
  const made: Box = {};
  place[key] = made;
  return made;
}

function listAt(place: Box, key: string | number): unknown[] {
  const next = Object.hasOwn(place, key) ? place[key] : undefined;
  if (Array.isArray(next)) return next;
  const made: unknown[] = [];
  place[key] = made;
  return made;
}

/** Writes the value at part `at` of the path; `zips` is how many [] ahead take an element of the value each. */
function writeFrom(place: Box, parts: readonly PathPart[], at: number, value: unknown, zips: number): void {
  const key = parts[at] as string | number;
  const next = parts[at + 1];
  if (next === undefined) place[key] = value;
  else if (typeof next === "string") writeFrom(boxAt(place, key), parts, at + 1, value, zips);
  else if (typeof next === "number") {
    const list = listAt(place, key);
    while (list.length < next) list.push(null);
    writeInto(list, next, parts, at + 2, value, zips);
  } else {
    writeEach(listAt(place, key), parts, at + 2, value, zips);
  }
}

/** An element of the value to each place, or the same value to every element there is. */
function writeEach(list: unknown[], parts: readonly PathPart[], at: number, value: unknown, zips: number): void {
  if (zips <= 0) for (let index = 0; index < list.length; index++) writeInto(list, index, parts, at, value, 0);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) writeInto(list, index, parts, at, item, zips - 1);
}

function writeInto(list: unknown[], index: number, parts: readonly PathPart[], at: number, value: unknown, zips: number): void {
  const box = list as unknown as Box;
  if (at === parts.length) list[index] = value ?? null;
  else writeFrom(boxAt(box, index), parts, at, value, zips);
}

/**
 * A writer of one path into a record being built; makes the objects and lists on the way. At a [] the value is a list and each
 * element goes to its own place; beyond `depth` lists the same value goes to every element that is there.
 */
export function compileWriter(path: string, depth = Number.POSITIVE_INFINITY): (target: Record<string, unknown>, value: unknown) => void {
  const why = whyNotWritable(path);
  if (why !== null) throw unusable(path, why);
  const parts = pathParts(path);
  const [first] = parts;
  if (parts.length === 1) {
    const key = first as string;
    return (target, value) => {
      target[key] = value;
    };
  }
  return (target, value) => writeFrom(target, parts, 0, value, depth);
}

/** What a hole shows: a scalar as text, the scalars of a list it was asked to go through, nothing else. */
function holeText(value: unknown, isList: boolean): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object") return String(value);
  if (!isList || !Array.isArray(value)) return undefined;
  const shown = value.flat(8).filter((item) => item !== null && typeof item !== "object");
  return shown.length > 0 ? shown.join(", ") : undefined;
}

/** A text with `{path}` holes as a function; a missing value leaves its hole empty and the spaces around are folded. */
export function compileTemplate(template: string): (source: unknown) => string | undefined {
  const pieces = template.split(/\{([^{}]+)\}/);
  const parts = pieces.map((piece, index) =>
    index % 2 === 0 ? piece : { read: compileReader(piece.trim()), isList: eachCount(piece.trim()) > 0 },
  );
  return (source) => {
    let text = "";
    let filled = false;
    for (const part of parts) {
      if (typeof part === "string") text += part;
      else {
        const shown = holeText(part.read(source), part.isList);
        if (shown !== undefined) {
          text += shown;
          filled = true;
        }
      }
    }
    return filled || parts.length === 1 ? text.replace(/\s+/g, " ").trim() : undefined;
  };
}
