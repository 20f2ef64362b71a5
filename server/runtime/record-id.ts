import { createHash } from "node:crypto";
import { z } from "zod";
import { Path } from "./auth/parts";
import { at } from "./paths";

/** Where an id stands: at a path, or in parts at several, which are joined. */
export const IdPath = z.union([Path, z.array(Path).min(2).max(6)]);
export type IdPath = z.output<typeof IdPath>;

/**
 * What tells a record apart: one id, several values together (an order and the position in it), or, where it has nothing of the
 * kind, all that is in it.
 */
export const RecordId = z.union([IdPath, z.strictObject({ hash: z.literal(true) })]);
export type RecordId = z.output<typeof RecordId>;

const MAX_ID = 500;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether a text may be a record's id. */
export const isUsableId = (id: string): boolean => id !== "" && id.length <= MAX_ID && !CONTROL.test(id) && id.isWellFormed();

/** A value as a part of an id, or null when it is none. A number beyond 2^53 has lost digits and is none. */
function partOf(value: unknown): string | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === "string" ? value : null;
}

/** One text for several parts, from which they can be had again: `4711|10`. */
export const joinId = (parts: readonly string[]): string => parts.map((part) => part.replace(/[%|]/g, encodeURIComponent)).join("|");

/** What the holes of a request get for an id: itself, or its parts (`{id.0}`). */
export const idValue = (where: RecordId, id: string): string | string[] =>
  Array.isArray(where) ? id.split("|").map((part) => part.replace(/%(25|7C)/g, decodeURIComponent)) : id;

/** The same for everything that is the same, in whatever order its names stand. */
function plainText(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(plainText).join(",")}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${plainText((value as Record<string, unknown>)[name])}`).join(",")}}`;
}

function hashOf(record: unknown): string | null {
  if (typeof record !== "object" || record === null) return null;
  try {
    return createHash("sha256").update(plainText(record)).digest("hex").slice(0, 32);
  } catch {
    return null; // nested too deeply to be taken at all
  }
}

/** The record's id as text, or null when it has none. */
export function idOf(record: unknown, where: RecordId): string | null {
  if (typeof where === "object" && "hash" in where) return hashOf(record);
  const parts = [where].flat().map((path) => partOf(at(record, path)));
  if (parts.some((part) => part === null)) return null;
  const id = typeof where === "string" ? (parts[0] ?? "") : joinId(parts as string[]);
  return isUsableId(id) ? id : null;
}

/** The paths that an id is made of; none where all of the record is. */
export const idPaths = (where: RecordId): string[] => (typeof where === "object" && "hash" in where ? [] : [where].flat());

/** An id in words. */
export const idWords = (where: RecordId): string => idPaths(where).join(" and ") || "hash";
