import { sql } from "drizzle-orm";
import { foreignKey, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { customerId, environmentId, moment, refId } from "../columns";
import { streams } from "./streams";

/** Records that somebody wants tried again: from what is stored of them, or from the source. The stream's next run takes them. */
export const retries = pgTable(
  "retries",
  {
    streamId: refId("stream_id", "stream").notNull(),
    externalId: text("external_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    /** Who asked: the run that comes of it is shown as theirs. */
    trigger: text("trigger", { enum: ["customer", "vendor"] }).notNull(),
    askedAt: moment("asked_at").notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.externalId] }),
    foreignKey({
      name: "retries_stream",
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
  ],
);

/** A value that a person has given for one field of one record. It counts as long as the source says of the field what it said then. */
export const corrections = pgTable(
  "corrections",
  {
    streamId: refId("stream_id", "stream").notNull(),
    externalId: text("external_id").notNull(),
    /** Key of the model's field. */
    field: text("field").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    value: jsonb("value").notNull(),
    /** A digest of what the source said of the field. */
    was: text("was").notNull(),
    /** Who gave it, as audit entries name actors. */
    author: text("author").notNull(),
    at: moment("at").notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.externalId, t.field] }),
    foreignKey({
      name: "corrections_stream",
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
  ],
);
