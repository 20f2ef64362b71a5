import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import type { ModelField } from "#server/domains/models/schema";
import type { TemplateDocument, TemplateDraft, TemplateStream } from "#server/domains/templates/schema";
import type { Sealed } from "#server/lib/vault";
import type { FieldChoices } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import { createdAt, environmentId, moment, primaryId, refId } from "../columns";
import { environments } from "./identity";

/** A connector as one vendor configured it in one environment. */
export const integrations = pgTable(
  "integrations",
  {
    id: primaryId("integration"),
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    connectorKey: text("connector_key").notNull(),
    /** Private connectors: the version it stays with; null = follows the newest published one. */
    connectorVersion: integer("connector_version"),
    name: text("name").notNull(),
    tagline: text("tagline").notNull().default(""),
    categories: text("categories").array().notNull().default(sql`'{}'`),
    /** Which of the manifest's auth methods the vendor offers, by its key. */
    authKey: text("auth_key").notNull(),
    clientId: text("client_id"),
    /** Sealed with owner = integration id, customer '' and field `client_secret`. */
    clientSecret: text("client_secret").$type<Sealed>(),
    scopes: text("scopes").array().notNull().default(sql`'{}'`),
    /**
     * Test environments only: every host of the manifest is reached as `<sandboxOrigin>/<host>/…` instead, so that the
     * same manifest runs against the simulator.
     */
    sandboxOrigin: text("sandbox_origin"),
    featured: boolean("featured").notNull().default(false),
    /** Who may connect it, as an expression over the customer's traits; null = everybody. */
    gate: text("gate"),
    /** The vendor's page on which whoever installed it from the third party's side goes on; null = there is none. */
    claimUrl: text("claim_url"),
    status: text("status", { enum: ["available", "coming_soon", "hidden"] })
      .notNull()
      .default("available"),
    position: integer("position").notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [unique("integrations_scope").on(t.environmentId, t.id)],
);

/** An object of the vendor's own world. */
export const models = pgTable(
  "models",
  {
    id: primaryId("model"),
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    key: text("key").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull().default(""),
    fields: jsonb("fields").$type<ModelField[]>().notNull(),
    /** Rises with every save that changes something; what was before stands in `model_versions`. */
    version: integer("version").notNull().default(1),
    updatedBy: text("updated_by").notNull().default(""),
    updatedAt: moment("updated_at").notNull().default(sql`now()`),
    archivedAt: moment("archived_at"),
    createdAt: createdAt(),
  },
  (t) => [unique("models_key").on(t.environmentId, t.key), unique("models_scope").on(t.environmentId, t.id)],
);

/** What a model was before its newest change. Rows are never changed. */
export const modelVersions = pgTable(
  "model_versions",
  {
    modelId: refId("model_id", "model").notNull(),
    version: integer("version").notNull(),
    environmentId: environmentId(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    fields: jsonb("fields").$type<ModelField[]>().notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.modelId, t.version] }),
    foreignKey({ columns: [t.environmentId, t.modelId], foreignColumns: [models.environmentId, models.id] }).onDelete("cascade"),
  ],
);

/** Who of the vendor's team has looked at what of a customer, or changed what for one. Rows are never changed. */
export const auditEntries = pgTable(
  "audit_entries",
  {
    id: primaryId("auditEntry"),
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    /** Whose data it was; null = nobody's in particular. */
    customerId: refId("customer_id", "customer"),
    actor: text("actor").notNull(),
    /** `records.preview`. */
    action: text("action").notNull(),
    /** What it was done to: an id of ours. */
    subject: text("subject").notNull(),
    at: moment("at").notNull().default(sql`now()`),
  },
  (t) => [index("audit_entries_environment").on(t.environmentId, t.at)],
);

/** What the vendor offers on an integration: which objects flow into which models. */
export const templates = pgTable(
  "templates",
  {
    id: primaryId("template"),
    environmentId: environmentId(),
    integrationId: refId("integration_id", "integration").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull().default(""),
    /** The version in force, 1, 2, 3 …; 0 = none yet. Name, description and streams here are those of it. */
    version: integer("version").notNull().default(1),
    /** `draft`: not on offer, and what runs goes on. `archived`: put away; nobody runs it. */
    status: text("status", { enum: ["draft", "published", "archived"] })
      .notNull()
      .default("draft"),
    streams: jsonb("streams").$type<TemplateStream[]>().notNull(),
    /** What of name, description and streams is to be otherwise with the next version. Null = nothing. Drafts of mappings stand beside it. */
    draft: jsonb("draft").$type<TemplateDraft>(),
    createdAt: createdAt(),
    publishedAt: moment("published_at"),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.integrationId], foreignColumns: [integrations.environmentId, integrations.id] }).onDelete(
      "cascade",
    ),
    unique("templates_scope").on(t.environmentId, t.id),
  ],
);

/** A template as a whole as it was published. Rows are never changed but in their status. */
export const templateVersions = pgTable(
  "template_versions",
  {
    templateId: refId("template_id", "template").notNull(),
    version: integer("version").notNull(),
    environmentId: environmentId(),
    /** `rolling`: on its way to customers. `withdrawn`: rolled back. */
    status: text("status", { enum: ["published", "rolling", "withdrawn"] }).notNull(),
    /** Each stream with the version of its mapping, whose content stands in `mappings`. */
    document: jsonb("document").$type<TemplateDocument>().notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.templateId, t.version] }),
    foreignKey({ columns: [t.environmentId, t.templateId], foreignColumns: [templates.environmentId, templates.id] }).onDelete("cascade"),
  ],
);

/**
 * One stream of a template at a version of it: how its records become model records, and its settings. Published versions never change; at
 * most one draft. A version that leaves the stream as it is has no row of its own.
 */
export const mappings = pgTable(
  "mappings",
  {
    id: primaryId("mapping"),
    environmentId: environmentId(),
    templateId: refId("template_id", "template").notNull(),
    streamKey: text("stream_key").notNull(),
    /** That of the template it came with; the draft has the number it will be published under. */
    version: integer("version").notNull(),
    /** `published`: what is turned on anew gets the newest. `rolling`: a roll-out moves streams to it. `withdrawn`: rolled back. */
    status: text("status", { enum: ["draft", "published", "rolling", "withdrawn"] }).notNull(),
    fields: jsonb("fields").$type<FieldMapping[]>().notNull(),
    /** An expression that is true for the records to take. Null = all. */
    filter: text("filter"),
    /** What customers may do with its fields, by target. */
    choices: jsonb("choices").$type<FieldChoices>().notNull().default({}),
    /** How the stream runs at this version; null in drafts, for which the template's draft says it. */
    settings: jsonb("settings").$type<TemplateStream>(),
    createdBy: text("created_by").notNull(),
    createdAt: createdAt(),
    publishedAt: moment("published_at"),
  },
  (t) => [
    foreignKey({ columns: [t.environmentId, t.templateId], foreignColumns: [templates.environmentId, templates.id] }).onDelete("cascade"),
    unique("mappings_version").on(t.environmentId, t.templateId, t.streamKey, t.version),
    unique("mappings_scope").on(t.environmentId, t.id),
  ],
);
