import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import type { Sealed } from "#server/lib/vault";
import { createdAt, customerId, environmentId, moment, primaryId, refId } from "../columns";
import { connections } from "./connections";

/**
 * What the worker is asked to do on a connection while somebody waits: an action, a lookup, the writing of one record; and what
 * only reads: taking stock of the account's fields (`look`), trying a mapping out (`dry_run`). Input and result live a week.
 */
export const actionCalls = pgTable(
  "action_calls",
  {
    id: primaryId("actionCall"),
    environmentId: environmentId(),
    customerId: customerId(),
    connectionId: refId("connection_id", "connection").notNull(),
    kind: text("kind", { enum: ["action", "lookup", "create", "update", "upsert", "delete", "look", "dry_run"] }).notNull(),
    /** Key of the action, of the object that is written, or of the template's stream that is tried out. */
    name: text("name").notNull(),
    /** The caller's own name for this wish: the same again is the same call. */
    key: text("key"),
    /** Sealed, owner = id, field `input`, version 1. */
    input: text("input").$type<Sealed>().notNull(),
    /** What came of it: sealed, field `outcome`, version = attempts. */
    outcome: text("outcome").$type<Sealed>(),
    /** `failed`: not done, and may be asked for again; `unknown`: it may have been done, and a person has to look. */
    status: text("status", { enum: ["pending", "running", "done", "refused", "failed", "unknown"] })
      .notNull()
      .default("pending"),
    /** Of errors.ts, when it was refused or failed. */
    code: text("code"),
    attempts: integer("attempts").notNull().default(0),
    /** An earlier attempt may have been done. */
    doubtful: boolean("doubtful").notNull().default(false),
    /** When somebody last asked how far it is: a dry run that nobody waits for ends by itself. */
    askedAt: moment("asked_at"),
    startedAt: moment("started_at"),
    finishedAt: moment("finished_at"),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({
      columns: [t.environmentId, t.customerId, t.connectionId],
      foreignColumns: [connections.environmentId, connections.customerId, connections.id],
    }).onDelete("cascade"),
    unique("action_calls_scope").on(t.environmentId, t.customerId, t.id),
    uniqueIndex("action_calls_key").on(t.environmentId, t.connectionId, t.key).where(sql`key is not null`),
    index("action_calls_created").on(t.createdAt),
    index("action_calls_reading").on(t.environmentId, t.connectionId, t.createdAt).where(sql`kind in ('look', 'dry_run')`),
  ],
);
