import { z } from "zod";
import { AppError } from "#server/lib/errors";
import { allIdentified } from "../page-records";
import type { Source, SourcePage } from "../source";

/** Where reading stands: in the listing of the parents, in the parents of its page, and in the list of the first of them. */
const State = z.strictObject({
  parents: z.string().nullable(),
  /** Ids that are still to be read; the first one is being read at `child`. */
  ids: z.array(z.string()),
  child: z.string().nullable(),
  /** No more parents come after `ids`. */
  lastIds: z.boolean(),
  /** Parents read to the end by the last pass, and where the first of them would go on: what changed since is asked of those. */
  known: z.array(z.string()).default([]),
  resume: z.string().nullable().default(null),
  /** The same of this pass. */
  read: z.array(z.string()).default([]),
  end: z.string().nullable().default(null),
});
type State = z.infer<typeof State>;
const START: State = { parents: null, ids: [], child: null, lastIds: false, known: [], resume: null, read: [], end: null };
/** Parents beyond these are not remembered, and their lists are read whole every time. */
const MAX_KNOWN = 2_000;

/** Where the next pass begins. */
const after = ({ read, end }: State): State => ({ ...START, known: read, resume: end });

/** What the end of one parent's list leaves behind. The first one to be read began earliest: from there nothing is missed. */
function remembered(state: State, parent: string, cursor: string): Pick<State, "read" | "end"> {
  const read = state.read.length < MAX_KNOWN ? [...state.read, parent] : state.read;
  return { read, end: state.end ?? cursor };
}

function parse(text: string | null): State {
  if (text === null) return START;
  try {
    return State.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("platform_error", "The stream's cursor cannot be read; reset the stream to read everything anew.", { cause });
  }
}

/**
 * Reads a list for each record of another object. A step is one page of a parent's list, or one page of parents. All
 * parents are asked on every pass: which of them have something new, nobody says. A parent whose list was read before is asked for
 * what changed since, where its list can tell; a new one for everything.
 */
export function fanOut(parents: Source, childOf: (parent: string) => Source): Source {
  return {
    async readPage(text, signal): Promise<SourcePage> {
      const state = parse(text);
      const [parent] = state.ids;
      return parent === undefined ? parentsPage(parents, state, signal) : childPage(childOf(parent), state, parent, signal);
    },
  };
}

async function parentsPage(parents: Source, state: State, signal: AbortSignal | undefined): Promise<SourcePage> {
  const page = await parents.readPage(state.parents, signal);
  const ids = page.records.map((record) => record.id);
  const done = page.done && ids.length === 0;
  const next: State = done ? after(state) : { ...state, parents: page.cursor, ids, child: null, lastIds: page.done };
  const scan = { first: state.parents === null, trusted: allIdentified(page.faults) };
  return { records: [], faults: page.faults, deleted: [], scan, total: null, facts: page.facts, done, cursor: JSON.stringify(next) };
}

async function childPage(child: Source, state: State, parent: string, signal: AbortSignal | undefined): Promise<SourcePage> {
  const start = state.known.includes(parent) ? state.resume : null;
  const page = await child.readPage(state.child ?? start, signal);
  // What changed proves nothing of what is gone.
  const scan = { first: false, trusted: page.scan !== undefined && allIdentified(page.faults) };
  const step = (next: State, done: boolean): SourcePage => ({ ...page, scan, total: null, done, cursor: JSON.stringify(next) });
  if (!page.done) return step({ ...state, child: page.cursor }, false);
  const next: State = { ...state, ...remembered(state, parent, page.cursor), ids: state.ids.slice(1), child: null };
  const done = next.ids.length === 0 && next.lastIds;
  return step(done ? after(next) : next, done);
}
