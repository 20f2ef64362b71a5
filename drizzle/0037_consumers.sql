-- Readers of the change feed whose place we keep; how an endpoint was switched off and until when it waits; how often a member is written to.
-- Locks: webhook_endpoints and members for an instant each (columns without a default or with a constant one), environments for an instant against
-- writes while the foreign key to it is made.
CREATE TABLE "consumers" (
	"environment_id" text NOT NULL,
	"name" text NOT NULL,
	"position" bigint NOT NULL,
	"given" bigint NOT NULL,
	"moves" integer DEFAULT 0 NOT NULL,
	"alert_after_minutes" integer DEFAULT 60 NOT NULL,
	"api_key_id" text,
	"seen_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "consumers_environment_id_name_pk" PRIMARY KEY("environment_id","name")
);
--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "digest" text;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "digest_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "disabled_cause" text;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "disabled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "hold_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "holds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "consumers" ADD CONSTRAINT "consumers_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
SELECT inlay_secure('consumers', 'environment');
