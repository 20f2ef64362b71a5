import { compileMapping, type Mapped } from "#server/mapping/compile";
import { invertMapping } from "#server/mapping/invert";
import { compileReader, compileWriter } from "#server/mapping/paths";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import { type Ways, type Writable, waysBack } from "#server/mapping/ways-back";
import type { ModelField } from "../models/schema";

type Data = Record<string, unknown>;
type Given = { fields: readonly FieldMapping[]; model: readonly ModelField[]; spec: Writable };

/** A record's values by the keys of the model's fields; null for what is not there. */
export type Flat = Record<string, unknown>;

export type WayBack = Ways & {
  /** Ours, or a mapped record, by fields of the mapping. */
  flat(data: Data): Flat;
  /** These keys and those that are written with them. */
  widen(keys: readonly string[]): string[];
  /** The third party's fields for these of ours. */
  toTheirs(data: Data, keys: readonly string[]): Mapped;
  /** What a record of the third party says of these keys, in the model's terms; a field that it does not show, or that does not fit, is left out. */
  fromTheirs(source: unknown, keys: readonly string[]): Flat;
  /** The parts of a record at the third party that are written for these keys; null for what is not there. */
  parts(source: unknown, keys: readonly string[]): Data;
  /** What stands at a root. */
  at(source: Data, root: string): unknown;
  /** Values by root as data of the third party. */
  placed(values: ReadonlyMap<string, unknown>): Data;
  /** A field of the model that is written at this place there; the place itself when there is none. */
  keyAt(path: string): string;
  /** `data` with these values put in at their keys. */
  merged(data: Data, values: Flat): Data;
};

/** The fields of ours in which two states differ. */
export const differing = (one: Flat, other: Flat, keys: readonly string[]): string[] =>
  keys.filter((key) => keyOf(one[key] ?? null) !== keyOf(other[key] ?? null));

/** Compiles the way back of a mapping in force; see {@link WayBack}. */
export function compileWayBack(given: Given): WayBack {
  const ways = waysBack(given);
  const inverted = new Map(invertMapping(given.fields).fields.map((field) => [field.from ?? "", field]));
  const forth = new Map(given.fields.map((field) => [field.target, { ...field, required: false, onError: "null" as const }]));
  const lenient = given.model.map((field) => ({ ...field, required: false }));
  const readers = new Map(given.fields.map(({ target }) => [target, compileReader(target)]));
  const byKey = new Map(ways.back.map((one) => [one.key, one]));
  const compiled = new Map<string, ReturnType<typeof compileMapping>>();
  const once = (name: string, make: () => ReturnType<typeof compileMapping>) => {
    const known = compiled.get(name) ?? make();
    compiled.set(name, known);
    return known;
  };
  const places = new Map(ways.back.map(({ key, path }) => [key, compileReader(path)]));
  const rootsOf = (keys: readonly string[]) => [...new Set(keys.flatMap((key) => byKey.get(key)?.root ?? []))];
  return {
    ...ways,
    flat: (data) => Object.fromEntries([...readers].map(([key, read]) => [key, read(data) ?? null])),
    widen(keys) {
      const roots = rootsOf(keys);
      return ways.back.filter(({ root }) => roots.includes(root)).map(({ key }) => key);
    },
    toTheirs(data, keys) {
      const fields = () => keys.flatMap((key) => inverted.get(key) ?? []);
      return once(`back ${keys.join()}`, () => compileMapping(fields(), [])).apply(data);
    },
    fromTheirs(source, keys) {
      const shown = keys.filter((key) => places.get(key)?.(source) !== undefined);
      const fields = () => shown.flatMap((key) => forth.get(key) ?? []);
      const mapped = once(`forth ${shown.join()}`, () => compileMapping(fields(), lenient)).apply(source);
      if (!mapped.ok) return {};
      const faulty = new Set(mapped.notes.map((note) => note.field));
      const told = shown.filter((key) => !faulty.has(key));
      return Object.fromEntries(told.map((key) => [key, readers.get(key)?.(mapped.data) ?? null]));
    },
    parts(source, keys) {
      const parts: Data = {};
      for (const root of rootsOf(keys)) compileWriter(root)(parts, compileReader(root)(source) ?? null);
      return parts;
    },
    at: (source, root) => compileReader(root)(source),
    placed(values) {
      const data: Data = {};
      for (const [root, value] of values) compileWriter(root)(data, value);
      return data;
    },
    keyAt: (path) => ways.back.find((one) => one.path === path || one.root === path)?.key ?? path,
    merged(data, values) {
      const next = structuredClone(data);
      for (const [key, value] of Object.entries(values)) compileWriter(key)(next, value);
      return next;
    },
  };
}
