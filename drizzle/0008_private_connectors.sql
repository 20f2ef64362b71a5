-- Connectors that vendors bring. Locks: integrations and vendors for an instant; both tables are new.
CREATE TABLE "connector_trials" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"vendor_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"object" text DEFAULT '' NOT NULL,
	"step" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"customer_id" text,
	"connection_id" text,
	"wish" jsonb NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "connector_trials_step" UNIQUE("environment_id","key","version","object","step")
);
--> statement-breakpoint
CREATE TABLE "connector_versions" (
	"vendor_id" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"source" text NOT NULL,
	"format" text NOT NULL,
	"manifest" json NOT NULL,
	"claims" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone,
	"retired_at" timestamp with time zone,
	CONSTRAINT "connector_versions_vendor_id_key_version_pk" PRIMARY KEY("vendor_id","key","version")
);
--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "connector_version" integer;--> statement-breakpoint
ALTER TABLE "connector_trials" ADD CONSTRAINT "connector_trials_vendor_id_key_version_connector_versions_vendor_id_key_version_fk" FOREIGN KEY ("vendor_id","key","version") REFERENCES "public"."connector_versions"("vendor_id","key","version") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connector_trials" ADD CONSTRAINT "connector_trials_environment_id_customer_id_customers_environment_id_id_fk" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connector_versions" ADD CONSTRAINT "connector_versions_vendor_id_vendors_id_fk" FOREIGN KEY ("vendor_id") REFERENCES "public"."vendors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connector_trials_created" ON "connector_trials" USING btree ("created_at");--> statement-breakpoint
SELECT inlay_secure('connector_versions', 'vendor'), inlay_secure('connector_trials', 'environment');--> statement-breakpoint
-- A version's content never changes, whoever asks: only its state and what tries have shown of it move.
REVOKE UPDATE, DELETE ON connector_versions FROM inlay_web, inlay_worker, inlay_system;--> statement-breakpoint
GRANT UPDATE (status, published_at, retired_at, claims) ON connector_versions TO inlay_web, inlay_worker;
