import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { ObjectSpec } from "./manifest";
import { at } from "./paths";
import { idOf, idPaths, idWords, type RecordId } from "./record-id";
import type { SourceFault, SourceRecord } from "./source";

const MAX_DEPTH = 64;
const MAX_RECORD_BYTES = 1024 * 1024;
const FAULT_SOURCE_CHARS = 4_000;

function unfitText(text: string): string | null {
  if (text.includes("\u0000")) return "a text holds a NUL character";
  return text.isWellFormed() ? null : "a text holds half a character";
}

const TOO_DEEP = `it is nested deeper than ${MAX_DEPTH} levels`;

/** The look every value gets: depth and numbers. `Object.values` is three times as fast here as walking the names. */
function unfitShape(value: unknown, depth: number): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : "a number is too large";
  if (typeof value !== "object" || value === null) return null;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    const reason = unfitShape(inner, depth + 1);
    if (reason) return reason;
  }
  return null;
}

/** The closer look, at names and texts; the shape has passed. */
function unfitTexts(value: unknown): string | null {
  if (typeof value === "string") return unfitText(value);
  if (typeof value !== "object" || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const reason = unfitText(name) ?? unfitTexts(inner);
    if (reason) return reason;
  }
  return null;
}

/** Why a value cannot be stored as JSON, or null. */
const unfit = (value: unknown, texts: boolean): string | null => unfitShape(value, 0) ?? (texts ? unfitTexts(value) : null);

function textOf(record: unknown): string {
  try {
    return JSON.stringify(record) ?? "";
  } catch {
    return ""; // too deep to write down
  }
}

export type Taken = { records: SourceRecord[]; faults: SourceFault[]; deleted: string[] };

/** Whether the record says of itself that it is deleted: the field is what is declared, or is there at all. */
function isMarked(record: unknown, mark: { path: string; equals?: string | number | boolean | undefined }): boolean {
  const found = at(record, mark.path);
  return mark.equals === undefined ? found !== undefined && found !== null && found !== false && found !== "" : found === mark.equals;
}

/** The id of a record that says so of itself, or null. */
const deletedId = (value: unknown, { deletes, id }: ObjectSpec): string | null =>
  deletes?.by === "mark" && isMarked(value, deletes) ? idOf(value, deletes.id ?? id) : null;

const UNIDENTIFIED = "unidentified:";

/** Whether a record that could not be taken is known by an id of its own. */
export const isIdentified = (externalId: string): boolean => !externalId.startsWith(UNIDENTIFIED);

/** Whether each record of the page is known by its id, so that one that does not come is known to be missing. */
export const allIdentified = (faults: readonly SourceFault[]): boolean => faults.every((one) => !one.externalId.startsWith(UNIDENTIFIED));

const isHolder = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Makes what stands at a path a list, in place: markup writes a list of one as one, and an empty one as an empty text. */
function makeList(holder: unknown, [name = "", ...rest]: readonly string[]): void {
  if (!isHolder(holder)) return;
  if (name === "*") {
    for (const one of Object.values(holder)) makeList(one, rest);
    return;
  }
  const found = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (rest.length > 0) makeList(found, rest);
  else if (found !== undefined && found !== null && !Array.isArray(found)) holder[name] = found === "" ? [] : [found];
}

/** Makes lists of what is declared to be some. */
function makeLists(records: readonly unknown[], { fields }: ObjectSpec): void {
  const paths = fields.filter(({ type, path }) => type === "array" && path !== "$").map(({ path }) => path.split(/(?<!\\)\./));
  const names = paths.map((path) => path.map((name) => name.replaceAll("\\.", ".")));
  for (const record of records) for (const path of names) makeList(record, path);
}

/** Gives each row its id. Rows of the same content are told apart by their number among each other. */
function naming(where: RecordId): (value: unknown) => string | null {
  if (typeof where === "string" || Array.isArray(where)) return (value) => idOf(value, where);
  const seen = new Map<string, number>();
  return (value) => {
    const id = idOf(value, where);
    if (id === null) return null;
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return times === 1 ? id : `${id}-${times}`;
  };
}

type Body = {
  bytes: number;
  suspicious: boolean;
  markup?: boolean;
  /** Rows are not the records themselves (events, lists of what is then fetched): one record may come in several, and the later stands. */
  repeats?: boolean;
};

/** Why none of several rows is taken: which of them the id means, nobody can say. */
const ambiguous = (where: RecordId): string =>
  `rows of one answer have the same ${idPaths(where)
    .map((path) => `"${path}"`)
    .join(
      " and ",
    )} and differ. \`id\` must tell them apart: name more of the row (a list of paths), of records in lists inside rows the row's id as \`nested.with\` tells it, of lists below a parent \`parent: { inId: true }\`; where rows are events, say so by \`changes.record\``;

/**
 * Splits a page into records, deletions and faults. A broken record never takes its neighbours along. `text` is the body as it came: the
 * costly looks happen only when something in it calls for them. Of `markup`, declared lists are lists whatever their length. Of rows with one id that differ
 * none is taken, unless they may repeat a record (`repeats`).
 */
export function takeRecords(list: readonly unknown[], spec: ObjectSpec, body: Body): Taken {
  const records = new Map<string, SourceRecord>();
  const faults: SourceFault[] = [];
  const deleted = new Set<string>();
  if (body.markup) makeLists(list, spec);
  const named = naming(spec.id);
  const clashing = new Set<string>();
  for (const value of list) {
    const gone = deletedId(value, spec);
    if (gone !== null) {
      records.delete(gone);
      deleted.add(gone);
      continue;
    }
    const id = named(value) ?? "";
    if (clashing.has(id)) continue;
    const clashes = !body.repeats && differs(records, id, value);
    const reason = clashes ? ambiguous(spec.id) : unfitReason(id, value, spec, body);
    if (reason === null) {
      records.set(id, { id, value });
      deleted.delete(id);
      continue;
    }
    const fault = heldBack(id, value, reason);
    if (clashes) clashing.add(id);
    records.delete(id);
    faults.push(fault);
  }
  return { records: [...records.values()], faults, deleted: [...deleted] };
}

/** Whether another record came under this id. */
function differs(records: ReadonlyMap<string, SourceRecord>, id: string, value: unknown): boolean {
  const other = records.get(id);
  return other !== undefined && !isDeepStrictEqual(other.value, value);
}

/** Why a row by itself cannot be taken, or null. `id` is empty where it has none. */
function unfitReason(id: string, value: unknown, spec: ObjectSpec, body: Body): string | null {
  if (id === "") return `"${idWords(spec.id)}" is not a usable id`;
  const reason = unfit(value, body.suspicious);
  if (reason !== null) return reason;
  const large = body.bytes > MAX_RECORD_BYTES && Buffer.byteLength(textOf(value)) > MAX_RECORD_BYTES;
  return large ? `it is larger than ${MAX_RECORD_BYTES} bytes` : null;
}

function heldBack(id: string, value: unknown, reason: string): SourceFault {
  const source = textOf(value);
  return {
    // A name by content: the same broken record is the same fault on every read.
    externalId: id || `${UNIDENTIFIED}${createHash("sha256").update(source).digest("hex").slice(0, 24)}`,
    code: "record_invalid",
    message: `The record cannot be taken: ${reason}.`,
    source: source.slice(0, FAULT_SOURCE_CHARS),
  };
}
