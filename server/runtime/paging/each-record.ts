import { isAppError } from "#server/lib/errors";
import type { ObjectSpec } from "../manifest";
import { type Taken, takeRecords } from "../page-records";
import { at } from "../paths";
import type { Protocol } from "../protocols/schema";
import type { Send } from "../send";
import type { SourcePage, SourceRecord } from "../source";
import { fillRequest, plainRequest } from "./request";

/**
 * Fetches each record a page names by id, a few at a time. One that is gone meanwhile is left out; one that the source
 * cannot give is held back alone. Any other trouble is the page's: it is thrown, and the page is read again.
 */
export async function eachRecord(
  send: Send,
  spec: ObjectSpec,
  protocol: Protocol,
  page: SourcePage,
  signal?: AbortSignal,
): Promise<SourcePage> {
  const { get } = spec;
  if (!get) return page;
  const one = async (listed: SourceRecord): Promise<Taken> => {
    try {
      const reply = await send(plainRequest(fillRequest(get.request, { id: listed.id }, protocol), protocol), signal);
      const value = at(reply.json, get.record);
      return takeRecords([value], spec, { bytes: reply.facts.bytes, suspicious: reply.suspicious });
    } catch (error) {
      if (!isAppError(error)) throw error;
      const status = error.details?.["status"];
      if (status === 404 || status === 410) return { records: [], faults: [], deleted: [] };
      if (error.code !== "record_invalid") throw error;
      return {
        records: [],
        deleted: [],
        faults: [{ externalId: listed.id, code: error.code, message: error.message, source: JSON.stringify(listed.value) }],
      };
    }
  };
  const got: Taken[] = new Array(page.records.length);
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < page.records.length; n = next++) got[n] = await one(page.records[n] as SourceRecord);
  };
  await Promise.all(Array.from({ length: Math.min(get.concurrency, page.records.length) }, lane));
  return {
    ...page,
    records: got.flatMap((each) => each.records),
    faults: [...page.faults, ...got.flatMap((each) => each.faults)],
    deleted: [...page.deleted, ...got.flatMap((each) => each.deleted)],
  };
}
