import { sql } from "drizzle-orm";
import { foreignKey, index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import type { Sealed } from "#server/lib/vault";
import { createdAt, environmentId, moment, primaryId, refId } from "../columns";
import { integrations } from "./catalogue";
import { connections } from "./connections";

/**
 * An account that was authorised from the third party's side (its app store), before anybody knew whose customer it is. `waiting` for the
 * third party; `pending` for somebody of a customer to say that it is theirs; `taken`, `dropped` or `failed`.
 */
export const claims = pgTable(
  "claims",
  {
    id: primaryId("claim"),
    environmentId: environmentId(),
    integrationId: refId("integration_id", "integration").notNull(),
    status: text("status", { enum: ["waiting", "pending", "taken", "dropped", "failed"] })
      .notNull()
      .default("waiting"),
    stateHash: text("state_hash").notNull().unique(),
    /** Hash of what the browser that began keeps: only it may bring the code. */
    browserHash: text("browser_hash").notNull(),
    /** Sealed, owner = claim id, field `verifier`. */
    verifier: text("verifier").$type<Sealed>(),
    /** The credential, sealed (owner = claim id, field `secret`), from when it is `pending` until it is taken or destroyed. */
    secret: text("secret").$type<Sealed>(),
    secretExpiresAt: moment("secret_expires_at"),
    secretRefreshAfter: moment("secret_refresh_after"),
    config: jsonb("config").$type<Record<string, string>>().notNull().default({}),
    accountId: text("account_id"),
    accountLabel: text("account_label"),
    grantedScopes: text("granted_scopes").array().notNull().default(sql`'{}'`),
    /** Hash of the token with which the vendor's page takes it up, once. */
    tokenHash: text("token_hash").unique(),
    /** What came of it. */
    takenBy: refId("taken_by", "customer"),
    connectionId: refId("connection_id", "connection"),
    expiresAt: moment("expires_at").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.integrationId], foreignColumns: [integrations.environmentId, integrations.id] }).onDelete(
      "cascade",
    ),
    foreignKey({
      columns: [t.environmentId, t.takenBy, t.connectionId],
      foreignColumns: [connections.environmentId, connections.customerId, connections.id],
    }).onDelete("cascade"),
    index("claims_expiry").on(t.expiresAt),
  ],
);
