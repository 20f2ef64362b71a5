import { AppError } from "#server/lib/errors";
import { heldRows, type RowReader, streamedRows } from "../files/row-reader";
import type { ObjectSpec } from "../manifest";
import { checkColumns } from "../page-list";
import { at } from "../paths";
import { hasRows } from "../protocols/rows";
import type { Protocol } from "../protocols/schema";
import type { Outgoing, Reply, Send } from "../send";
import type { ExportJob } from "./export-schema";
import { fillRequest } from "./fill-request";
import { placedIn, plainRequest } from "./request";
import { saidIn } from "./said";

/** An object's job, and how its requests go out. */
export type Asking = { send: Send; name: string; spec: ObjectSpec; job: ExportJob; protocol: Protocol };
/** A file as it is fetched, and as its rows are read. */
type FileSpec = Pick<ExportJob, "protocol" | "records" | "unpack" | "fileHosts">;
type Fetching = Pick<Asking, "send" | "name"> & { job: FileSpec };
type Holding = Pick<Asking, "name" | "spec"> & { job: FileSpec };
/** Which part is meant: of this file of the job's, under this mark; null = the first. */
export type Part = { job: string; nth: number; mark: string | null };

/** A part that is open. `next`: the mark of the part after it. `files`: of how many files this is one. `total`: rows in all. */
export type OpenPart = { reader: RowReader; reply: Reply; next: string | null; files: number; total: number | null; close(): void };

const FILE_TIMEOUT_MS = 120_000;
export const GONE = [{ status: 404 }, { status: 410 }];
const MOVED = [301, 302, 303, 307, 308].map((status) => ({ status }));

const invalid = (message: string) => new AppError("provider_invalid_response", message);

/** How the status is told: by that of HTTP itself, or by a text of the answer. */
export const statusOf = ({ status }: ExportJob, reply: Reply): string | null =>
  typeof status === "object" && "http" in status ? String(reply.facts.status) : saidIn(reply, status);

/** How one asks how a job is getting on: at an address of its own, or by its id. It may be the file itself that comes then. */
export function pollRequest({ job, protocol }: Asking, id: string): Outgoing {
  const byStatus = typeof job.status === "object" && "http" in job.status;
  const asked = job.poll
    ? plainRequest(fillRequest(job.poll, { job: id }, protocol), protocol)
    : { method: "GET" as const, path: id, absolute: true };
  const others = byStatus ? [...job.ready, ...job.failed].map(Number).filter((one) => one >= 300) : [];
  const isFile = byStatus && job.file === undefined && job.download === undefined;
  return {
    ...asked,
    bare: true,
    expired: GONE.filter(({ status }) => !others.includes(status)),
    ends: others.map((status) => ({ status })),
    ...(isFile ? { protocol: job.protocol, file: { packing: job.unpack } } : {}),
  };
}

/** Addresses or names of a ready job's files, as its answer tells them; one empty text where it tells none. */
function filesIn({ job, name }: Asking, reply: Reply): string[] {
  if (job.file === undefined) return [""];
  const where = typeof job.file === "string" ? job.file : job.file.path;
  const found = where === undefined ? undefined : at(reply.json, where);
  const given = Array.isArray(found) ? found : [saidIn(reply, job.file)];
  const files = given.filter((one): one is string => typeof one === "string" && one !== "");
  if (files.length === 0 && !Array.isArray(found)) throw invalid(`${name} says the export is ready, and gives no file.`);
  return files;
}

/** A request for a file at an address. A relative one starts from the answer that told it. */
function atAddress({ job, name }: Fetching, address: string, from: Reply): Outgoing {
  if (!URL.canParse(address, from.url)) throw invalid(`${name} gives a file at what is no address.`);
  return { method: "GET", path: new URL(address, from.url).href, absolute: true, foreignHosts: job.fileHosts };
}

/** The request for the file itself, or the answer that says that there is none any more. */
async function fileRequest(asking: Asking, id: string, file: string, told: Reply, signal?: AbortSignal): Promise<Outgoing | Reply> {
  const { job, send, protocol, name } = asking;
  if (job.download) return plainRequest(fillRequest(job.download, { job: id, file }, job.protocol), job.protocol);
  if (!job.locate) return job.file === undefined ? pollRequest(asking, id) : atAddress(asking, file, told);
  const { request, file: where } = job.locate;
  const reply = await send({ ...plainRequest(fillRequest(request, { job: id, file }, protocol), protocol), expired: GONE }, signal);
  if (reply.expired) return reply;
  const address = saidIn(reply, where);
  if (address === null) throw invalid(`${name} does not say where the file of the export is.`);
  return atAddress(asking, address, reply);
}

/** The file, also from where its address leads on to, as stores of files do. */
export async function fetched(asking: Fetching, request: Outgoing, signal?: AbortSignal): Promise<Reply> {
  const { job, send, name } = asking;
  const how = { protocol: job.protocol, file: { packing: job.unpack }, timeoutMs: request.timeoutMs ?? FILE_TIMEOUT_MS, expired: GONE };
  const reply = await send({ ...request, ...how, ends: job.fileHosts.length > 0 ? MOVED : [] }, signal);
  const { location } = reply.headers;
  if (!reply.ended || location === undefined) return reply;
  const moved = atAddress(asking, location, reply);
  if (new URL(moved.path).host === new URL(reply.url).host) throw invalid(`${name} leads from the export's file to another page.`);
  return send({ ...moved, ...how }, signal);
}

/** The rows of what came at once, or is still to come. */
export function readerOf({ job, name, spec }: Holding, reply: Reply): { reader: RowReader; rows: number | null } {
  const { host } = new URL(reply.url);
  if (reply.file && hasRows(job.protocol)) {
    const contentType = reply.headers["content-type"];
    return { reader: streamedRows(reply.file, { protocol: job.protocol, contentType, host }), rows: null };
  }
  // Of an export of nothing there is nothing to send.
  const found = reply.json === null && reply.facts.bytes === 0 ? [] : at(reply.json, job.records);
  if (!Array.isArray(found)) throw invalid(`${name} sent no rows at "${job.records}".`);
  checkColumns(name, job.protocol, reply.json, spec.id);
  return { reader: heldRows(found), rows: found.length };
}

function countIn({ job }: Asking, reply: Reply): number | null {
  const text = job.total === undefined ? null : saidIn(reply, job.total);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Opens a part of a job's file at its first row. Where the file is, is asked anew, for such addresses hold for minutes; `told` is what
 * the job said just now. The answer that says so, when there is no such job or file any more.
 */
export async function openPart(asking: Asking, part: Part, told: Reply | null, signal?: AbortSignal): Promise<OpenPart | { gone: Reply }> {
  const { job, send } = asking;
  const said = told ?? (await send(pollRequest(asking, part.job), signal));
  said.file?.destroy();
  if (said.expired) return { gone: said };
  const files = filesIn(asking, said);
  const file = files[part.nth];
  if (file === undefined) return { reader: heldRows([]), reply: said, next: null, files: files.length, total: 0, close: () => {} };
  const request = await fileRequest(asking, part.job, file, said, signal);
  if ("facts" in request) return { gone: request };
  const reply = await fetched(asking, job.parts && part.mark !== null ? placedIn(request, job.parts.place, part.mark) : request, signal);
  if (reply.expired) return { gone: reply };
  const next = job.parts ? saidIn(reply, job.parts.next) : null;
  const { reader, rows } = readerOf(asking, reply);
  const last = next === null || next === job.parts?.none;
  const only = last && files.length === 1 && part.mark === null;
  const total = countIn(asking, said) ?? (only ? rows : null);
  return { reader, reply, next: last ? null : next, files: files.length, total, close: reader.close };
}
