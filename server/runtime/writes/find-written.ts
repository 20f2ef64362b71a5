import { isAppError } from "#server/lib/errors";
import { parseMoment } from "../paging/moments";
import { at } from "../paths";
import type { Protocol } from "../protocols/schema";
import type { Send } from "../send";
import { fillCall, type Given } from "./fill";
import { writtenId } from "./result";
import type { Once } from "./schema";

type Find = Extract<Once, { by: "find" }>;

/** `none`: it is not there. `several`: more than one fits, and nobody knows which. */
export type Found = { kind: "one"; id: string; record: unknown } | { kind: "none" } | { kind: "several" };

const plain = (value: unknown): string => String(value).trim().toLowerCase();

/** Texts are compared as people would: third parties trim them and change their case. */
const same = (sent: unknown, found: unknown): boolean =>
  sent !== undefined && sent !== null && found !== undefined && found !== null && plain(sent) === plain(found);

/** How far the third party's clock may be behind ours. */
const CLOCK_DOUBT_MS = 300_000;

const isOlder = (find: Find, record: unknown, sinceMs: number): boolean => {
  if (find.createdAt === undefined) return false;
  const madeMs = parseMoment(at(record, find.createdAt));
  return Number.isFinite(madeMs) && madeMs < sinceMs - CLOCK_DOUBT_MS;
};

/** Looks for the record that an earlier attempt may have made, by what was sent. Throws what the search itself throws. */
export async function findWritten(
  send: Send,
  find: Find,
  { given, data, protocol, sinceMs }: { given: Given; data: Record<string, unknown>; protocol: Protocol; sinceMs: number },
  signal?: AbortSignal,
): Promise<Found> {
  const request = fillCall(find.request, given, protocol);
  let json: unknown;
  try {
    ({ json } = await send(request, signal));
  } catch (error) {
    if (isAppError(error) && error.details?.["status"] === 404) return { kind: "none" };
    throw error;
  }
  const list = at(json, find.records);
  const fits = (Array.isArray(list) ? list : list === undefined || list === null ? [] : [list]).filter(
    (record) =>
      Object.entries(find.match).every(([field, path]) => same(at(data, field), at(record, path))) && !isOlder(find, record, sinceMs),
  );
  if (fits.length > 1) return { kind: "several" };
  const id = fits.length === 1 ? writtenId(fits[0], find.id) : null;
  return id === null ? { kind: "none" } : { kind: "one", id, record: fits[0] };
}
