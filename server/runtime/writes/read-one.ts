import { AppError } from "#server/lib/errors";
import type { Manifest } from "../manifest";
import { takeRecords } from "../page-records";
import { specOf } from "../pages";
import { at } from "../paths";
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

/** How one record of an object is asked for: as the manifest says, or as its list of ids is followed. Null: it cannot be. */
export function oneOf(manifest: Manifest, object: string): One | null {
  const { one, get } = specOf(manifest, object);
  if (one) return one;
  return get ? { request: get.request, record: get.record, none: [{ status: 404 }, { status: 410 }] } : null;
}

/** One record by its id, as a listing would give it; null when there is none (any more). */
export async function readOne(
  { send, manifest, config = {} }: Reading,
  object: string,
  id: string,
  signal?: AbortSignal,
): Promise<SourceRecord | null> {
  const spec = specOf(manifest, object);
  const one = oneOf(manifest, object);
  if (!one) throw new AppError("config_invalid", `${manifest.name} does not give out a single "${object}".`);
  const protocol = spec.protocol ?? manifest.http.protocol;
  const request = fillCall(one.request, { values: { id }, config }, protocol);
  const reply = await send({ ...request, ends: one.none }, signal);
  if (reply.ended || meansNone(one.none, reply.facts.status, reply.json)) return null;
  const value = at(reply.json, one.record);
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return null;
  const found = Array.isArray(value) ? value[0] : value;
  const { records, faults } = takeRecords([found], spec, { bytes: reply.facts.bytes, suspicious: reply.suspicious });
  if (faults[0]) throw new AppError(faults[0].code, faults[0].message);
  return records[0] ?? null;
}
