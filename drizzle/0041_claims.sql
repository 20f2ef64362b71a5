-- Accounts installed from the third party's side that nobody has taken up yet. Locks integrations for an instant (a column without a default), it and
-- connections against writes while the foreign keys to them are made.
CREATE TABLE "claims" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"state_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"verifier" text,
	"secret" text,
	"secret_expires_at" timestamp with time zone,
	"secret_refresh_after" timestamp with time zone,
	"config" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"account_id" text,
	"account_label" text,
	"granted_scopes" text[] DEFAULT '{}' NOT NULL,
	"token_hash" text,
	"taken_by" text,
	"connection_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "claims_state_hash_unique" UNIQUE("state_hash"),
	CONSTRAINT "claims_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "claim_url" text;--> statement-breakpoint
ALTER TABLE "claims" ADD CONSTRAINT "claims_environment_id_integration_id_integrations_environment_id_id_fk" FOREIGN KEY ("environment_id","integration_id") REFERENCES "public"."integrations"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claims" ADD CONSTRAINT "claims_environment_id_taken_by_connection_id_connections_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","taken_by","connection_id") REFERENCES "public"."connections"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "claims_expiry" ON "claims" USING btree ("expires_at");--> statement-breakpoint
SELECT inlay_secure('claims', 'environment');
