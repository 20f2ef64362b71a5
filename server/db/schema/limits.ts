import { sql } from "drizzle-orm";
import { doublePrecision, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { moment } from "../columns";

/**
 * What all workers together may still ask of a third party: one row a bucket, a row of slots, or a block. Nothing here is
 * worth keeping: a row that is missing is full and open.
 */
export const rateLimits = pgTable(
  "rate_limits",
  {
    /** Hash of integration, sandbox, account and bucket; says nothing about whom it is of. */
    id: text("id").primaryKey(),
    tokens: doublePrecision("tokens"),
    tokensAt: moment("tokens_at"),
    /** Requests under way, by process: how many, and until when (ms) that holds if the process is not heard of again. */
    slots: jsonb("slots").$type<Record<string, [number, number]>>(),
    /** Nobody asks before. */
    blockedUntil: moment("blocked_until"),
    /** Only people ask before. */
    heldUntil: moment("held_until"),
    /** Refusals since the last success. */
    strikes: integer("strikes").notNull().default(0),
    /** When the row says no more than a missing one would. */
    idleAt: moment("idle_at").notNull(),
  },
  (t) => [index("rate_limits_idle").on(t.idleAt), index("rate_limits_closed").on(t.id).where(sql`strikes > 0 or held_until is not null`)],
);
