import { z } from "zod";
import { AppError, isAppError } from "#server/lib/errors";
import { allIdentified } from "../page-records";
import { at } from "../paths";
import type { Source, SourceFault, SourcePage, SourceRecord } from "../source";
import { sendable } from "./fill-request";

/** A record that a list hangs on, and what its ancestors fill in the requests below it. */
const Parent = z.strictObject({ id: z.string(), holes: z.record(z.string(), z.union([z.string(), z.number()])) });
export type Parent = z.infer<typeof Parent>;

/** Where reading stands: in the listing of the parents, in the parents of its page, and in the list of the first of them. */
const State = z.strictObject({
  parents: z.string().nullable(),
  /** Ids that are still to be read; the first one is being read at `child`. */
  ids: z.array(z.union([Parent, z.string().transform((id): Parent => ({ id, holes: { parent: id } }))])),
  child: z.string().nullable(),
  /** No more parents come after `ids`. */
  lastIds: z.boolean(),
  /** Parents read to the end by the last pass, and where the first of them would go on: what changed since is asked of those. */
  known: z.array(z.string()).default([]),
  resume: z.string().nullable().default(null),
  /** The same of this pass. */
  read: z.array(z.string()).default([]),
  /** Whether any parent of this pass has the list. */
  some: z.boolean().default(false),
  end: z.string().nullable().default(null),
  /** Only parents that changed are asked in this pass; and when all of them were, last. */
  partial: z.boolean().default(false),
  fullAt: z.string().nullable().default(null),
  /** Rows of one of these lists may have moved between its pages. */
  moving: z.boolean().default(false),
});
type State = z.infer<typeof State>;
const FRESH = { known: [], resume: null, read: [], some: false, end: null, partial: false, fullAt: null, moving: false };
const START: State = { parents: null, ids: [], child: null, lastIds: false, ...FRESH };
/** Parents beyond these are not remembered, and their lists are read whole every time. */
const MAX_KNOWN = 2_000;

/** Where the next pass begins: with all parents, or with those that changed since this one began to read them. */
function after({ read, end, parents, fullAt }: State, { changed, nowMs }: FanOut): State {
  const next = { ...START, known: read, resume: end };
  if (!changed) return next;
  const due = fullAt === null || nowMs() - Date.parse(fullAt) >= changed.rereadMs;
  // That one of them is gone by now says nothing about the address.
  return due ? START : { ...next, parents, partial: true, some: true, fullAt };
}

/** Of a reading of some parents nothing can be said of what is gone. */
const scanned = ({ partial, moving }: State, scan: NonNullable<SourcePage["scan"]>): Pick<SourcePage, "scan"> =>
  partial ? {} : { scan: moving ? { ...scan, moving } : scan };

/** What the end of one parent's list leaves behind. The first one to be read began earliest: from there nothing is missed. */
function remembered(state: State, { id }: Parent, cursor: string): Pick<State, "read" | "end" | "some"> {
  const read = state.read.length < MAX_KNOWN ? [...state.read, id] : state.read;
  return { read, end: state.end ?? cursor, some: true };
}

function parse(text: string | null): State {
  if (text === null) return START;
  try {
    return State.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("platform_error", "The stream's cursor cannot be read; reset the stream to read everything anew.", { cause });
  }
}

export type FanOut = {
  parents: Source;
  /** Key of the parents' object: `{parent_<key>}` is their id wherever lists hang further down. */
  each: string;
  /** The parents' id as it is: a number is one. */
  idOf: (record: SourceRecord) => string | number;
  /** Fields of them that requests name: `parent.key`, `parent_<each>.key`. */
  fields: readonly string[];
  /** Where what is in a list moves its parent's change time: so often all parents are asked, and else those that changed. */
  changed?: { rereadMs: number } | undefined;
  nowMs: () => number;
  childOf: (parent: Parent) => Source;
};

/**
 * Reads a list for each record of another object. A step is one page of a parent's list, or one page of parents. All
 * parents are asked on every pass, unless their own changes tell which of them have something new (`changed`). A parent whose list was read before is asked for
 * what changed since, where its list can tell; a new one for everything. One that is gone, or has no such list,
 * is passed over; where that is not declared (`parent.skip`), that none of them has one is an error.
 */
export function fanOut(fan: FanOut): Source {
  return {
    async readPage(text, signal): Promise<SourcePage> {
      const state = parse(text);
      const [parent] = state.ids;
      return parent === undefined ? parentsPage(fan, state, signal) : childPage(fan, state, parent, signal);
    },
  };
}

/** What a record fills in requests for what hangs on it: its own id, without that of its parent, and fields. Text: the field it lacks. */
function holesOf({ each, idOf, fields }: FanOut, record: SourceRecord): Parent["holes"] | string {
  const own = idOf(record);
  const above = Object.entries(record.under?.holes ?? {}).filter(([name]) => !name.startsWith("parent."));
  const holes: Parent["holes"] = { ...Object.fromEntries(above), parent: own, [`parent_${each}`]: own };
  for (const name of fields) {
    const path = name.slice(name.indexOf(".") + 1);
    const value = sendable(at(record.value, path));
    if (value === null) return path;
    holes[name] = value;
  }
  return holes;
}

/** A parent whose list cannot be asked for. */
const lacking = ({ id, value }: SourceRecord, field: string): SourceFault => ({
  externalId: id,
  code: "record_invalid",
  message: `What hangs on the record cannot be asked for: it has no "${field}".`,
  source: JSON.stringify(value).slice(0, 4_000),
});

async function parentsPage(fan: FanOut, state: State, signal: AbortSignal | undefined): Promise<SourcePage> {
  const page = await fan.parents.readPage(state.parents, signal);
  const found = page.records.map((record) => ({ record, holes: holesOf(fan, record) }));
  const ids = found.flatMap(({ record: { id }, holes }) => (typeof holes === "string" ? [] : [{ id, holes }]));
  const faults = [...page.faults, ...found.flatMap(({ record, holes }) => (typeof holes === "string" ? [lacking(record, holes)] : []))];
  const done = page.done && ids.length === 0;
  const fullAt = state.parents === null ? new Date(fan.nowMs()).toISOString() : state.fullAt;
  // Of parents that are read page by page one may be passed over, with all that hangs on it.
  const moving = state.moving || !page.done;
  const led: State = { ...state, parents: page.cursor, ids, child: null, lastIds: page.done, fullAt, moving };
  const next = done ? after(led, fan) : led;
  const scan = { first: state.parents === null, trusted: allIdentified(page.faults) && ids.length === page.records.length };
  const told = { records: [], faults, deleted: [], total: null, facts: page.facts, ...scanned(led, scan) };
  return { ...told, done, cursor: JSON.stringify(next) };
}

const GONE = new Set<unknown>([404, 410]);

/** The next step after a parent without the list. That it may not be seen any more proves nothing of the records that were in it. */
function passOver(fan: FanOut, state: State, { facts }: Pick<SourcePage, "facts">): { page: SourcePage; last: boolean } {
  const next: State = { ...state, ids: state.ids.slice(1), child: null };
  const done = next.ids.length === 0 && next.lastIds;
  const cursor = JSON.stringify(done ? after(next, fan) : next);
  const scan = scanned(state, { first: false, trusted: GONE.has(facts.status) });
  return { page: { records: [], faults: [], deleted: [], ...scan, total: null, facts, done, cursor }, last: done };
}

/** A parent that was there a moment ago and answers that it is not. Throws when no parent of this pass has the list: its address is wrong. */
function gone(fan: FanOut, state: State, error: unknown): SourcePage {
  const status = isAppError(error) ? error.details?.["status"] : undefined;
  const absent = isAppError(error) && error.code === "provider_invalid_response" && GONE.has(status);
  if (!absent || state.child !== null) throw error;
  const facts = { method: "GET", path: "a list that is gone", status: Number(status), ms: 0, bytes: 0, retries: 0 };
  const { page, last } = passOver(fan, state, { facts });
  if (last && !state.some) throw error;
  return page;
}

async function childPage(fan: FanOut, state: State, parent: Parent, signal: AbortSignal | undefined): Promise<SourcePage> {
  const start = state.known.includes(parent.id) ? state.resume : null;
  let page: SourcePage;
  try {
    page = await fan.childOf(parent).readPage(state.child ?? start, signal);
  } catch (error) {
    return gone(fan, state, error);
  }
  if (page.absent) return passOver(fan, { ...state, some: true }, page).page;
  // What changed proves nothing of what is gone.
  const { scan: whole, ...rest } = page;
  const read = { ...state, moving: state.moving || whole?.moving === true };
  const scan = scanned(read, { first: false, trusted: whole !== undefined && allIdentified(page.faults) });
  const step = (next: State, done: boolean): SourcePage => ({ ...rest, ...scan, total: null, done, cursor: JSON.stringify(next) });
  if (!page.done) return step({ ...read, child: page.cursor }, false);
  const next: State = { ...read, ...remembered(state, parent, page.cursor), ids: state.ids.slice(1), child: null };
  const done = next.ids.length === 0 && next.lastIds;
  return step(done ? after(next, fan) : next, done);
}
