import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import { counter, customerId, environmentId, moment, primaryId, refId } from "../columns";
import { customers } from "./customers";
import { streams } from "./streams";

type Data = Record<string, unknown>;

/** The vendor's own records of a model for one customer, by the vendor's own ids. */
export const ownRecords = pgTable(
  "own_records",
  {
    environmentId: environmentId(),
    customerId: customerId(),
    modelKey: text("model_key").notNull(),
    ownId: text("own_id").notNull(),
    data: jsonb("data").$type<Data>().notNull(),
    /** Rises with each real change, those that come from a third party among them. */
    version: counter("version").notNull().default(1),
    /** When the vendor changed it last. */
    changedAt: moment("changed_at").notNull(),
    deletedAt: moment("deleted_at"),
  },
  (t) => [
    primaryKey({ columns: [t.environmentId, t.customerId, t.modelKey, t.ownId] }),
    foreignKey({
      name: "own_records_customer",
      columns: [t.environmentId, t.customerId],
      foreignColumns: [customers.environmentId, customers.id],
    }).onDelete("cascade"),
  ],
);

/**
 * Which own record is which record at the third party, and what each side said when they last agreed, by the keys of the model's
 * fields (null = they never did). Written under the stream's lock, hence without a foreign key to it, which would have to be locked as well.
 */
export const links = pgTable(
  "links",
  {
    streamId: refId("stream_id", "stream").notNull(),
    ownId: text("own_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    externalId: text("external_id").notNull(),
    baseOurs: jsonb("base_ours").$type<Data>(),
    baseTheirs: jsonb("base_theirs").$type<Data>(),
    /** Version of the own record that the third party was last told. 0 = none. */
    pushedVersion: counter("pushed_version").notNull().default(0),
    syncedAt: moment("synced_at"),
    /** Two-way: when the third party's record had changed, by its own clock, as we last saw or wrote it, in epoch ms. */
    theirsMs: counter("theirs_ms"),
    /** Two-way: fields that were written there since the record was last read. What is stored of it is older. Null = none. */
    unseen: text("unseen").array(),
    /** Two-way: an answer to those writes did not show the record; `base_theirs` has what was sent, which they may have put in their own way. */
    echoDue: boolean("echo_due").notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.ownId] }),
    unique("links_external").on(t.streamId, t.externalId),
    foreignKey({
      name: "links_customer",
      columns: [t.environmentId, t.customerId],
      foreignColumns: [customers.environmentId, customers.id],
    }).onDelete("cascade"),
  ],
);

/**
 * Own records that are not to be written by themselves as they are: their record was deleted at the third party, its creation was taken back,
 * or a person let the wish go. They are written again when they have changed since (`version`).
 */
export const departures = pgTable(
  "departures",
  {
    streamId: refId("stream_id", "stream").notNull(),
    ownId: text("own_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    version: counter("version").notNull(),
    at: moment("at").notNull().default(sql`clock_timestamp()`),
    /** A person let the wish go: who, and why it was held. Null = it came about otherwise. */
    asideBy: text("aside_by"),
    code: text("code"),
    message: text("message"),
    field: text("field"),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.ownId] }),
    foreignKey({
      name: "departures_customer",
      columns: [t.environmentId, t.customerId],
      foreignColumns: [customers.environmentId, customers.id],
    }).onDelete("cascade"),
  ],
);

/**
 * Two-way: what records of both sides are looked for by, in lower case, so that who is the same is found without reading all. Of
 * the field that `streams.match_field` names; a table of its own since expressions over JSON are no index under row-level security.
 */
export const matchKeys = pgTable(
  "match_keys",
  {
    streamId: refId("stream_id", "stream").notNull(),
    side: text("side", { enum: ["ours", "theirs"] }).notNull(),
    /** The own id, or the id at the third party. */
    id: text("id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    value: text("value").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.side, t.id] }),
    foreignKey({
      name: "match_keys_customer",
      columns: [t.environmentId, t.customerId],
      foreignColumns: [customers.environmentId, customers.id],
    }).onDelete("cascade"),
    index("match_keys_value").on(t.streamId, t.side, t.value),
  ],
);

/** What is being sent for a wish, to the letter: while it is not known whether it was done, nothing else may be. */
export type Sent = {
  /** The wish, and its version, when it was read. */
  op: "put" | "delete" | "undo";
  version: number;
  operation: "create" | "update" | "upsert" | "delete";
  externalId: string | null;
  /** By the names of the object's writable fields. */
  data: Data | null;
  /** Ours of the fields that are written, by the keys of the model's fields. */
  ours: Data;
  /** The record's version at the third party that the write stands on, where it can say. */
  guard: string | null;
  /** The same fields as they were before, where the connector could tell. */
  before: Data | null;
  /** Of an undo: the writes it takes back. */
  undoes: string[];
  /** How many went with it in one call: a repeat is the same call only with all of them. */
  together: number;
};

/** Wishes to write that wait; one a record and stream, always the newest. A wish that was fulfilled is gone. */
export const outbox = pgTable(
  "outbox",
  {
    streamId: refId("stream_id", "stream").notNull(),
    ownId: text("own_id").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    op: text("op", { enum: ["put", "delete", "undo"] }).notNull(),
    /** Of the own record. A wish that is being sent is followed by a newer one when this has risen meanwhile. */
    version: counter("version").notNull(),
    /** `held`: refused, or a person has to say so first. `unknown`: it may have been done, and a person has to look. */
    state: text("state", { enum: ["waiting", "sending", "held", "unknown"] })
      .notNull()
      .default("waiting"),
    /** Names what is being sent, over all its attempts. */
    key: text("key"),
    /** When its first attempt was made; the same for all that went in one batch. */
    firstAt: moment("first_at"),
    attempts: integer("attempts").notNull().default(0),
    dueAt: moment("due_at").notNull().default(sql`now()`),
    /** An earlier attempt may have been done: `sent` says what it was. */
    again: boolean("again").notNull().default(false),
    sent: jsonb("sent").$type<Sent>(),
    /** A person has allowed it although it was held. */
    approved: boolean("approved").notNull().default(false),
    /** Why it is held, or was put off: of errors.ts, in words, and the field that is meant. */
    code: text("code"),
    message: text("message"),
    field: text("field"),
    /** Of an undo: the writes to take back. */
    writeIds: text("write_ids").array(),
    /** Of an undo: the wish that came while it waited, and has its turn when the undo is settled. */
    next: jsonb("next").$type<{ op: "put" | "delete"; version: number }>(),
    updatedAt: moment("updated_at").notNull().default(sql`now()`),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.ownId] }),
    foreignKey({
      name: "outbox_customer",
      columns: [t.environmentId, t.customerId],
      foreignColumns: [customers.environmentId, customers.id],
    }).onDelete("cascade"),
    index("outbox_due").on(t.streamId, t.dueAt).where(sql`state in ('waiting', 'sending')`),
    index("outbox_held").on(t.streamId, t.updatedAt).where(sql`state in ('held', 'unknown')`),
  ],
);

/** One thing we did at the third party. `before` and `after` hold the same fields, by the names the third party has for them. */
export const writes = pgTable(
  "writes",
  {
    id: primaryId("write"),
    environmentId: environmentId(),
    customerId: customerId(),
    streamId: refId("stream_id", "stream").notNull(),
    runId: refId("run_id", "run").notNull(),
    ownId: text("own_id").notNull(),
    externalId: text("external_id").notNull(),
    op: text("op", { enum: ["create", "update", "delete"] }).notNull(),
    /** Null = there was nothing, or the connector could not tell. */
    before: jsonb("before").$type<Data>(),
    after: jsonb("after").$type<Data>(),
    at: moment("at").notNull().default(sql`clock_timestamp()`),
    undoneAt: moment("undone_at"),
    undoOf: refId("undo_of", "write"),
  },
  (t) => [
    foreignKey({
      name: "writes_stream",
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
    index("writes_stream_at").on(t.streamId, t.at),
    index("writes_record").on(t.streamId, t.ownId, t.id),
    index("writes_run").on(t.runId, t.id),
    index("writes_at").on(t.at),
  ],
);

/** One field on which both sides changed their minds, as the model has it. */
export type ConflictField = { field: string; base: unknown; ours: unknown; theirs: unknown };

/** Both sides changed the same fields, and only a person may decide. One open a record and stream. */
export const conflicts = pgTable(
  "conflicts",
  {
    id: primaryId("conflict"),
    environmentId: environmentId(),
    customerId: customerId(),
    streamId: refId("stream_id", "stream").notNull(),
    ownId: text("own_id").notNull(),
    externalId: text("external_id").notNull(),
    fields: jsonb("fields").$type<ConflictField[]>().notNull(),
    openedAt: moment("opened_at").notNull().default(sql`now()`),
    settledAt: moment("settled_at"),
    /** Who settled it, as audit entries name actors. */
    settledBy: text("settled_by"),
    /** By field, whose value was taken; `own`: one that somebody typed. */
    choice: jsonb("choice").$type<Record<string, "ours" | "theirs" | "own">>(),
  },
  (t) => [
    foreignKey({
      name: "conflicts_stream",
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
    uniqueIndex("conflicts_open").on(t.streamId, t.ownId).where(sql`settled_at is null`),
    index("conflicts_environment").on(t.environmentId, t.openedAt),
  ],
);
