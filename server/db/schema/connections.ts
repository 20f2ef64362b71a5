import { sql } from "drizzle-orm";
import { foreignKey, index, integer, jsonb, pgTable, text, unique } from "drizzle-orm/pg-core";
import type { Sealed } from "#server/lib/vault";
import { counter, createdAt, customerId, environmentId, moment, primaryId, refId } from "../columns";
import { integrations } from "./catalogue";
import { customers, embedSessions } from "./customers";

/** One authorised third-party account of one customer. */
export const connections = pgTable(
  "connections",
  {
    id: primaryId("connection"),
    environmentId: environmentId(),
    customerId: customerId(),
    integrationId: refId("integration_id", "integration").notNull(),
    /** `active`, `reauth` (the third party refused the credential for good) or `disconnected`. */
    status: text("status", { enum: ["active", "reauth", "disconnected"] })
      .notNull()
      .default("active"),
    statusReason: text("status_reason"),
    /** Stable id and label of the account at the third party. */
    accountId: text("account_id").notNull(),
    accountLabel: text("account_label").notNull(),
    grantedScopes: text("granted_scopes").array().notNull().default(sql`'{}'`),
    /** Answers of the connect form and values taken from the token response; no secrets. */
    config: jsonb("config").$type<Record<string, string>>().notNull().default({}),
    createdAt: createdAt(),
    disconnectedAt: moment("disconnected_at"),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.customerId], foreignColumns: [customers.environmentId, customers.id] }).onDelete("cascade"),
    foreignKey({ columns: [t.environmentId, t.integrationId], foreignColumns: [integrations.environmentId, integrations.id] }),
    unique("connections_scope").on(t.environmentId, t.customerId, t.id),
    index("connections_integration").on(t.environmentId, t.integrationId),
    index("connections_environment").on(t.environmentId, t.id),
  ],
);

/** What a connection may do at the third party, sealed. One row a connection; `version` moves with each new secret. */
export const credentials = pgTable(
  "credentials",
  {
    id: primaryId("credential"),
    environmentId: environmentId(),
    customerId: customerId(),
    connectionId: refId("connection_id", "connection").notNull(),
    version: integer("version").notNull().default(1),
    /** JSON of the secret (tokens or key), sealed with owner = connection id, field `secret`, this version. */
    secret: text("secret").$type<Sealed>().notNull(),
    /** Id of the key-encryption key, so that a rotation finds what it has to re-wrap. */
    keyId: text("key_id").notNull(),
    expiresAt: moment("expires_at"),
    refreshAfter: moment("refresh_after"),
    refreshState: text("refresh_state", { enum: ["ok", "in_flight"] })
      .notNull()
      .default("ok"),
    refreshOwner: text("refresh_owner"),
    refreshFence: counter("refresh_fence").notNull().default(0),
    refreshLeaseUntil: moment("refresh_lease_until"),
    /** A token we were given but could not commit in time (sealed, field `orphan`), tried before asking the customer. */
    orphan: text("orphan").$type<Sealed>(),
    updatedAt: moment("updated_at").notNull().default(sql`now()`),
  },
  (t) => [
    unique("credentials_connection").on(t.environmentId, t.customerId, t.connectionId),
    foreignKey({
      columns: [t.environmentId, t.customerId, t.connectionId],
      foreignColumns: [connections.environmentId, connections.customerId, connections.id],
    }).onDelete("cascade"),
    index("credentials_key").on(t.keyId),
  ],
);

/** One attempt to authorise. Bound to the embed session that began it; only that session, or the frame after a reload, can finish it. */
export const authorizations = pgTable(
  "authorizations",
  {
    id: primaryId("authorization"),
    environmentId: environmentId(),
    customerId: customerId(),
    integrationId: refId("integration_id", "integration").notNull(),
    embedSessionId: refId("embed_session_id", "embedSession").notNull(),
    /** Set when an existing connection is being authorised again. */
    connectionId: refId("connection_id", "connection"),
    stateHash: text("state_hash").notNull().unique(),
    /** Sealed, owner = authorization id, field `verifier`, version 1. */
    verifier: text("verifier").$type<Sealed>(),
    /** The code that came back, sealed (field `callback`), until the session that began it exchanges it. */
    callback: text("callback").$type<Sealed>(),
    /** Hash of the ticket given to the browser that came back. Whoever began must show it, or that browser's person say yes. */
    ticketHash: text("ticket_hash"),
    confirmedAt: moment("confirmed_at"),
    /** Hash of the key the frame that began keeps for its tab, to go on with after a reload. */
    resumeHash: text("resume_hash"),
    status: text("status", { enum: ["waiting", "returned", "finished", "denied", "failed", "expired"] })
      .notNull()
      .default("waiting"),
    /** Error code of errors.ts and the third party's own words, when it failed. */
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
    config: jsonb("config").$type<Record<string, string>>().notNull().default({}),
    /** `popup` closes itself; `redirect` goes back to `returnTo`, a page of the vendor's allowed origins. */
    display: text("display", { enum: ["popup", "redirect"] })
      .notNull()
      .default("popup"),
    returnTo: text("return_to"),
    /** Where the marketplace stood that began, if not at our own origin: the browser is led back there. */
    frameOrigin: text("frame_origin"),
    /** What the customer was spoken to in: the page at the end goes on in it. */
    language: text("language"),
    expiresAt: moment("expires_at").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.customerId], foreignColumns: [customers.environmentId, customers.id] }).onDelete("cascade"),
    foreignKey({ columns: [t.environmentId, t.integrationId], foreignColumns: [integrations.environmentId, integrations.id] }).onDelete(
      "cascade",
    ),
    foreignKey({ columns: [t.embedSessionId], foreignColumns: [embedSessions.id] }).onDelete("cascade"),
    index("authorizations_session").on(t.embedSessionId),
  ],
);

/**
 * A link by which somebody else connects one account for the customer: who administers it there, mostly. One at a time for an
 * integration; a new one takes the place of the one before.
 */
export const connectLinks = pgTable(
  "connect_links",
  {
    id: primaryId("connectLink"),
    environmentId: environmentId(),
    customerId: customerId(),
    integrationId: refId("integration_id", "integration").notNull(),
    /** Set to connect an existing one again. */
    connectionId: refId("connection_id", "connection"),
    tokenHash: text("token_hash").notNull().unique(),
    /** The vendor page's origin it was made on. */
    origin: text("origin").notNull(),
    openedAt: moment("opened_at"),
    doneAt: moment("done_at"),
    /** What came of it. */
    doneConnectionId: refId("done_connection_id", "connection"),
    expiresAt: moment("expires_at").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("connect_links_one").on(t.environmentId, t.customerId, t.integrationId),
    foreignKey({ columns: [t.environmentId, t.customerId], foreignColumns: [customers.environmentId, customers.id] }).onDelete("cascade"),
    foreignKey({ columns: [t.environmentId, t.integrationId], foreignColumns: [integrations.environmentId, integrations.id] }).onDelete(
      "cascade",
    ),
  ],
);
