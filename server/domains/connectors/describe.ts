import { manifestShape, type Shape } from "./shape";
import type { Words } from "./words";
import { AUTH } from "./words-auth";
import { EXPORTS } from "./words-export";
import { PARTS, type Part } from "./words-parts";
import { READING } from "./words-reading";
import { RECORDS } from "./words-records";
import { OF_A_WRITE, WRITING } from "./words-writing";

const WORDS: Words = { ...READING, ...RECORDS, ...EXPORTS, ...AUTH, ...WRITING };
const WRITES = new Set(["create", "update", "upsert", "delete"]);

/** The shape described once, when this object is one. */
export function partOf(names: readonly string[]): Part | null {
  return (
    PARTS.find(({ has, hasNot = [] }) => has.every((name) => names.includes(name)) && !hasNot.some((name) => names.includes(name))) ?? null
  );
}

type Found = { words: Words[string]; entry: string };

type Holder = { path: readonly string[]; part: Part | null; kind: unknown };

/** The words for a field, by the part it belongs to or by the name of what holds it; `path` = names of all that holds it. */
function wordsFor({ path, part, kind }: Holder, name: string): Found | null {
  const own = part?.words[name];
  if (part && own) return { words: own, entry: `${part.name}: ${name}` };
  const holder = path.at(-1);
  const key = holder === undefined ? name : `${holder}.${name}`;
  for (const entry of [`${holder}(${String(kind)}).${name}`, key]) {
    const found = WORDS[entry];
    if (found) return { words: found, entry };
  }
  const write = holder !== undefined && WRITES.has(holder) && path.at(-2) === "writes" ? OF_A_WRITE[name] : undefined;
  return write ? { words: write, entry: `a write: ${name}` } : null;
}

export type Described = {
  schema: Shape;
  /** Fields nobody has written about, and words about fields there are not: both must be none. */
  missing: string[];
  unused: string[];
};

function visit(shape: Shape, path: readonly string[], notes: { missing: Set<string>; used: Set<string> }): void {
  for (const one of [...(shape.oneOf ?? []), ...(shape.anyOf ?? []), ...(shape.allOf ?? [])]) visit(one, path, notes);
  if (shape.items) visit(shape.items, path, notes);
  if (typeof shape.additionalProperties === "object") visit(shape.additionalProperties, path, notes);
  const properties = Object.entries(shape.properties ?? {});
  const part = path.length === 0 ? null : partOf(properties.map(([name]) => name));
  for (const [name, inner] of properties) {
    const found = wordsFor({ path, part, kind: shape.properties?.["type"]?.const }, name);
    if (found) {
      notes.used.add(found.entry);
      [inner.description] = found.words;
      inner.examples = [found.words[1]];
    } else notes.missing.add([...path, name].join("."));
    visit(inner, [...path, name], notes);
  }
}

let described: Described | undefined;

/** The manifest's JSON Schema with words and an example at every field, as editors show them. */
export function describedSchema(): Described {
  if (described) return described;
  const schema = structuredClone(manifestShape());
  const notes = { missing: new Set<string>(), used: new Set<string>() };
  visit(schema, [], notes);
  const entries = [
    ...Object.keys(WORDS),
    ...Object.keys(OF_A_WRITE).map((name) => `a write: ${name}`),
    ...PARTS.flatMap((part) => Object.keys(part.words).map((name) => `${part.name}: ${name}`)),
  ];
  described = { schema, missing: [...notes.missing], unused: entries.filter((entry) => !notes.used.has(entry)) };
  return described;
}
