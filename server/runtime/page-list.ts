import { isNearly } from "#server/lib/did-you-mean";
import { AppError } from "#server/lib/errors";
import type { Cursor } from "./cursor";
import type { ObjectSpec } from "./manifest";
import type { Nested } from "./paging/records-schema";
import type { Query } from "./paging/request";
import { tableRecords } from "./paging/table";
import { at, put, textAt } from "./paths";
import { isMarkup } from "./protocols/codec";
import { hasRows } from "./protocols/rows";
import type { Protocol } from "./protocols/schema";
import type { Plan } from "./read-plan";
import { idOf, idPaths, type RecordId } from "./record-id";
import type { Reply } from "./send";

const invalid = (message: string) => new AppError("provider_invalid_response", message);

/** Throws for rows that cannot be records: a sentence is a line of names as well, and there is no id among them. */
export function checkColumns(name: string, protocol: Protocol, json: unknown, id: RecordId): void {
  const columns = protocol.type === "csv" && protocol.columns === undefined ? at(json, "columns") : undefined;
  if (!Array.isArray(columns)) return;
  const row = Object.fromEntries(columns.map((one) => [one, ""]));
  const missing = idPaths(id).find((path) => at(row, path) === undefined);
  if (missing !== undefined)
    throw invalid(`${name} sent rows without a column "${missing}", but with ${columns.slice(0, 5).join(", ").slice(0, 200)}.`);
}

const PARENT = /(?<!\\)\.(?:\\.|[^.])+$/;
const holderOf = (json: unknown, path: string): unknown => (path.includes(".") ? at(json, path.replace(PARENT, "")) : json);

/** What a left-out list means: that there is none, where whatever holds it is there and no error is told. */
function leftOut({ errorText }: Plan, json: unknown, path: string, markup: boolean): boolean {
  // Of what is in each of some entries, the entries are the list.
  const list = path.replace(/\.\*(?:\..*)?$/, "");
  const holder = holderOf(json, list);
  if (errorText !== null && textAt(json, errorText) !== null) return false;
  return (typeof holder === "object" && holder !== null) || (markup && holder === "");
}

/**
 * The list that was surely meant where none stands at a path: beside it, of the same name but for a letter or its case, with rows that have the record's
 * id and another of its fields. Null: the list may just have been left out, for other lists stand beside many.
 */
function meantList(holder: unknown, path: string, { id, fields }: ObjectSpec, markup: boolean): string | null {
  if (typeof holder !== "object" || holder === null || Array.isArray(holder)) return null;
  const name = path.split(/(?<!\\)\./).at(-1) ?? path;
  const others = fields.filter((field) => !idPaths(id).includes(field.path));
  const isRecord = (row: unknown) =>
    typeof row === "object" &&
    row !== null &&
    idOf(row, id) !== null &&
    (others.length === 0 || others.some((field) => at(row, field.path) !== undefined));
  const meant = Object.entries(holder).find(([beside, value]) => {
    const [row] = Array.isArray(value) ? value : markup ? [value] : [];
    return isNearly(name, beside) && isRecord(row);
  });
  return meant?.[0] ?? null;
}

/** The records of an object that holds each under its key, as a list; an empty list is what some say where there are none. */
function unkeyed(found: unknown, name: string | undefined): unknown {
  if (name === undefined || typeof found !== "object" || found === null || Array.isArray(found)) return found;
  return Object.entries(found).map(([key, one]) =>
    typeof one === "object" && one !== null ? { ...one, [name]: key } : { [name]: key, value: one },
  );
}

/** Where a path leads through an element of any name, the one list it leads to; elsewhere it leads into each list of a list. */
function oneList({ name }: Plan, { records, protocol }: Query, found: readonly unknown[]): readonly unknown[] {
  if (isMarkup(protocol) && found.length === 1 && Array.isArray(found[0])) return found[0];
  throw invalid(`${name} sent lists inside a list at "${records}", and not one: \`records\` is the outer list, \`nested\` the inner ones.`);
}

function checkRows(plan: Plan, query: Query, { json }: Reply): void {
  const { id } = query === plan.deletes ? feedOf(plan.spec) : plan.spec;
  if (query.changes?.record === undefined) checkColumns(plan.name, query.protocol, json, id);
}

/** Throws where another list than the one that was looked for stands beside its place. */
function refuseOther(plan: Plan, query: Query, { json }: Reply, markup: boolean): void {
  const { records: path, nested, changes } = query;
  const rowsAreRecords = !nested && changes?.record === undefined && !plan.spec.table && query !== plan.deletes;
  const meant = rowsAreRecords ? meantList(holderOf(json, path), path, plan.spec, markup) : null;
  if (meant !== null) throw invalid(`${plan.name} sent no list at "${path}", and one at "${meant}" beside it: is that the one?`);
}

/** The list of an answer. Markup writes a list of one as one, and leaves an empty one out; JSON does so where it is declared. */
export function listOf(plan: Plan, query: Query, reply: Reply): readonly unknown[] {
  const { records: path } = query;
  const found = unkeyed(at(reply.json, path), query === plan.deletes ? undefined : plan.spec.keyedBy);
  if (Array.isArray(found)) {
    checkRows(plan, query, reply);
    return path.includes("*") && found.some(Array.isArray) ? oneList(plan, query, found) : found;
  }
  const none = found === undefined || found === null || found === "";
  const markup = isMarkup(query.protocol);
  if (markup && !none) return [found];
  const mayLack = (markup || plan.spec.leavesOutEmpty) && !hasRows(query.protocol);
  if (none && mayLack) refuseOther(plan, query, reply, markup);
  if (none && mayLack && leftOut(plan, reply.json, path, markup)) return [];
  throw invalid(`${plan.name} sent no list at "${path}".`);
}

/** The object as its list of deletions shows it: ids, and nothing to take. */
export function feedOf(spec: ObjectSpec): ObjectSpec {
  if (spec.deletes?.by !== "feed") return spec;
  const { id, records } = spec.deletes;
  return { ...spec, id, records };
}

/** What stands in the list of one row. */
function insideOf(row: unknown, { list, leavesOutEmpty }: Nested, { name }: Plan, markup: boolean): readonly unknown[] {
  const found = at(row, list);
  if (Array.isArray(found)) return found;
  const none = found === undefined || found === null || found === "";
  if (markup && !none) return [found];
  if (none && (markup || leavesOutEmpty)) return [];
  throw invalid(`${name} sent no list at "${list}" of a row; where an empty one is left out, say \`leavesOutEmpty: true\`.`);
}

/** A record with what it is told of its row. */
function toldOf(value: unknown, row: unknown, told: readonly [string, string][], name: string): unknown {
  if (told.length === 0) return value;
  if (typeof value !== "object" || value === null) throw invalid(`${name} sent a row whose list does not hold records.`);
  const whole = structuredClone(value) as Record<string, unknown>;
  for (const [path, from] of told) put(whole, path, at(row, from) ?? null);
  return whole;
}

/** The records that a list's rows are, tell of, or hold: in a list of their own, or as cells. */
export function valuesOf(list: readonly unknown[], plan: Plan, query: Query, cursor: Cursor, reply: Reply): readonly unknown[] {
  const { spec, name } = plan;
  const { nested, changes, pagination } = query;
  const record = changes?.record;
  const shown = (value: unknown) => (record === undefined ? value : at(value, record));
  if (nested) {
    const told = Object.entries(nested.with);
    return list.flatMap((row) => insideOf(row, nested, plan, isMarkup(query.protocol)).map((one) => toldOf(shown(one), row, told, name)));
  }
  if (record !== undefined) return list.map(shown);
  if (!spec.table) return list;
  const first = "first" in pagination ? pagination.first : 0;
  return tableRecords(list, spec.table, { name, json: reply.json, from: Number(cursor.page ?? first) });
}

/** The rows of a list of deletions that are some. */
export function deletedAmong(list: readonly unknown[], { deletes }: ObjectSpec): readonly unknown[] {
  const where = deletes?.by === "feed" ? deletes.where : undefined;
  return where ? list.filter((row) => at(row, where.path) === where.equals) : list;
}
