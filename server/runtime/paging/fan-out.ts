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
});
type State = z.infer<typeof State>;
const START: State = { parents: null, ids: [], child: null, lastIds: false };

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
 * parents are read on every pass: which of them have something new, nobody says.
 */
export function fanOut(parents: Source, childOf: (parent: string) => Source): Source {
  return {
    async readPage(text, signal): Promise<SourcePage> {
      const state = parse(text);
      const [parent] = state.ids;
      if (parent === undefined) {
        const page = await parents.readPage(state.parents, signal);
        const ids = page.records.map((record) => record.id);
        const done = page.done && ids.length === 0;
        const next: State = done ? START : { parents: page.cursor, ids, child: null, lastIds: page.done };
        const scan = { first: text === null || text === JSON.stringify(START), trusted: allIdentified(page.faults) };
        return { records: [], faults: page.faults, deleted: [], scan, total: null, facts: page.facts, done, cursor: JSON.stringify(next) };
      }
      const page = await childOf(parent).readPage(state.child, signal);
      const ids = page.done ? state.ids.slice(1) : state.ids;
      const done = page.done && ids.length === 0 && state.lastIds;
      const next: State = done ? START : { ...state, ids, child: page.done ? null : page.cursor };
      const scan = { first: false, trusted: allIdentified(page.faults) };
      return { ...page, scan, total: null, done, cursor: JSON.stringify(next) };
    },
  };
}
