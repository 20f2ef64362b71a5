import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import type { StreamChosen } from "#server/domains/templates/offers";
import { counter, createdAt, customerId, environmentId, moment, primaryId, refId } from "../columns";
import { templates } from "./catalogue";
import { connections } from "./connections";

/** A template turned on by a customer on a connection. */
export const installations = pgTable(
  "installations",
  {
    id: primaryId("installation"),
    environmentId: environmentId(),
    customerId: customerId(),
    connectionId: refId("connection_id", "connection").notNull(),
    templateId: refId("template_id", "template").notNull(),
    status: text("status", { enum: ["active", "off"] })
      .notNull()
      .default("active"),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({
      columns: [t.environmentId, t.customerId, t.connectionId],
      foreignColumns: [connections.environmentId, connections.customerId, connections.id],
    }).onDelete("cascade"),
    foreignKey({ columns: [t.environmentId, t.templateId], foreignColumns: [templates.environmentId, templates.id] }),
    unique("installations_scope").on(t.environmentId, t.customerId, t.id),
    unique("installations_once").on(t.environmentId, t.connectionId, t.templateId),
  ],
);

export type PauseReason = "customer" | "vendor" | "auth" | "quarantine" | "provider";

/** One object ↔ model flow. Owns cursor, schedule, fence and feed sequence; everything a restart needs is here. */
export const streams = pgTable(
  "streams",
  {
    id: primaryId("stream"),
    environmentId: environmentId(),
    customerId: customerId(),
    connectionId: refId("connection_id", "connection").notNull(),
    installationId: refId("installation_id", "installation").notNull(),
    templateId: refId("template_id", "template").notNull(),
    /** Key of the template's stream this came from. */
    key: text("key").notNull(),
    object: text("object").notNull(),
    modelKey: text("model_key").notNull(),
    /** `push`: nothing is read. `two_way`: own records go out as well. */
    direction: text("direction", { enum: ["pull", "push", "two_way"] })
      .notNull()
      .default("pull"),
    status: text("status", { enum: ["active", "off"] })
      .notNull()
      .default("active"),
    pauseReasons: text("pause_reasons").array().$type<PauseReason[]>().notNull().default(sql`'{}'`),
    /** `backfill` until the source was drained once, then `incremental`. */
    phase: text("phase", { enum: ["backfill", "incremental"] })
      .notNull()
      .default("backfill"),
    /** Opaque to all but the connector runtime. */
    cursor: text("cursor"),
    /** The next run reads everything anew, whatever the cursor says. */
    reread: boolean("reread").notNull().default(false),
    /** The published version of the template's mapping that is in force here. */
    templateVersion: integer("template_version").notNull().default(0),
    /**
     * Rises whenever the mapping in force becomes another, by the template or by the customer; `mappedVersion` is the one every
     * record is at least at. Unequal = a remap is due.
     */
    mappingVersion: integer("mapping_version").notNull(),
    mappedVersion: integer("mapped_version").notNull(),
    /** Where a remap stands: its version and the last external id done. `reread`: it waits until the source was read anew. */
    remapAfter: text("remap_after"),
    intervalMs: integer("interval_ms").notNull().default(300_000),
    /** What the customer has chosen of what the template offers; `intervalMs` above is what comes of it. */
    chosen: jsonb("chosen").$type<StreamChosen>().notNull().default({}),
    dueAt: moment("due_at").notNull().default(sql`now()`),
    /** The open run does not go on before: the third party's limits allow no more now. */
    waitingUntil: moment("waiting_until"),
    /** What set `dueAt` to now: shown as the run's trigger. */
    trigger: text("trigger", { enum: ["schedule", "customer", "vendor", "webhook", "activation", "mapping"] })
      .notNull()
      .default("activation"),
    /** Moves with every attempt; a page written under an older fence is refused. */
    fence: counter("fence").notNull().default(0),
    runId: refId("run_id", "run"),
    nextSeq: counter("next_seq").notNull().default(1),
    recordCount: integer("record_count").notNull().default(0),
    quarantineCount: integer("quarantine_count").notNull().default(0),
    /**
     * The mapping version at which a person let the stream go on although nearly everything is held back. A pause for `quarantine` is lifted by the
     * trigger `streams_mended` whenever `mappingVersion` becomes another.
     */
    circuitOffAt: integer("circuit_off_at"),
    tombstoneCount: integer("tombstone_count").notNull().default(0),
    /** The whole reading under way that shows who is missing (the fence it began at), and whether it has come to its end. */
    scan: counter("scan"),
    scanComplete: boolean("scan_complete").notNull().default(false),
    /** More were missing than may be deleted unasked: how many, and since when. Null = nothing to decide. */
    missingCount: integer("missing_count"),
    missingSince: moment("missing_since"),
    /** So many of them are there, and the filter leaves them out. */
    missingLeftOut: integer("missing_left_out"),
    /** Ids of some of them. */
    missingExamples: text("missing_examples").array(),
    /** How many a person has allowed to be deleted after the next whole reading. */
    deletesAllowed: integer("deletes_allowed"),
    /** Wishes of the outbox that wait for a person. */
    heldCount: integer("held_count").notNull().default(0),
    /** Open conflicts. */
    conflictCount: integer("conflict_count").notNull().default(0),
    /** Two-way: the field of the model that `match_keys` holds for this stream; null = it holds nothing. */
    matchField: text("match_field"),
    /** The source's own count when it tells one; for progress. */
    totalEstimate: integer("total_estimate"),
    lastSuccessAt: moment("last_success_at"),
    /** Failure of the newest run, null after a success. */
    failureCode: text("failure_code"),
    failureMessage: text("failure_message"),
    failures: integer("failures").notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({
      columns: [t.environmentId, t.customerId, t.installationId],
      foreignColumns: [installations.environmentId, installations.customerId, installations.id],
    }).onDelete("cascade"),
    unique("streams_scope").on(t.environmentId, t.customerId, t.id),
    unique("streams_key").on(t.environmentId, t.installationId, t.key),
    index("streams_connection").on(t.environmentId, t.connectionId),
    index("streams_template").on(t.environmentId, t.templateId),
    index("streams_pushing").on(t.environmentId, t.customerId, t.modelKey).where(sql`direction <> 'pull'`),
    index("streams_due").on(t.dueAt).where(sql`status = 'active'`),
    index("streams_run").on(t.runId).where(sql`run_id is not null`),
  ],
);

/** One execution of a stream. */
export const runs = pgTable(
  "runs",
  {
    id: primaryId("run"),
    environmentId: environmentId(),
    customerId: customerId(),
    streamId: refId("stream_id", "stream").notNull(),
    /** `named`: only the records that calls of the third party named. `push`: wishes of the outbox. */
    kind: text("kind", { enum: ["backfill", "incremental", "remap", "named", "push"] }).notNull(),
    trigger: text("trigger").notNull(),
    status: text("status", { enum: ["running", "succeeded", "failed", "cancelled"] })
      .notNull()
      .default("running"),
    pages: integer("pages").notNull().default(0),
    seen: integer("seen").notNull().default(0),
    created: integer("created").notNull().default(0),
    updated: integer("updated").notNull().default(0),
    deleted: integer("deleted").notNull().default(0),
    /** Left out by the filter. */
    skipped: integer("skipped").notNull().default(0),
    unchanged: integer("unchanged").notNull().default(0),
    quarantined: integer("quarantined").notNull().default(0),
    /** Attempts begun (a worker that died and came back counts twice). */
    legs: integer("legs").notNull().default(0),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    startedAt: moment("started_at").notNull().default(sql`now()`),
    finishedAt: moment("finished_at"),
  },
  (t) => [
    foreignKey({
      columns: [t.environmentId, t.customerId, t.streamId],
      foreignColumns: [streams.environmentId, streams.customerId, streams.id],
    }).onDelete("cascade"),
    unique("runs_scope").on(t.environmentId, t.customerId, t.id),
    index("runs_stream").on(t.streamId, t.startedAt),
    index("runs_environment").on(t.environmentId, t.startedAt),
    index("runs_status").on(t.environmentId, t.status, t.startedAt),
    index("runs_started").on(t.startedAt),
    index("runs_running").on(t.startedAt).where(sql`status = 'running'`),
  ],
);

/** Facts of one page's HTTP exchange, written with the page. */
export type PageFacts = { method: string; path: string; status: number; ms: number; bytes: number; retries: number };

/** One page of a run, committed with its records. */
export const runPages = pgTable(
  "run_pages",
  {
    runId: refId("run_id", "run").notNull(),
    n: integer("n").notNull(),
    environmentId: environmentId(),
    customerId: customerId(),
    seen: integer("seen").notNull(),
    created: integer("created").notNull(),
    updated: integer("updated").notNull(),
    deleted: integer("deleted").notNull().default(0),
    quarantined: integer("quarantined").notNull(),
    facts: jsonb("facts").$type<PageFacts>().notNull(),
    at: moment("at").notNull().default(sql`now()`),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.n] }),
    foreignKey({
      columns: [t.environmentId, t.customerId, t.runId],
      foreignColumns: [runs.environmentId, runs.customerId, runs.id],
    }).onDelete("cascade"),
    index("run_pages_at").on(t.at),
  ],
);
