import { sql } from "drizzle-orm";
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { SourceField, StoredSample } from "#server/lib/source-field";
import type { Drift } from "#server/mapping/drift";
import type { Conflict, Overrides } from "#server/mapping/overrides";
import { createdAt, customerId, environmentId, moment, primaryId, refId } from "../columns";
import { templates } from "./catalogue";
import { connections } from "./connections";
import { streams } from "./streams";

/** What a customer has made of a stream's mapping. Rows are never changed: the newest is in force, the others are its history. */
export const streamOverrides = pgTable(
  "stream_overrides",
  {
    streamId: refId("stream_id", "stream").notNull(),
    n: integer("n").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    overrides: jsonb("overrides").$type<Overrides>().notNull(),
    /** Fields that a new version of the template and the customer have both changed, until somebody decides. */
    conflicts: jsonb("conflicts").$type<Conflict[]>().notNull().default([]),
    createdBy: text("created_by").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.streamId, t.n] }),
    foreignKey({
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
  ],
);

/** What the records of one account look like: declared, described or told from samples. */
export const connectionSchemas = pgTable(
  "connection_schemas",
  {
    connectionId: refId("connection_id", "connection").notNull(),
    object: text("object").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    fields: jsonb("fields").$type<SourceField[]>().notNull(),
    /** A few records to try a mapping on, as they came. Purged when the account is disconnected. */
    samples: jsonb("samples").$type<StoredSample[]>().notNull().default([]),
    takenAt: moment("taken_at").notNull().default(sql`now()`),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.object] }),
    foreignKey({
      columns: [t.environmentId, t.customerId, t.connectionId],
      foreignColumns: [connections.environmentId, connections.customerId, connections.id],
    }).onDelete("cascade"),
  ],
);

/** A change at the source that reaches a mapped field: a task for the customer, and a line in the vendor's fleet view. */
export const drifts = pgTable(
  "drifts",
  {
    id: primaryId("drift"),
    environmentId: environmentId(),
    customerId: customerId(),
    streamId: refId("stream_id", "stream").notNull(),
    kind: text("kind", { enum: ["removed", "renamed", "type", "values", "required", "values_gone", "must_fill"] }).notNull(),
    path: text("path").notNull(),
    detail: jsonb("detail").$type<Drift>().notNull(),
    /** `gone`: the source is as it was again, or nobody reads the field any more. */
    status: text("status", { enum: ["open", "accepted", "dismissed", "gone"] })
      .notNull()
      .default("open"),
    foundAt: moment("found_at").notNull().default(sql`now()`),
    settledAt: moment("settled_at"),
    settledBy: text("settled_by"),
  },
  (t) => [
    foreignKey({
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
    uniqueIndex("drifts_open").on(t.streamId, t.kind, t.path).where(sql`status = 'open'`),
    index("drifts_environment").on(t.environmentId, t.foundAt),
  ],
);

/** A published mapping version on its way to all streams, a share of them at a time. */
export const rollouts = pgTable(
  "rollouts",
  {
    id: primaryId("rollout"),
    environmentId: environmentId(),
    templateId: refId("template_id", "template").notNull(),
    streamKey: text("stream_key").notNull(),
    fromVersion: integer("from_version").notNull(),
    toVersion: integer("to_version").notNull(),
    status: text("status", { enum: ["running", "halted", "done", "rolled_back"] })
      .notNull()
      .default("running"),
    /** Shares in percent, rising to 100; 0 = internal customers only. */
    steps: integer("steps").array().notNull().default(sql`'{0,5,100}'`),
    /** Which of the steps it stands at, and since when. */
    step: integer("step").notNull().default(0),
    stepAt: moment("step_at").notNull().default(sql`now()`),
    /** How long a step is watched before the next, in ms. */
    watchMs: integer("watch_ms").notNull().default(600_000),
    /** Of the records moved, how many in a hundred may be held back that were not before. */
    maxErrorPercent: integer("max_error_percent").notNull().default(2),
    /** Why it was halted or rolled back. */
    reason: text("reason"),
    /** How often fields were filled before, of some of the streams moved: by it one sees that a field has gone empty. */
    filled: jsonb("filled").$type<Record<string, { records: number; fields: Record<string, number> }>>().notNull().default({}),
    /** Streams that stood still already, because nearly everything was held back, when they were moved: how they fare is not the version's doing. */
    stopped: text("stopped").array().notNull().default(sql`'{}'`),
    startedBy: text("started_by").notNull(),
    createdAt: createdAt(),
    finishedAt: moment("finished_at"),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.templateId], foreignColumns: [templates.environmentId, templates.id] }).onDelete("cascade"),
    uniqueIndex("rollouts_running").on(t.environmentId, t.templateId, t.streamKey).where(sql`status in ('running', 'halted')`),
  ],
);
