import type { PageFacts } from "#server/db/schema/streams";
import { AppError } from "#server/lib/errors";
import type { Manifest, ObjectSpec } from "../manifest";
import { type Taken, takeRecords } from "../page-records";
import { at } from "../paths";
import { isMarkup } from "../protocols/codec";
import { specOf } from "../read-plan";
import { idValue } from "../record-id";
import type { Send } from "../send";
import type { SourceRecord } from "../source";
import { fillCall } from "./fill";
import type { Also, One } from "./schema";

type Reading = { send: Send; manifest: Manifest; config?: Readonly<Record<string, string>> };

/** Whether an answer is one of those that mean "there is none". */
export const meansNone = (none: readonly Also[], status: number, json: unknown): boolean =>
  none.some((one) => {
    if (one.status !== status) return false;
    if (one.path === undefined) return true;
    const found = at(json, one.path);
    return one.equals === undefined ? found !== undefined && found !== null && found !== "" : found === one.equals;
  });

const NONE = [{ status: 404 }, { status: 410 }];

/** How one record is asked for by what asks for many at once; null where each stands in a wrapping of its own. */
function oneOfMany({ request, record, batch }: NonNullable<ObjectSpec["get"]>): One | null {
  if (!request || !batch || record !== "$") return null;
  const { body, ...rest } = request;
  const named = (text: string) => JSON.parse(text.replaceAll("{ids}", "{id}"));
  // A body that is asked with a list gets a list of one.
  const listed = body === undefined ? {} : { body: named(JSON.stringify(body).replaceAll('"{ids}"', '["{id}"]')) };
  return { request: { ...named(JSON.stringify(rest)), ...listed }, record: batch.records, none: NONE };
}

/**
 * How one record of an object is asked for: as the manifest says, or as its list of ids is followed. Null: it cannot be, or not without
 * knowing what it hangs on.
 */
export function oneOf(manifest: Manifest, object: string): One | null {
  const { one, get } = specOf(manifest, object);
  if (one) return one;
  if (!get?.request || /\{(?:parent|row\.)/.test(JSON.stringify(get.request))) return null;
  return get.batch ? oneOfMany(get) : { request: get.request, record: get.record, none: NONE };
}

/**
 * {@link oneOf} with what a mapping reads besides the declared fields asked for as well. Null also where that cannot be said, or
 * where records are told apart by their parents: then a listing is the only way.
 */
export function oneWith(manifest: Manifest, object: string, paths: readonly string[]): One | null {
  const spec = specOf(manifest, object);
  const one = oneOf(manifest, object);
  if (!one || spec.parent || spec.nested) return null;
  const { select } = spec;
  const known = new Set(spec.fields.map((field) => field.path));
  const more = select ? paths.filter((path) => path.startsWith(select.prefix) && !known.has(path)) : [];
  if (!select || more.length === 0) return one;
  const { name } = select.place;
  const listed = select.place.in === "query" ? one.request.query[name] : undefined;
  if (listed === undefined) return null;
  const names = [listed, ...more.map((path) => path.slice(select.prefix.length))].join(",");
  return { ...one, request: { ...one.request, query: { ...one.request.query, [name]: names } } };
}

/** What an answer for one id held: a record or a fault as a listing would give it, or the id among the deleted when there is none. */
export async function askOne(
  { send, manifest, config = {} }: Reading,
  { one, object, id }: { one: One; object: string; id: string },
  signal?: AbortSignal,
): Promise<{ taken: Taken; facts: PageFacts }> {
  const spec = specOf(manifest, object);
  const protocol = spec.protocol ?? manifest.http.protocol;
  const request = fillCall(one.request, { values: { id: idValue(spec.id, id) }, config }, protocol);
  const reply = await send({ ...request, ends: one.none }, signal);
  const { facts } = reply;
  const none = { taken: { records: [], faults: [], deleted: [id] }, facts };
  if (reply.ended || meansNone(one.none, facts.status, reply.json)) return none;
  const value = at(reply.json, one.record);
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return none;
  const found = Array.isArray(value) ? value[0] : value;
  const markup = isMarkup(request.protocol ?? protocol);
  return { taken: takeRecords([found], spec, { bytes: facts.bytes, suspicious: reply.suspicious, markup }), facts };
}

/** One record by its id, as a listing would give it; null when there is none (any more). */
export async function readOne(reading: Reading, object: string, id: string, signal?: AbortSignal): Promise<SourceRecord | null> {
  const one = oneOf(reading.manifest, object);
  if (!one) throw new AppError("config_invalid", `${reading.manifest.name} does not give out a single "${object}".`);
  const { records, faults } = (await askOne(reading, { one, object, id }, signal)).taken;
  if (faults[0]) throw new AppError(faults[0].code, faults[0].message);
  return records[0] ?? null;
}
