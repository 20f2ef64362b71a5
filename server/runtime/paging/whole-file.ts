import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { AppError } from "#server/lib/errors";
import { keepOpen, takeOpen } from "../files/open-readers";
import type { RowReader } from "../files/row-reader";
import type { ObjectSpec } from "../manifest";
import { checkColumns } from "../page-list";
import { allIdentified, takeRecords } from "../page-records";
import { changesFrom } from "../pages";
import { isMarkup } from "../protocols/codec";
import type { Reply, Send } from "../send";
import type { Source, SourcePage } from "../source";
import { fetched, readerOf } from "./export-file";
import type { WholeFile } from "./export-schema";
import { plainRequest } from "./request";

const State = z.strictObject({
  /** Rows that were read, and what they come to: a file that is fetched again has to begin with the same ones. */
  row: z.number().int(),
  seen: z.string(),
  startedAt: z.iso.datetime().nullable(),
  /** How often it was begun anew because it had changed meanwhile. */
  again: z.number().int(),
});
type State = z.infer<typeof State>;
const START: State = { row: 0, seen: "", startedAt: null, again: 0 };
const PREFIX = "file:";
const MOST_AGAIN = 5;
/** Stands in for the source's clock, as for pages. */
const CLOCK_DOUBT_MS = 120_000;

export const isFileCursor = (text: string): boolean => text.startsWith(PREFIX);

type Reading = { send: Send; name: string; spec: ObjectSpec; file: WholeFile; nowMs: () => number };
type Open = { reader: RowReader; reply: Reply; close(): void };

function parse(text: string | null): State {
  if (text === null || !isFileCursor(text)) return START;
  try {
    return State.parse(JSON.parse(text.slice(PREFIX.length)));
  } catch (cause) {
    throw new AppError("platform_error", "The stream's cursor cannot be read; reset the stream to read everything anew.", { cause });
  }
}

const written = (state: State): string => PREFIX + JSON.stringify(state);

const sumOf = (before: string, rows: readonly unknown[]): string =>
  createHash("sha256").update(before).update(JSON.stringify(rows)).digest("base64url");

/** The file, from its first row on. */
async function openFile({ send, name, spec, file }: Reading, signal?: AbortSignal): Promise<Open> {
  const reply = await fetched({ send, name, job: file }, plainRequest(file.request, file.protocol), signal);
  if (reply.expired) throw new AppError("provider_invalid_response", `${name} has no file at ${reply.facts.path} (${reply.facts.status}).`);
  const { reader } = readerOf({ name, spec, job: file }, reply);
  return { reader, reply, close: reader.close };
}

/** Passes over what was read before. False when it is not the same any more. */
async function passOver({ reader }: Open, { row, seen }: State, size: number, signal?: AbortSignal): Promise<boolean> {
  let sum = "";
  for (let left = row; left > 0; ) {
    const { rows, ended } = await reader.read(Math.min(size, left), signal);
    sum = sumOf(sum, rows);
    left -= rows.length;
    if (ended && left >= 0) return false; // what was read was not the end
  }
  return sum === seen;
}

/** It has changed while it was read: from its first row once more. Throws when it never stays the same. */
function anew(name: string, { again }: State, { facts }: Reply): SourcePage {
  if (again >= MOST_AGAIN)
    throw new AppError("provider_invalid_response", `${name}'s file changes faster than it can be read, ${MOST_AGAIN} times in a row.`);
  const nothing = { records: [], faults: [], deleted: [], total: null, done: false, facts };
  return { ...nothing, scan: { first: false, trusted: true }, cursor: written({ ...START, again: again + 1 }) };
}

/** What is read next time: what has changed since the file was asked for, where that can be asked; else the file again. */
function afterAll(spec: ObjectSpec, startedAt: string): string {
  const { changes, deletes } = spec;
  if (!changes || changes.token) return written(START);
  const again = changes.rereadMs !== undefined || deletes?.by === "scan" ? { fullAt: startedAt } : {};
  return JSON.stringify({ ...changesFrom(spec, changes, startedAt), ...again });
}

/**
 * Reads an object from one file that is always there, of any size, in pages of rows. It is gone on with where it stands as long as it is
 * open in this process; else it is fetched again, and gone on with only where it begins with what was read before.
 */
export function wholeFile({ reader: who = randomUUID(), ...reading }: Reading & { reader?: string | undefined }): Source {
  const { name, spec, file, nowMs } = reading;
  const placeOf = (state: State): string => JSON.stringify([who, "file", state.row, state.seen]);

  const rowsFrom = async (open: Open, state: State, signal?: AbortSignal): Promise<SourcePage> => {
    const { rows, ended, bytes } = await open.reader.read(file.pageRows, signal);
    checkColumns(name, file.protocol, { columns: open.reader.columns() }, spec.id);
    const size = open.reply.file ? bytes : open.reply.facts.bytes;
    const taken = takeRecords(rows, spec, { bytes: size, suspicious: true, markup: isMarkup(file.protocol) });
    const date = Date.parse(open.reply.headers["date"] ?? "");
    const startedAt = state.startedAt ?? new Date(Number.isNaN(date) ? nowMs() - CLOCK_DOUBT_MS : date).toISOString();
    const next: State = { ...state, row: state.row + rows.length, seen: sumOf(state.seen, rows), startedAt };
    if (ended) open.close();
    else keepOpen(placeOf(next), open);
    const scan = { first: state.row === 0, trusted: allIdentified(taken.faults) };
    const page = { ...taken, scan, total: null, facts: { ...open.reply.facts, bytes: size } };
    return ended ? { ...page, done: true, cursor: afterAll(spec, startedAt) } : { ...page, done: false, cursor: written(next) };
  };

  return {
    async readPage(text, signal): Promise<SourcePage> {
      const state = parse(text);
      const known = state.row === 0 ? null : takeOpen<Open>(placeOf(state));
      const open = known ?? (await openFile(reading, signal));
      try {
        const same = known !== null || (await passOver(open, state, file.pageRows, signal));
        if (same) return await rowsFrom(open, state, signal);
        open.close();
        return anew(name, state, open.reply);
      } catch (error) {
        open.close();
        throw error;
      }
    },
  };
}
