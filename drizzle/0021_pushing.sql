-- Own records, what is written at third parties, and conflicts. Locks: streams for an instant (columns with constant defaults), and against
-- writes while its small partial index is built.
CREATE TABLE "conflicts" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"own_id" text NOT NULL,
	"external_id" text NOT NULL,
	"fields" jsonb NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	"settled_by" text,
	"choice" jsonb
);
--> statement-breakpoint
CREATE TABLE "links" (
	"stream_id" text NOT NULL,
	"own_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"external_id" text NOT NULL,
	"base_ours" jsonb,
	"base_theirs" jsonb,
	"pushed_version" bigint DEFAULT 0 NOT NULL,
	"synced_at" timestamp with time zone,
	CONSTRAINT "links_stream_id_own_id_pk" PRIMARY KEY("stream_id","own_id"),
	CONSTRAINT "links_external" UNIQUE("stream_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"stream_id" text NOT NULL,
	"own_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"op" text NOT NULL,
	"version" bigint NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"key" text,
	"first_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"again" boolean DEFAULT false NOT NULL,
	"sent" jsonb,
	"approved" boolean DEFAULT false NOT NULL,
	"code" text,
	"message" text,
	"field" text,
	"write_ids" text[],
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_stream_id_own_id_pk" PRIMARY KEY("stream_id","own_id")
);
--> statement-breakpoint
CREATE TABLE "own_records" (
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"model_key" text NOT NULL,
	"own_id" text NOT NULL,
	"data" jsonb NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "own_records_environment_id_customer_id_model_key_own_id_pk" PRIMARY KEY("environment_id","customer_id","model_key","own_id")
);
--> statement-breakpoint
CREATE TABLE "writes" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"run_id" text NOT NULL,
	"own_id" text NOT NULL,
	"external_id" text NOT NULL,
	"op" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"undone_at" timestamp with time zone,
	"undo_of" text
);
--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "direction" text DEFAULT 'pull' NOT NULL;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "held_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "conflict_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conflicts" ADD CONSTRAINT "conflicts_stream" FOREIGN KEY ("environment_id","customer_id","stream_id") REFERENCES "public"."streams"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_customer" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_customer" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "own_records" ADD CONSTRAINT "own_records_customer" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "writes" ADD CONSTRAINT "writes_stream" FOREIGN KEY ("environment_id","customer_id","stream_id") REFERENCES "public"."streams"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "conflicts_open" ON "conflicts" USING btree ("stream_id","own_id") WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX "conflicts_environment" ON "conflicts" USING btree ("environment_id","opened_at");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("stream_id","due_at") WHERE state in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "outbox_held" ON "outbox" USING btree ("stream_id","updated_at") WHERE state in ('held', 'unknown');--> statement-breakpoint
CREATE INDEX "writes_stream_at" ON "writes" USING btree ("stream_id","at");--> statement-breakpoint
CREATE INDEX "writes_record" ON "writes" USING btree ("stream_id","own_id","id");--> statement-breakpoint
CREATE INDEX "writes_run" ON "writes" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "writes_at" ON "writes" USING btree ("at");--> statement-breakpoint
CREATE INDEX "streams_pushing" ON "streams" USING btree ("environment_id","customer_id","model_key") WHERE direction <> 'pull';--> statement-breakpoint
SELECT inlay_secure('own_records', 'customer'), inlay_secure('links', 'customer'), inlay_secure('outbox', 'customer'),
  inlay_secure('writes', 'customer'), inlay_secure('conflicts', 'customer');
