-- Customers' patches on mappings, schemas of accounts, drift and roll-outs. Locks: short catalogue locks on mappings, customers and
-- streams (columns with constant defaults); one pass over streams, as many rows as there are.
CREATE TABLE "connection_schemas" (
	"connection_id" text NOT NULL,
	"object" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"fields" jsonb NOT NULL,
	"taken_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "connection_schemas_connection_id_object_pk" PRIMARY KEY("connection_id","object")
);
--> statement-breakpoint
CREATE TABLE "drifts" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"kind" text NOT NULL,
	"path" text NOT NULL,
	"detail" jsonb NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	"settled_by" text
);
--> statement-breakpoint
CREATE TABLE "rollouts" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"template_id" text NOT NULL,
	"stream_key" text NOT NULL,
	"from_version" integer NOT NULL,
	"to_version" integer NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"steps" integer[] DEFAULT '{0,5,100}' NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"step_at" timestamp with time zone DEFAULT now() NOT NULL,
	"watch_ms" integer DEFAULT 600000 NOT NULL,
	"max_error_percent" integer DEFAULT 2 NOT NULL,
	"reason" text,
	"started_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "stream_overrides" (
	"stream_id" text NOT NULL,
	"n" integer NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"overrides" jsonb NOT NULL,
	"conflicts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stream_overrides_stream_id_n_pk" PRIMARY KEY("stream_id","n")
);
--> statement-breakpoint
ALTER TABLE "mappings" ADD COLUMN "choices" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "internal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "template_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "connection_schemas" ADD CONSTRAINT "connection_schemas_environment_id_customer_id_connection_id_connections_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","connection_id") REFERENCES "public"."connections"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drifts" ADD CONSTRAINT "drifts_environment_id_customer_id_stream_id_streams_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","stream_id") REFERENCES "public"."streams"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_environment_id_template_id_templates_environment_id_id_fk" FOREIGN KEY ("environment_id","template_id") REFERENCES "public"."templates"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stream_overrides" ADD CONSTRAINT "stream_overrides_environment_id_customer_id_stream_id_streams_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","stream_id") REFERENCES "public"."streams"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "drifts_open" ON "drifts" USING btree ("stream_id","kind","path") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "drifts_environment" ON "drifts" USING btree ("environment_id","found_at");--> statement-breakpoint
CREATE UNIQUE INDEX "rollouts_running" ON "rollouts" USING btree ("environment_id","template_id","stream_key") WHERE status in ('running', 'halted');
--> statement-breakpoint
UPDATE streams SET template_version = mapping_version;
--> statement-breakpoint
SELECT inlay_secure('stream_overrides', 'customer'), inlay_secure('connection_schemas', 'customer'), inlay_secure('drifts', 'customer'),
  inlay_secure('rollouts', 'environment');
