import { sql } from "drizzle-orm";
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import type { Sealed } from "#server/lib/vault";
import type { OwnWords } from "#server/words/messages";
import { counter, createdAt, environmentId, moment, primaryId, refId, vendorId } from "../columns";

/** A SaaS company that embeds the marketplace. */
export const vendors = pgTable("vendors", {
  id: primaryId("vendor"),
  name: text("name").notNull(),
  slug: text("slug").notNull().unique(),
  createdAt: createdAt(),
});

/** How the marketplace looks inside the vendor's product; every value is parsed before it is stored. */
export type Branding = {
  accent?: string;
  /** The ground of the page and of what lies on it, `#rrggbb`. */
  background?: string;
  surface?: string;
  radius?: number;
  /** `system`, `inter`, or the name of a font that customers have. */
  font?: string;
  /** https address of a font file, loaded from there and nowhere else. */
  fontUrl?: string;
  logoUrl?: string;
  /** A small image as a data URL, in place of an address. */
  logo?: string;
  appearance?: "light" | "dark" | "auto";
  marketplaceTitle?: string;
  /** Where answers to mails to customers go. */
  replyTo?: string;
  /** The name mails to customers come from; the vendor's own unless given. */
  senderName?: string;
  /** The vendor's own words in place of ours, by language and key. */
  words?: OwnWords;
};

/** A vendor's `test` or `live` world: keys, data and OAuth apps never cross. */
export const environments = pgTable(
  "environments",
  {
    id: primaryId("environment"),
    vendorId: vendorId().references(() => vendors.id, { onDelete: "cascade" }),
    kind: text("kind", { enum: ["test", "live"] }).notNull(),
    publishableKey: text("publishable_key").notNull().unique(),
    /** Exact origins that may frame the marketplace. */
    allowedOrigins: text("allowed_origins").array().notNull().default(sql`'{}'`),
    branding: jsonb("branding").$type<Branding>().notNull().default({}),
    /** An origin of the vendor's own that leads to us, such as `https://integrations.acme.com`; in use once it is proven. */
    ownOrigin: text("own_origin"),
    /** What the vendor puts into the DNS of that name, to prove that it is theirs. */
    ownOriginToken: text("own_origin_token"),
    ownOriginProvenAt: moment("own_origin_proven_at"),
    /** Last position given out in this environment's change feed. */
    feedPosition: counter("feed_position").notNull().default(0),
    /** Changes up to this position were removed by retention, or are about to be. */
    feedRemoved: counter("feed_removed").notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    unique("environments_vendor_kind").on(t.vendorId, t.kind),
    unique("environments_scope").on(t.vendorId, t.id),
    // Who only says that a name is theirs keeps nobody from proving it.
    uniqueIndex("environments_own_origin").on(t.ownOrigin).where(sql`own_origin_proven_at is not null`),
  ],
);

/** How an environment's marketplace has looked: a row for every change, so that one can go back. */
export const brandingVersions = pgTable(
  "branding_versions",
  {
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    n: integer("n").notNull(),
    branding: jsonb("branding").$type<Branding>().notNull(),
    /** A member's address, or the kind of actor. */
    createdBy: text("created_by").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.environmentId, t.n] })],
);

/** next-auth's own four tables; the column names are its contract. */
export const users = pgTable("users", {
  id: text("id")
    .primaryKey()
    .$defaultFn(() => crypto.randomUUID()),
  name: text("name"),
  email: text("email").unique(),
  emailVerified: moment("emailVerified"),
  image: text("image"),
});
export const accounts = pgTable(
  "accounts",
  {
    userId: text("userId")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    type: text("type").notNull(),
    provider: text("provider").notNull(),
    providerAccountId: text("providerAccountId").notNull(),
    refresh_token: text("refresh_token"),
    access_token: text("access_token"),
    expires_at: integer("expires_at"),
    token_type: text("token_type"),
    scope: text("scope"),
    id_token: text("id_token"),
    session_state: text("session_state"),
  },
  (t) => [primaryKey({ columns: [t.provider, t.providerAccountId] })],
);
export const sessions = pgTable("sessions", {
  sessionToken: text("sessionToken").primaryKey(),
  userId: text("userId")
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  expires: moment("expires").notNull(),
});
export const verificationTokens = pgTable(
  "verification_tokens",
  { identifier: text("identifier").notNull(), token: text("token").notNull(), expires: moment("expires").notNull() },
  (t) => [primaryKey({ columns: [t.identifier, t.token] })],
);

/** A person of the vendor's team. `userId` is null until the invited person signs in with that e-mail. */
export const members = pgTable(
  "members",
  {
    id: primaryId("member"),
    vendorId: vendorId().references(() => vendors.id, { onDelete: "cascade" }),
    email: text("email").notNull(),
    name: text("name"),
    role: text("role", { enum: ["owner", "admin", "developer", "support", "viewer"] }).notNull(),
    userId: text("user_id").references(() => users.id, { onDelete: "set null" }),
    /** How often they are written to about how their customers are; null = weekly for owners and admins, never for others. */
    digest: text("digest", { enum: ["daily", "weekly", "off"] }),
    /** When there was last something to look at for it, whether or not there was something to say. */
    digestAt: moment("digest_at"),
    createdAt: createdAt(),
  },
  (t) => [unique("members_vendor_email").on(t.vendorId, t.email), index("members_email").on(t.email)],
);

/** What a secret key may do: read anything, change anything, or only open the marketplace for customers. */
export type ApiScope = "read" | "write" | "sessions";

/** Secret keys of the vendor's backend. Only a hash is kept. */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: primaryId("apiKey"),
    vendorId: vendorId(),
    environmentId: environmentId(),
    name: text("name").notNull(),
    /** First characters, to recognise a key in a list. */
    hint: text("hint").notNull(),
    secretHash: text("secret_hash").notNull().unique(),
    scopes: text("scopes").array().$type<ApiScope[]>().notNull().default(sql`'{read,write,sessions}'`),
    createdBy: refId("created_by", "member"),
    createdAt: createdAt(),
    lastUsedAt: moment("last_used_at"),
    revokedAt: moment("revoked_at"),
  },
  (t) => [
    foreignKey({ columns: [t.vendorId, t.environmentId], foreignColumns: [environments.vendorId, environments.id] }).onDelete("cascade"),
    index("api_keys_environment").on(t.environmentId),
  ],
);

/** What an API call with an `Idempotency-Key` was, and what it answered: asked again within a day, it answers the same. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    /** SHA-256 of the caller's key: it may be as long and odd as he likes. */
    keyHash: text("key_hash").notNull(),
    /** SHA-256 of operation and input. */
    requestHash: text("request_hash").notNull(),
    /** Null while the first call is at work. */
    status: integer("status"),
    /** Sealed with owner = key hash, customer '', field `answer`, version 1: answers may hold secrets. */
    answer: text("answer").$type<Sealed>(),
    /** When the call began; a call that died is taken over a minute later. */
    startedAt: moment("started_at").notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.environmentId, t.keyHash] }), index("idempotency_keys_started").on(t.startedAt)],
);
