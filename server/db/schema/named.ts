import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { counter, customerId, environmentId, moment, refId } from "../columns";
import { streams } from "./streams";

/**
 * Records that third parties named in calls: those that wait to be fetched one by one, and for a quarter of an hour those that
 * were, so that a page asked for before does not put an older state over them.
 */
export const namedRecords = pgTable(
  "named_records",
  {
    streamId: refId("stream_id", "stream").notNull(),
    externalId: text("external_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    /** Rises with each call that names it: what was fetched for an earlier one does not settle a later one. */
    n: counter("n").notNull().default(1),
    /** When the newest of those calls came in. */
    calledAt: moment("called_at").notNull(),
    /** The record as JSON text, where calls bring it because nobody can be asked for it. Null once it is written. */
    carried: text("carried"),
    /** The call brings no record because it is no more. */
    gone: boolean("gone").notNull().default(false),
    attempts: integer("attempts").notNull().default(0),
    /** When it was written. Null = it waits. */
    readAt: moment("read_at"),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.externalId] }),
    foreignKey({
      name: "named_records_stream",
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
    index("named_records_waiting").on(t.streamId, t.calledAt).where(sql`read_at is null`),
  ],
);
