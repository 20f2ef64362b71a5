import type { Cursor } from "../cursor";
import { countAt, type PageRows, rowsUntil } from "../next-page";
import { allIdentified, type Taken } from "../page-records";
import type { Plan } from "../read-plan";
import type { Reply } from "../send";
import type { SourcePage } from "../source";
import type { Query } from "./request";

type Reading = { plan: Plan; query: Query; cursor: Cursor };

/** How many rows of a query the source says there are in all: by this page, or else by an earlier one. */
function saidTotal({ plan, query, cursor }: Reading, reply: Reply): number | undefined {
  const places = reply.ended ? [] : [plan.spec.total, query.pagination.stop.total];
  const counts = places.map((at) => (at === undefined ? null : countAt(reply, at))).filter((count) => count !== null);
  return counts.length > 0 ? Math.max(...counts) : cursor.total;
}

/** What the end of a whole reading is weighed by. */
export function totalSaid(reading: Reading, reply: Reply): Pick<Cursor, "total"> {
  const total = reading.cursor.mode === "full" ? saidTotal(reading, reply) : undefined;
  return total === undefined ? {} : { total };
}

/** What a page of a whole reading says of who is missing. Where the source told of more records than came, who is missing is not gone. */
export function scanOf(
  reading: Reading,
  reply: Reply,
  { taken, rows, first, last }: { taken: Taken; rows: Pick<PageRows, "count" | "all" | "known">; first: boolean; last: boolean },
): Pick<SourcePage, "scan"> {
  const { query, cursor } = reading;
  if (cursor.mode !== "full") return {};
  const lacks = last && (saidTotal(reading, reply) ?? 0) > rowsUntil(query.pagination, cursor, rows);
  return { scan: { first, trusted: allIdentified(taken.faults) && !lacks, ...(cursor.moving ? { moving: true as const } : {}) } };
}
