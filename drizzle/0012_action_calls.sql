-- Calls of actions and single writes. Locks: connections for an instant.
CREATE TABLE "action_calls" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"key" text,
	"input" text NOT NULL,
	"outcome" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"code" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"doubtful" boolean DEFAULT false NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "action_calls_scope" UNIQUE("environment_id","customer_id","id")
);
--> statement-breakpoint
ALTER TABLE "action_calls" ADD CONSTRAINT "action_calls_environment_id_customer_id_connection_id_connections_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","connection_id") REFERENCES "public"."connections"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "action_calls_key" ON "action_calls" USING btree ("environment_id","connection_id","key") WHERE key is not null;--> statement-breakpoint
CREATE INDEX "action_calls_created" ON "action_calls" USING btree ("created_at");--> statement-breakpoint
SELECT inlay_secure('action_calls', 'customer');
