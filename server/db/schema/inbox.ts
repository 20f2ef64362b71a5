import { sql } from "drizzle-orm";
import { foreignKey, index, integer, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import type { Sealed } from "#server/lib/vault";
import { counter, createdAt, environmentId, moment, primaryId, refId } from "../columns";
import { integrations } from "./catalogue";
import { connections } from "./connections";

/** An address at which a third party calls us: of an integration (all its accounts), or of one connection. */
export const inboundEndpoints = pgTable(
  "inbound_endpoints",
  {
    id: primaryId("inbound"),
    environmentId: environmentId(),
    integrationId: refId("integration_id", "integration").notNull(),
    /** Null: it serves every account of the integration. */
    customerId: refId("customer_id", "customer"),
    connectionId: refId("connection_id", "connection"),
    /** Of the unguessable last part of the address. */
    tokenHash: text("token_hash").notNull().unique(),
    /** What calls are signed with where that is not the client secret; sealed, owner = endpoint id, field `secret`, version 1. */
    secret: text("secret").$type<Sealed>(),
    /** Calls that were proven and stored, and those that were not; added up every few seconds, so about right after a crash. */
    accepted: counter("accepted").notNull().default(0),
    refused: counter("refused").notNull().default(0),
    lastAcceptedAt: moment("last_accepted_at"),
    lastRefusedAt: moment("last_refused_at"),
    /** Why the newest refused call was. */
    lastRefusal: text("last_refusal", { enum: ["no_secret", "missing", "time", "signature"] }),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.integrationId], foreignColumns: [integrations.environmentId, integrations.id] }).onDelete(
      "cascade",
    ),
    foreignKey({
      columns: [t.environmentId, t.customerId, t.connectionId],
      foreignColumns: [connections.environmentId, connections.customerId, connections.id],
    }).onDelete("cascade"),
    unique("inbound_endpoints_scope").on(t.environmentId, t.id),
    index("inbound_endpoints_connection").on(t.environmentId, t.connectionId),
  ],
);

/** Calls that were verified, until somebody looked at them; then only that they came, so that a replay is known. */
export const inbox = pgTable(
  "inbox",
  {
    endpointId: refId("endpoint_id", "inbound")
      .notNull()
      .references(() => inboundEndpoints.id, { onDelete: "cascade" }),
    /** What makes two calls the same: the third party's event id, or a hash of the bytes. */
    eventKey: text("event_key").notNull(),
    environmentId: environmentId(),
    customerId: refId("customer_id", "customer"),
    connectionId: refId("connection_id", "connection"),
    /** The call, sealed: owner = endpoint id, field `call:<event key>`, version 1. Null once it has been looked at. */
    content: text("content").$type<Sealed>(),
    /** `failed`: it could not be read and is kept with its error. */
    status: text("status", { enum: ["waiting", "done", "failed"] })
      .notNull()
      .default("waiting"),
    attempts: integer("attempts").notNull().default(0),
    claimedUntil: moment("claimed_until"),
    error: text("error"),
    receivedAt: moment("received_at").notNull().default(sql`now()`),
  },
  (t) => [
    primaryKey({ columns: [t.endpointId, t.eventKey] }),
    index("inbox_waiting").on(t.receivedAt).where(sql`status = 'waiting'`),
    index("inbox_failed").on(t.endpointId, t.receivedAt).where(sql`status = 'failed'`),
    index("inbox_received").using("brin", t.receivedAt),
  ],
);
