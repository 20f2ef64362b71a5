import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "#server/lib/errors";

/**
 * Where reading stands, as JSON text. A pass is `full` (the whole listing) or `changes` (from `since` on); one of changes may
 * begin with what was deleted (`deletes`). Moments are ISO text by the source's clock.
 */
const Cursor = z.strictObject({
  mode: z.enum(["full", "changes", "deletes"]),
  /** Token, number or address of the next page; null = the first page of the pass or window. */
  page: z.string().nullable(),
  since: z.string().nullable(),
  /** When the pass began; the next pass starts a lookback before it. */
  startedAt: z.string().nullable(),
  /** Rows seen since the query was last begun anew: for sources that cap a query. */
  rows: z.number().int(),
  /** Brent's cycle finder over page marks. */
  mark: z.string().nullable(),
  steps: z.number().int(),
  power: z.number().int(),
  /** Where the window of a source that answers for a bounded time ends; `last` = no further window follows in this pass. */
  until: z.string().optional(),
  last: z.boolean().optional(),
  /** Rows of the first page, and the id the page before began with: what some sources' ends are known by. */
  size: z.number().int().optional(),
  begin: z.string().optional(),
  /** How many rows the source last said that a whole reading's query has. */
  total: z.number().int().optional(),
  /** The token that this pass asks with, and the last one it was told. */
  token: z.string().optional(),
  told: z.string().optional(),
  /** How often this query was begun anew because its way on ran out. */
  again: z.number().int().optional(),
  /** Of lists that are counted by rows: what the last rows are known by, how the next ones are asked for, and how far back was looked for them. */
  tail: z.array(z.string()).optional(),
  bare: z.enum(["end", "off"]).optional(),
  back: z.number().int().optional(),
  stuck: z.number().int().optional(),
  /** The list is counted, and rows that moved between two pages would not be noticed. */
  moving: z.boolean().optional(),
  /** The second time that this query is read, for what the first time may have passed over. */
  twice: z.boolean().optional(),
  /** What was then read may have passed over some: it is read once more. */
  unsure: z.boolean().optional(),
  /** What the list of deletions told in this pass, until its changes are read. */
  gone: z.array(z.string()).optional(),
  /** When everything was last read. */
  fullAt: z.string().optional(),
});
export type Cursor = z.infer<typeof Cursor>;

const FRESH_WINDOW = { page: null, rows: 0, mark: null, steps: 0, power: 1 } as const;

/** What belongs to one query only. */
const fresh = (cursor: Cursor): Cursor => {
  const {
    size: _size,
    begin: _begin,
    total: _total,
    again: _again,
    tail: _tail,
    bare: _bare,
    back: _back,
    stuck: _stuck,
    moving,
    twice: _twice,
    ...kept
  } = cursor;
  // A whole reading is one, however many windows it has.
  return { ...kept, ...FRESH_WINDOW, ...(moving && cursor.mode === "full" ? { moving } : {}) };
};

export const fullPass = (startedAt: string | null = null): Cursor => ({ mode: "full", since: null, startedAt, ...FRESH_WINDOW });
/** Deletions are read before changes: what was deleted and came back is then among the changes, and is not deleted at all. */
export const changesPass = (since: string, deletesFirst = false): Cursor => ({
  mode: deletesFirst ? "deletes" : "changes",
  since,
  startedAt: null,
  ...FRESH_WINDOW,
});
/** What is new since the token was told. */
export const tokenPass = (token: string): Cursor => ({ mode: "changes", since: null, startedAt: null, ...FRESH_WINDOW, token });
/** What has changed, after what was deleted has been read. */
export const changesAfterDeletes = (cursor: Cursor, startedAt: string): Cursor => ({ ...fresh(cursor), mode: "changes", startedAt });
/** The same pass, asked anew from a later moment. */
export const nextWindow = (cursor: Cursor, since: string): Cursor => ({ ...fresh(cursor), since });
/** The same pass, in the time after the window that has been read. */
export const windowAfter = ({ until: _until, last: _last, ...cursor }: Cursor, since: string): Cursor => nextWindow(cursor, since);

/** The same query once more. */
export const onceMore = (cursor: Cursor): Cursor => ({ ...fresh(cursor), twice: true });

/** So often one query is begun anew; whose ways run out sooner than they can be gone is not read so. */
const MOST_AGAIN = 5;

/** The same query from its first page. Throws when that was of no use before. */
export function begunAnew(cursor: Cursor, name: string): Cursor {
  const again = (cursor.again ?? 0) + 1;
  if (again > MOST_AGAIN)
    throw new AppError("provider_invalid_response", `${name}'s pages run out before they can be read, ${MOST_AGAIN} times in a row.`);
  return { ...fresh(cursor), again };
}

export function parseCursor(text: string | null): Cursor {
  if (text === null) return fullPass();
  try {
    return Cursor.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("platform_error", "The stream's cursor cannot be read; reset the stream to read everything anew.", { cause });
  }
}

type Marks = Pick<Cursor, "mark" | "steps" | "power">;

/**
 * Notes that a page leads to `mark`. Throws `provider_cursor_loop` when the marks run in a circle of any length, which is
 * noticed after at most about three rounds, with the memory of one mark (Brent 1980).
 */
export function advance(cursor: Marks, mark: string, name: string): Marks {
  const short = mark.length <= 64 ? mark : createHash("sha256").update(mark).digest("base64url");
  if (short === cursor.mark) throw new AppError("provider_cursor_loop", `${name} sent a page that leads back to one already read.`);
  if (cursor.mark === null || cursor.steps + 1 === cursor.power)
    return { mark: short, steps: 0, power: cursor.mark === null ? 1 : cursor.power * 2 };
  return { mark: cursor.mark, steps: cursor.steps + 1, power: cursor.power };
}
