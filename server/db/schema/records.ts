import { sql } from "drizzle-orm";
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { counter, customerId, environmentId, moment, primaryId, refId } from "../columns";
import { streams } from "./streams";

/**
 * A mapped object as we hold it. Scope columns are copied from the locked stream row by `sync_write_page`, never from a
 * caller, which is why there is no foreign key to pay for on every row (docs/adr/0005).
 */
export const records = pgTable(
  "records",
  {
    streamId: refId("stream_id", "stream").notNull(),
    externalId: text("external_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    /** 128 bits of SHA-1 over mapping version and source: unchanged means there is nothing to write. */
    hash: uuid("hash").notNull(),
    data: jsonb("data").$type<Record<string, unknown>>().notNull(),
    /** The source record as JSON text, kept so that a new mapping needs no new fetch. */
    source: text("source").notNull(),
    mappingVersion: integer("mapping_version").notNull(),
    /** Sequence of its newest change in the stream's feed. */
    seq: counter("seq").notNull(),
    updatedAt: moment("updated_at").notNull(),
    deletedAt: moment("deleted_at"),
  },
  (t) => [primaryKey({ columns: [t.streamId, t.externalId] })],
);

/** Who has come in the whole reading that is under way. Those who have not are deleted at its end; then the rows go. */
export const seen = pgTable(
  "seen",
  {
    streamId: refId("stream_id", "stream").notNull(),
    scan: counter("scan").notNull(),
    externalId: text("external_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
  },
  (t) => [primaryKey({ columns: [t.streamId, t.scan, t.externalId] })],
);

/** The stream's change feed. `seq` is given out under the stream's row lock, so commit order is feed order. */
export const changes = pgTable(
  "changes",
  {
    streamId: refId("stream_id", "stream").notNull(),
    seq: counter("seq").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    externalId: text("external_id").notNull(),
    op: text("op", { enum: ["created", "updated", "deleted"] }).notNull(),
    at: moment("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.streamId, t.seq] })],
);

/**
 * One row a committed page: a slice of a stream's feed. `positionFrom` is its place in the environment's feed, given out
 * after commit under the environment's row lock (`feed_sequence`), so that a reader of the whole environment misses nothing.
 */
export const feedPages = pgTable(
  "feed_pages",
  {
    streamId: refId("stream_id", "stream").notNull(),
    seqFrom: counter("seq_from").notNull(),
    seqTo: counter("seq_to").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    runId: refId("run_id", "run"),
    positionFrom: counter("position_from"),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.seqFrom] }),
    index("feed_pages_position").on(t.environmentId, t.positionFrom),
    index("feed_pages_new").on(t.environmentId, t.at).where(sql`position_from is null`),
  ],
);

/** Records that could not be taken; the rest of their page flowed on. */
export const quarantine = pgTable(
  "quarantine",
  {
    id: primaryId("quarantine"),
    streamId: refId("stream_id", "stream").notNull(),
    externalId: text("external_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    code: text("code").notNull(),
    message: text("message").notNull(),
    field: text("field"),
    source: text("source").notNull(),
    attempts: integer("attempts").notNull().default(1),
    firstSeenAt: moment("first_seen_at").notNull().default(sql`now()`),
    lastSeenAt: moment("last_seen_at").notNull().default(sql`now()`),
    /** Put aside knowingly: it is not counted until it changes at the source, or is taken back. */
    asideAt: moment("aside_at"),
    asideBy: text("aside_by"),
  },
  (t) => [
    unique("quarantine_record").on(t.streamId, t.externalId),
    foreignKey({
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
  ],
);
