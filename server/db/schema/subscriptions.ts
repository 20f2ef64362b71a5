import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { Sealed } from "#server/lib/vault";
import { createdAt, customerId, environmentId, moment, refId } from "../columns";
import { connections } from "./connections";
import { inboundEndpoints } from "./inbox";

/** That a third party calls us about one connection: asked for when it is there, renewed before it ends, taken back when it goes. */
export const webhookSubscriptions = pgTable(
  "webhook_subscriptions",
  {
    environmentId: environmentId(),
    customerId: customerId(),
    connectionId: refId("connection_id", "connection").notNull(),
    endpointId: refId("endpoint_id", "inbound").notNull(),
    /** Our address and our secret as the third party was told them: sealed, owner = endpoint id, field `subscription`, version 1. */
    told: text("told").$type<Sealed>().notNull(),
    /** By topic: its id at the third party, and when it was made or renewed (epoch ms). */
    made: jsonb("made").$type<Record<string, { id: string; at: number }>>().notNull().default({}),
    /** When to look again; null = never. */
    dueAt: moment("due_at"),
    failures: integer("failures").notNull().default(0),
    /** Why it is not (wholly) so: code and words. */
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ name: "webhook_subscriptions_pk", columns: [t.environmentId, t.customerId, t.connectionId] }),
    foreignKey({
      name: "webhook_subscriptions_connection",
      columns: [t.environmentId, t.customerId, t.connectionId],
      foreignColumns: [connections.environmentId, connections.customerId, connections.id],
    }).onDelete("cascade"),
    foreignKey({ name: "webhook_subscriptions_address", columns: [t.endpointId], foreignColumns: [inboundEndpoints.id] }).onDelete(
      "cascade",
    ),
    index("webhook_subscriptions_endpoint").on(t.endpointId),
    index("webhook_subscriptions_due").on(t.dueAt),
  ],
);
