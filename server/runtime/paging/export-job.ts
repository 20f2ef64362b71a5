import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#server/lib/errors";
import type { ExportJob, ObjectSpec } from "../manifest";
import { checkColumns } from "../page-list";
import { allIdentified, takeRecords } from "../page-records";
import { changesFrom } from "../pages";
import { at, textAt } from "../paths";
import { isMarkup } from "../protocols/codec";
import type { Protocol } from "../protocols/schema";
import type { Outgoing, Reply, Send } from "../send";
import type { Source, SourcePage } from "../source";
import { fillRequest, plainRequest } from "./request";

const State = z.strictObject({
  job: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  polls: z.number().int(),
  /** Set once the file is ready: its address or name ("" when none is told), and the rows read of it. */
  file: z.string().nullable(),
  row: z.number().int(),
});
type State = z.infer<typeof State>;
const START: State = { job: null, startedAt: null, polls: 0, file: null, row: 0 };
/** Marks a cursor as one of a job's, beside those of listings. */
const PREFIX = "job:";
const MAX_SLEEP_MS = 5_000;
const AGAIN_MS = 600_000;
const FILE_LIMIT_BYTES = 256 * 1024 * 1024;
const FILE_TIMEOUT_MS = 300_000;

type File = { key: string; rows: readonly unknown[]; reply: Reply };

export const isJobCursor = (text: string | null): boolean => text === null || text.startsWith(PREFIX);

function parse(text: string | null): State {
  if (text === null) return START;
  try {
    return State.parse(JSON.parse(text.slice(PREFIX.length)));
  } catch (cause) {
    throw new AppError("platform_error", "The stream's cursor cannot be read; reset the stream to read everything anew.", { cause });
  }
}

/** A step on the way to the file: no records yet. */
const step = (reply: Reply, state: State): SourcePage => ({
  records: [],
  faults: [],
  deleted: [],
  scan: { first: state.polls === 0 && state.file === null, trusted: true },
  total: null,
  facts: reply.facts,
  done: false,
  cursor: PREFIX + JSON.stringify(state),
});

/**
 * Reads an object through a file made on demand: asks for it, waits, fetches it, gives it out in pages. The cursor knows the
 * job and the row, so that another process goes on with the same file. The file is held in memory while it is read.
 */
export function exportJob(
  send: Send,
  { name, spec, job, protocol, nowMs }: { name: string; spec: ObjectSpec; job: ExportJob; protocol: Protocol; nowMs: () => number },
): Source {
  let held: File | null = null;
  const create = async (signal?: AbortSignal): Promise<SourcePage> => {
    const reply = await send(plainRequest(job.create, protocol), signal);
    const id = textAt(reply.json, job.id);
    if (id === null) throw new AppError("provider_invalid_response", `${name} began no export: there is nothing at "${job.id}".`);
    const date = Date.parse(reply.headers["date"] ?? "");
    return step(reply, { ...START, job: id, startedAt: new Date(Number.isNaN(date) ? nowMs() - 120_000 : date).toISOString() });
  };

  const fileOf = (json: unknown): string => {
    const file = job.file === undefined ? "" : textAt(json, job.file);
    if (file === null) throw new AppError("provider_invalid_response", `${name} says the export is ready, and gives no file.`);
    return file;
  };
  /** Throws when waiting on is of no use. */
  const refuse = (status: string | null, startedAt: string | null): void => {
    if (status === null) throw new AppError("provider_invalid_response", `${name} does not say how the export is getting on.`);
    const wait = { retryAfterMs: job.everyMs };
    if (job.failed.includes(status))
      throw new AppError("provider_unavailable", `${name} could not make the export (${status.slice(0, 100)}).`, wait);
    if (nowMs() - Date.parse(startedAt ?? "") > job.maxMs)
      throw new AppError("provider_unavailable", `${name} did not finish the export in time.`, wait);
  };
  const poll = async (state: State, signal?: AbortSignal): Promise<SourcePage> => {
    if (state.polls > 0) await sleep(Math.min(job.everyMs, MAX_SLEEP_MS), undefined, signal ? { signal } : {});
    const reply = await send(plainRequest(fillRequest(job.poll, { job: state.job ?? "" }, protocol), protocol), signal);
    const status = textAt(reply.json, job.status);
    if (status !== null && job.ready.includes(status)) return step(reply, { ...state, file: fileOf(reply.json) });
    // A job that came to nothing is asked for anew, but not at once: until then the run waits between its tries.
    if (status !== null && job.failed.includes(status) && nowMs() - Date.parse(state.startedAt ?? "") > AGAIN_MS) return step(reply, START);
    refuse(status, state.startedAt);
    return step(reply, { ...state, polls: state.polls + 1 });
  };

  const fetchFile = async (state: State, signal?: AbortSignal): Promise<File> => {
    const key = `${state.job} ${state.file}`;
    if (held?.key === key) return held;
    const file = state.file ?? "";
    const request: Outgoing = job.download
      ? plainRequest(fillRequest(job.download, { job: state.job ?? "", file }, job.protocol), job.protocol)
      : { method: "GET", path: file, absolute: true, foreignHosts: job.fileHosts };
    const reply = await send({ ...request, protocol: job.protocol, limitBytes: FILE_LIMIT_BYTES, timeoutMs: FILE_TIMEOUT_MS }, signal);
    const rows = at(reply.json, job.records);
    if (!Array.isArray(rows)) throw new AppError("provider_invalid_response", `${name} sent no rows at "${job.records}".`);
    checkColumns(name, job.protocol, reply.json, spec.id);
    held = { key, rows, reply };
    return held;
  };

  return {
    async readPage(text, signal): Promise<SourcePage> {
      const state = parse(text);
      if (state.job === null) return create(signal);
      if (state.file === null) return poll(state, signal);
      const { rows, reply } = await fetchFile(state, signal);
      const slice = rows.slice(state.row, state.row + job.pageRows);
      const taken = takeRecords(slice, spec, { bytes: reply.facts.bytes, suspicious: true, markup: isMarkup(job.protocol) });
      const scan = { first: false, trusted: allIdentified(taken.faults) };
      const page = { ...taken, scan, total: rows.length, facts: reply.facts };
      const row = state.row + slice.length;
      if (row < rows.length) return { ...page, done: false, cursor: PREFIX + JSON.stringify({ ...state, row }) };
      held = null;
      const next =
        spec.changes && !spec.changes.token
          ? JSON.stringify(changesFrom(spec, spec.changes, state.startedAt ?? ""))
          : PREFIX + JSON.stringify(START);
      return { ...page, done: true, cursor: next };
    },
  };
}
