import { sql } from "drizzle-orm";
import { boolean, doublePrecision, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { customerId, environmentId, moment, refId } from "../columns";

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

/**
 * Whose legs run now, and whose wait for a place: as many at once as a customer, and a vendor, may have. Unlogged: after a crash of the
 * database nobody has a place, and each takes one anew. Written by `leg_take` and `leg_release` only.
 */
export const legSlots = pgTable(
  "leg_slots",
  {
    streamId: refId("stream_id", "stream").primaryKey(),
    vendorId: refId("vendor_id", "vendor").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    /** `called`: a place is kept for it until it comes. */
    state: text("state", { enum: ["running", "called", "waiting"] }).notNull(),
    /** Somebody waits for it: it goes first, and may have the places that are kept free for that. */
    urgent: boolean("urgent").notNull(),
    /** Which attempt has the place. */
    token: text("token"),
    since: moment("since").notNull(),
    /** `running`, `called`: the place is free again after that. `waiting`: its keeper asks again then, if nobody calls it before. */
    until: moment("until").notNull(),
  },
  (t) => [index("leg_slots_vendor").on(t.vendorId, t.state)],
);
