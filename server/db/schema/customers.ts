import { boolean, foreignKey, index, jsonb, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import type { Traits } from "#server/domains/integrations/gate";
import type { ConnectLinkId } from "#server/lib/ids";
import { createdAt, customerId, environmentId, moment, primaryId } from "../columns";
import { environments } from "./identity";

/** The vendor's end-customer: the tenant of every sync. */
export const customers = pgTable(
  "customers",
  {
    id: primaryId("customer"),
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    /** The vendor's own id of this customer. */
    externalId: text("external_id").notNull(),
    name: text("name").notNull(),
    /** One of the vendor's own, on which new versions are tried first. */
    internal: boolean("internal").notNull().default(false),
    /** What the vendor says of it, to decide by what it may connect. */
    traits: jsonb("traits").$type<Traits>().notNull().default({}),
    /** Whom we write to when something of theirs needs a person; null = nobody. */
    email: text("email"),
    createdAt: createdAt(),
    lastSeenAt: moment("last_seen_at"),
  },
  (t) => [unique("customers_external").on(t.environmentId, t.externalId), unique("customers_scope").on(t.environmentId, t.id)],
);

/** A customer's stay in the marketplace. The bearer token is kept as a hash; the row is the revocation. */
export const embedSessions = pgTable(
  "embed_sessions",
  {
    id: primaryId("embedSession"),
    environmentId: environmentId(),
    customerId: customerId(),
    tokenHash: text("token_hash").notNull().unique(),
    /** The vendor page's origin this session may be used from. */
    origin: text("origin").notNull(),
    /** The vendor's own name for the person, for the history; never shown to other customers. */
    userName: text("user_name"),
    /** The language the vendor opened it for; the page's own wish comes before it. */
    locale: text("locale"),
    /** The link it was opened by (`connect_links`): then it connects that one account and does nothing else. */
    linkId: text("link_id").$type<ConnectLinkId>(),
    expiresAt: moment("expires_at").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.customerId], foreignColumns: [customers.environmentId, customers.id] }).onDelete("cascade"),
    index("embed_sessions_expiry").on(t.expiresAt),
    index("embed_sessions_customer").on(t.environmentId, t.customerId),
  ],
);

/** A public key of the vendor's own, whose signature opens the marketplace without asking us for a session first. */
export const embedKeys = pgTable(
  "embed_keys",
  {
    id: primaryId("embedKey"),
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    /** Named in the token's header. */
    kid: text("kid").notNull(),
    /** The only algorithm this key verifies. */
    alg: text("alg", { enum: ["ES256", "RS256", "EdDSA"] }).notNull(),
    jwk: jsonb("jwk").$type<Record<string, string>>().notNull(),
    createdAt: createdAt(),
    lastUsedAt: moment("last_used_at"),
  },
  (t) => [unique("embed_keys_kid").on(t.environmentId, t.kid)],
);

/** What customers miss among the integrations on offer: one voice each. */
export const integrationRequests = pgTable(
  "integration_requests",
  {
    environmentId: environmentId(),
    customerId: customerId(),
    /** The name without case, accents and signs, so that one wish is one row in the vendor's list. */
    key: text("key").notNull(),
    /** As the customer wrote it. */
    name: text("name").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.environmentId, t.customerId, t.key] }),
    foreignKey({ columns: [t.environmentId, t.customerId], foreignColumns: [customers.environmentId, customers.id] }).onDelete("cascade"),
    index("integration_requests_key").on(t.environmentId, t.key),
  ],
);
