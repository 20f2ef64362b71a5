import { sql } from "drizzle-orm";
import { foreignKey, index, integer, jsonb, pgTable, text, unique } from "drizzle-orm/pg-core";
import type { Sealed } from "#server/lib/vault";
import { counter, createdAt, environmentId, moment, primaryId, refId } from "../columns";
import { environments } from "./identity";

/** Where the vendor wants to be told. */
export const webhookEndpoints = pgTable(
  "webhook_endpoints",
  {
    id: primaryId("endpoint"),
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    url: text("url").notNull(),
    /** `whsec_…`, sealed with owner = endpoint id, customer '', field `secret`, version 1. */
    secret: text("secret").$type<Sealed>().notNull(),
    /** The secret before, which signs beside the new one until `previousSecretUntil`; sealed alike. */
    previousSecret: text("previous_secret").$type<Sealed>(),
    previousSecretUntil: moment("previous_secret_until"),
    status: text("status", { enum: ["active", "disabled"] })
      .notNull()
      .default("active"),
    disabledReason: text("disabled_reason"),
    /** Who switched it off: the team, or we because it answered 410, or because all failed for days; null while it is on. */
    disabledCause: text("disabled_cause", { enum: ["team", "gone", "failing"] }),
    disabledAt: moment("disabled_at"),
    /** Nothing is sent before: it has asked us to slow down, or what stands before it is overloaded. */
    holdUntil: moment("hold_until"),
    /** How often in a row it asked; 0 once it takes something. */
    holds: integer("holds").notNull().default(0),
    /** How far in the environment's feed events were made for this endpoint. */
    position: counter("position").notNull().default(0),
    /** Since when every delivery has failed; null while healthy. */
    failingSince: moment("failing_since"),
    createdAt: createdAt(),
  },
  (t) => [unique("webhook_endpoints_scope").on(t.environmentId, t.id)],
);

export type EventPayload = { type: string; timestamp: string; data: Record<string, unknown> };

/** Something told to the vendor: a thin message, at least once. `id` is the `webhook-id` of every attempt. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    id: primaryId("delivery"),
    eventId: refId("event_id", "event").notNull(),
    environmentId: environmentId(),
    endpointId: refId("endpoint_id", "endpoint").notNull(),
    payload: jsonb("payload").$type<EventPayload>().notNull(),
    status: text("status", { enum: ["pending", "delivered", "dead"] })
      .notNull()
      .default("pending"),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: moment("next_attempt_at").notNull().default(sql`now()`),
    /** Newest answer, cut to 2 kB. */
    responseStatus: integer("response_status"),
    responseBody: text("response_body"),
    responseMs: integer("response_ms"),
    createdAt: createdAt(),
    deliveredAt: moment("delivered_at"),
  },
  (t) => [
    foreignKey({
      columns: [t.environmentId, t.endpointId],
      foreignColumns: [webhookEndpoints.environmentId, webhookEndpoints.id],
    }).onDelete("cascade"),
    index("webhook_deliveries_pending").on(t.endpointId, t.nextAttemptAt).where(sql`status = 'pending'`),
    index("webhook_deliveries_over").on(t.createdAt).where(sql`status <> 'pending'`),
    index("webhook_deliveries_endpoint").on(t.environmentId, t.endpointId, t.createdAt),
  ],
);
