-- Links by which somebody else of a customer's connects an account. Locks: embed_sessions for an instant (a column without a default);
-- customers and integrations for an instant against writes while the foreign keys to them are made.
CREATE TABLE "connect_links" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"connection_id" text,
	"token_hash" text NOT NULL,
	"origin" text NOT NULL,
	"opened_at" timestamp with time zone,
	"done_at" timestamp with time zone,
	"done_connection_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "connect_links_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "connect_links_one" UNIQUE("environment_id","customer_id","integration_id")
);
--> statement-breakpoint
ALTER TABLE "embed_sessions" ADD COLUMN "link_id" text;--> statement-breakpoint
ALTER TABLE "connect_links" ADD CONSTRAINT "connect_links_environment_id_customer_id_customers_environment_id_id_fk" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connect_links" ADD CONSTRAINT "connect_links_environment_id_integration_id_integrations_environment_id_id_fk" FOREIGN KEY ("environment_id","integration_id") REFERENCES "public"."integrations"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
SELECT inlay_secure('connect_links', 'customer');
