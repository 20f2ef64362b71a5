import { AppError, isAppError } from "#server/lib/errors";
import type { ObjectSpec } from "../manifest";
import { allIdentified, type Taken, takeRecords } from "../page-records";
import { at } from "../paths";
import { isMarkup } from "../protocols/codec";
import type { Protocol } from "../protocols/schema";
import type { Outgoing, Reply, Send } from "../send";
import type { SourcePage, SourceRecord } from "../source";
import { fieldsNamed, fillRequest, sendable } from "./fill-request";
import type { Get } from "./records-schema";
import { plainRequest } from "./request";

type Fetching = { send: Send; name: string; spec: ObjectSpec; get: Get; protocol: Protocol; signal: AbortSignal | undefined };

const NONE: Taken = { records: [], faults: [], deleted: [] };
const taken = (list: readonly unknown[], { spec, protocol }: Fetching, { facts, suspicious }: Reply): Taken =>
  takeRecords(list, spec, { bytes: facts.bytes, suspicious, markup: isMarkup(protocol) });

const lacks = (name: string, path: string) =>
  new AppError("record_invalid", `${name} does not say where the record is: its row has no "${path}".`);

/** An id as the row has it: a number is one. */
const idIn = ({ spec, get }: Fetching, { id, value }: SourceRecord): unknown => {
  const path = get.id ?? spec.id;
  const found = typeof path === "string" ? at(value, path) : id;
  return typeof found === "number" ? found : id;
};

/** The request for one row's record. Throws `record_invalid` for a row that lacks what it needs. */
function requestFor(fetching: Fetching, listed: SourceRecord): Outgoing {
  const { get, name, protocol } = fetching;
  const field = (path: string): string | number => {
    const found = sendable(at(listed.value, path));
    if (found === null) throw lacks(name, path);
    return found;
  };
  if (!get.request) {
    const path = String(field(get.address ?? "$"));
    return { method: "GET", path, absolute: true, ...(protocol.type === "json" ? {} : { protocol }) };
  }
  const named = fieldsNamed(get.request).map((one) => [one, field(one.slice("row.".length))] as const);
  const holes = { id: idIn(fetching, listed), ...Object.fromEntries(named) };
  return plainRequest(fillRequest(get.request, holes, protocol), protocol);
}

async function fetchOne(fetching: Fetching, listed: SourceRecord): Promise<Taken> {
  const { send, get, signal } = fetching;
  try {
    const request = requestFor(fetching, listed);
    const reply = await send(get.gone.length > 0 ? { ...request, ends: get.gone } : request, signal);
    if (reply.ended) return { ...NONE, deleted: [listed.id] };
    return taken([at(reply.json, get.record)], fetching, reply);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const status = error.details?.["status"];
    if (status === 404 || status === 410) return NONE;
    if (error.code !== "record_invalid") throw error;
    const source = JSON.stringify(listed.value);
    return { ...NONE, faults: [{ externalId: listed.id, code: error.code, message: error.message, source }] };
  }
}

type Batch = NonNullable<Get["batch"]>;

/**
 * Those of the records that there still are. A source may give fewer than it was asked for: those that did not come are asked for again, until none of
 * them comes.
 */
async function fetchMany(fetching: Fetching, batch: Batch, listed: readonly SourceRecord[]): Promise<Taken> {
  const ids = listed.map((one) => one.id);
  let all = NONE;
  let open = listed;
  for (;;) {
    all = joined(all, await askMany(fetching, batch, open));
    const lacking = new Set(missing(ids, all));
    if (lacking.size === 0 || lacking.size === open.length) return batch.gone ? { ...all, deleted: [...all.deleted, ...lacking] } : all;
    open = listed.filter((one) => lacking.has(one.id));
  }
}

/** What two answers brought together; of what both did, the later stands. */
const joined = (before: Taken, after: Taken): Taken => ({
  records: [...new Map([...before.records, ...after.records].map((one) => [one.id, one])).values()],
  faults: [...new Map([...before.faults, ...after.faults].map((one) => [one.externalId, one])).values()],
  deleted: [...new Set([...before.deleted, ...after.deleted])],
});

async function askMany(fetching: Fetching, batch: Batch, listed: readonly SourceRecord[]): Promise<Taken> {
  const { send, name, get, protocol, signal } = fetching;
  if (!get.request) throw new AppError("config_invalid", `${name} fetches many records at once, and does not say how.`);
  const given = { ids: listed.map((one) => idIn(fetching, one)) };
  const reply = await send(plainRequest(fillRequest(get.request, given, protocol, batch.join), protocol), signal);
  const found = at(reply.json, batch.records);
  const list = Array.isArray(found) ? found : null;
  if (!list) throw new AppError("provider_invalid_response", `${name} sent no list at "${batch.records}".`);
  return taken(
    list.map((row) => at(row, get.record)),
    fetching,
    reply,
  );
}

/** Ids of which nothing came, where each that came is known, and known by the same ids. */
function missing(ids: readonly string[], { records, faults, deleted }: Taken): string[] {
  const came = new Set([...records.map((one) => one.id), ...faults.map((one) => one.externalId), ...deleted]);
  const found = ids.filter((id) => came.has(id)).length;
  return allIdentified(faults) && found === came.size ? ids.filter((id) => !came.has(id)) : [];
}

/**
 * Fetches each record a page names by id, a few at a time or many at once. One that is gone meanwhile is left out, or
 * deleted where the manifest says that its answer means so; one that the source cannot give is held back alone. Any other trouble is the page's: it is thrown, and the page is read again.
 */
export async function eachRecord(fetching: Fetching, page: SourcePage): Promise<SourcePage> {
  const { get } = fetching;
  const { batch } = get;
  const size = batch?.size ?? 1;
  const chunks = Array.from({ length: Math.ceil(page.records.length / size) }, (_, n) => page.records.slice(n * size, (n + 1) * size));
  const got: Taken[] = new Array(chunks.length);
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < chunks.length; n = next++) {
      const chunk = chunks[n] ?? [];
      got[n] = batch ? await fetchMany(fetching, batch, chunk) : await fetchOne(fetching, chunk[0] as SourceRecord);
    }
  };
  await Promise.all(Array.from({ length: Math.min(get.concurrency, chunks.length) }, lane));
  return {
    ...page,
    records: got.flatMap((each) => each.records),
    faults: [...page.faults, ...got.flatMap((each) => each.faults)],
    deleted: [...page.deleted, ...got.flatMap((each) => each.deleted)],
  };
}
