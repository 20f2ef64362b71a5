import { foreignKey, index, integer, json, jsonb, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import type { TrialClaims, TrialResult, TrialWish } from "#server/domains/connectors/trial";
import { createdAt, environmentId, moment, primaryId, refId, vendorId } from "../columns";
import { customers } from "./customers";
import { vendors } from "./identity";

/**
 * A private connector's manifest, as its vendor gave it. Content never changes (the roles of the application may not update
 * it); only the state moves: draft → published → retired.
 */
export const connectorVersions = pgTable(
  "connector_versions",
  {
    vendorId: vendorId().references(() => vendors.id, { onDelete: "cascade" }),
    /** Begins with `x-`; the manifest's own key. */
    key: text("key").notNull(),
    /** 1, 2, 3 … of this key. */
    version: integer("version").notNull(),
    status: text("status", { enum: ["draft", "published", "retired"] })
      .notNull()
      .default("draft"),
    /** The file as it was given, and what it was read as. */
    source: text("source").notNull(),
    format: text("format", { enum: ["json", "yaml"] }).notNull(),
    /** `json`, not `jsonb`: the order of objects and fields is the vendor's, and screens keep it. */
    manifest: json("manifest").$type<unknown>().notNull(),
    /** What tries in the request console showed about its claims; no data of anybody. */
    claims: jsonb("claims").$type<TrialClaims>().notNull().default({}),
    createdBy: text("created_by").notNull(),
    createdAt: createdAt(),
    publishedAt: moment("published_at"),
    retiredAt: moment("retired_at"),
  },
  (t) => [primaryKey({ columns: [t.vendorId, t.key, t.version] })],
);

/** The newest try of one step of one object of a version in the request console. `result` holds other people's data: a row lives a day. */
export const connectorTrials = pgTable(
  "connector_trials",
  {
    id: primaryId("trial"),
    environmentId: environmentId(),
    vendorId: vendorId(),
    key: text("key").notNull(),
    version: integer("version").notNull(),
    /** Empty for steps that are about no object. */
    object: text("object").notNull().default(""),
    step: text("step", { enum: ["check", "identify", "first", "next", "changes"] }).notNull(),
    status: text("status", { enum: ["waiting", "done", "failed"] })
      .notNull()
      .default("waiting"),
    /** Set when a stored connection is used: the worker runs it then. */
    customerId: refId("customer_id", "customer"),
    connectionId: refId("connection_id", "connection"),
    wish: jsonb("wish").$type<TrialWish>().notNull(),
    result: jsonb("result").$type<TrialResult>(),
    createdAt: createdAt(),
    finishedAt: moment("finished_at"),
  },
  (t) => [
    foreignKey({
      columns: [t.vendorId, t.key, t.version],
      foreignColumns: [connectorVersions.vendorId, connectorVersions.key, connectorVersions.version],
    }).onDelete("cascade"),
    unique("connector_trials_step").on(t.environmentId, t.key, t.version, t.object, t.step),
    foreignKey({ columns: [t.environmentId, t.customerId], foreignColumns: [customers.environmentId, customers.id] }).onDelete("cascade"),
    index("connector_trials_created").on(t.createdAt),
  ],
);
