import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#server/lib/errors";
import { advance } from "../cursor";
import { keepOpen, takeOpen } from "../files/open-readers";
import type { ObjectSpec } from "../manifest";
import { checkColumns } from "../page-list";
import { allIdentified, takeRecords } from "../page-records";
import { changesFrom } from "../pages";
import { isMarkup } from "../protocols/codec";
import type { Reply } from "../send";
import type { Source, SourcePage } from "../source";
import { type Asking, type OpenPart, openPart, pollRequest, statusOf } from "./export-file";
import { plainRequest } from "./request";
import { saidIn } from "./said";

const State = z.strictObject({
  job: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  polls: z.number().int(),
  /** Not null: the file is ready. */
  file: z.string().nullable(),
  /** Rows read of the part that is being read: the `nth` file of several, under the mark `part`. */
  row: z.number().int(),
  nth: z.number().int().optional(),
  part: z.string().optional(),
  /** For marks that run in a circle. */
  circle: z.strictObject({ mark: z.string().nullable(), steps: z.number().int(), power: z.number().int() }).optional(),
  /** How often it was begun anew because the job was gone. */
  again: z.number().int().optional(),
});
type State = z.infer<typeof State>;
const START: State = { job: null, startedAt: null, polls: 0, file: null, row: 0 };
const NO_CIRCLE = { mark: null, steps: 0, power: 1 };
/** Marks a cursor as one of a job's, beside those of listings. */
const PREFIX = "job:";
const MAX_SLEEP_MS = 5_000;
const AGAIN_MS = 600_000;
const MOST_AGAIN = 5;

export const isJobCursor = (text: string | null): boolean => text === null || text.startsWith(PREFIX);

function parse(text: string | null): State {
  if (text === null) return START;
  try {
    return State.parse(JSON.parse(text.slice(PREFIX.length)));
  } catch (cause) {
    throw new AppError("platform_error", "The stream's cursor cannot be read; reset the stream to read everything anew.", { cause });
  }
}

const written = (state: State): string => PREFIX + JSON.stringify(state);

/** A step on the way to the file: no records yet. */
const step = ({ facts }: Reply, state: State, first = false): SourcePage => ({
  ...{ records: [], faults: [], deleted: [], total: null, done: false, facts },
  scan: { first, trusted: true },
  cursor: written(state),
});

/** Where reading goes on after the last row of a part: in the next one, in the next file, or nowhere (null). */
function afterPart(state: State, { next, files }: OpenPart, name: string): State | null {
  const { part: _part, circle = NO_CIRCLE, ...rest } = state;
  if (next !== null) return { ...rest, row: 0, part: next, circle: advance(circle, next, name) };
  const nth = (state.nth ?? 0) + 1;
  return nth < files ? { ...rest, row: 0, nth } : null;
}

/** The job is gone, and the file with it: everything is asked for anew. Throws when that was of no use before. */
function begunAnew(state: State, name: string): State {
  const again = (state.again ?? 0) + 1;
  if (again > MOST_AGAIN)
    throw new AppError("provider_invalid_response", `${name}'s exports are gone before they can be read, ${MOST_AGAIN} times in a row.`);
  return { ...START, again };
}

type Jobs = Asking & { nowMs: () => number };

/** Asks for the file. */
async function begin({ send, job, name, protocol, nowMs }: Jobs, { again }: State, signal?: AbortSignal): Promise<SourcePage> {
  const reply = await send({ ...plainRequest(job.create, protocol), bare: true }, signal);
  const said = saidIn(reply, job.id);
  if (said === null) throw new AppError("provider_invalid_response", `${name} began no export: there is nothing where its id should be.`);
  const id = job.poll === undefined && URL.canParse(said, reply.url) ? new URL(said, reply.url).href : said;
  const date = Date.parse(reply.headers["date"] ?? "");
  const startedAt = new Date(Number.isNaN(date) ? nowMs() - 120_000 : date).toISOString();
  return step(reply, { ...START, ...(again === undefined ? {} : { again }), job: id, startedAt }, true);
}

/** Throws when waiting on is of no use. */
function refuse({ job, name, nowMs }: Jobs, status: string | null, startedAt: string | null): void {
  if (status === null) throw new AppError("provider_invalid_response", `${name} does not say how the export is getting on.`);
  const wait = { retryAfterMs: job.everyMs };
  if (job.failed.includes(status))
    throw new AppError("provider_unavailable", `${name} could not make the export (${status.slice(0, 100)}).`, wait);
  if (nowMs() - Date.parse(startedAt ?? "") > job.maxMs)
    throw new AppError("provider_unavailable", `${name} did not finish the export in time.`, wait);
}

/** A page of rows. The open file is kept where it stands. */
async function readRows(
  { job, spec, name }: Jobs,
  { state, open, placeOf }: { state: State; open: OpenPart; placeOf: (state: State) => string },
  signal?: AbortSignal,
): Promise<SourcePage> {
  const { rows, ended, bytes } = await open.reader.read(job.pageRows, signal);
  checkColumns(name, job.protocol, { columns: open.reader.columns() }, spec.id);
  const size = open.reply.file ? bytes : open.reply.facts.bytes;
  const taken = takeRecords(rows, spec, { bytes: size, suspicious: true, markup: isMarkup(job.protocol) });
  const scan = { first: false, trusted: allIdentified(taken.faults) };
  const page = { ...taken, scan, total: open.total, facts: { ...open.reply.facts, bytes: size } };
  const onward = ended ? afterPart(state, open, name) : { ...state, row: state.row + rows.length };
  if (ended) open.close();
  else if (onward) keepOpen(placeOf(onward), open);
  return onward ? { ...page, done: false, cursor: written(onward) } : { ...page, done: true, cursor: afterAll(spec, state) };
}

/** What is read next time: what has changed since the file was asked for, where that can be asked; else another file. */
function afterAll(spec: ObjectSpec, { startedAt }: State): string {
  const { changes, deletes } = spec;
  if (!changes || changes.token || startedAt === null) return written(START);
  // When everything was read counts only where it is read again in time.
  const again = changes.rereadMs !== undefined || deletes?.by === "scan" ? { fullAt: startedAt } : {};
  return JSON.stringify({ ...changesFrom(spec, changes, startedAt), ...again });
}

/**
 * Reads an object through a file made on demand: asks for it, waits, fetches it, gives it out in pages. The cursor knows the job and
 * the row, so that another process goes on with the same file; of a CSV or JSON lines, memory holds one piece and one page. A source
 * with the same `reader` goes on with a file that is still open here.
 */
export function exportJob({ reader: who = randomUUID(), ...asking }: Jobs & { reader?: string | undefined }): Source {
  const { send, name, job, nowMs } = asking;
  let told: { job: string; reply: Reply } | null = null;

  const poll = async (state: State & { job: string }, signal?: AbortSignal): Promise<SourcePage> => {
    if (state.polls > 0) await sleep(Math.min(job.everyMs, MAX_SLEEP_MS), undefined, signal ? { signal } : {});
    const reply = await send(pollRequest(asking, state.job), signal);
    reply.file?.destroy();
    if (reply.expired) return step(reply, begunAnew(state, name));
    const status = statusOf(job, reply);
    if (status !== null && job.ready.includes(status)) {
      told = { job: state.job, reply };
      return step(reply, { ...state, file: "" });
    }
    // A job that came to nothing is asked for anew, but not at once: until then the run waits between its tries.
    if (status !== null && job.failed.includes(status) && nowMs() - Date.parse(state.startedAt ?? "") > AGAIN_MS) return step(reply, START);
    refuse(asking, status, state.startedAt);
    return step(reply, { ...state, polls: state.polls + 1 });
  };

  const placeOf = (state: State): string => JSON.stringify([who, state.job, state.nth ?? 0, state.part ?? null, state.row]);
  const openAt = async (state: State & { job: string }, signal?: AbortSignal): Promise<OpenPart | { gone: Reply }> => {
    const known = takeOpen<OpenPart>(placeOf(state));
    if (known) return known;
    const just = told?.job === state.job ? told.reply : null;
    told = null;
    const open = await openPart(asking, { job: state.job, nth: state.nth ?? 0, mark: state.part ?? null }, just, signal);
    if (!("gone" in open)) await open.reader.skip(state.row, signal);
    return open;
  };

  return {
    async readPage(text, signal): Promise<SourcePage> {
      const state = parse(text);
      if (state.job === null) return begin(asking, state, signal);
      const at = { ...state, job: state.job };
      if (state.file === null) return poll(at, signal);
      const open = await openAt(at, signal);
      if ("gone" in open) return step(open.gone, begunAnew(state, name));
      try {
        return await readRows(asking, { state, open, placeOf }, signal);
      } catch (error) {
        open.close();
        throw error;
      }
    },
  };
}
