-- Where third parties call us, and what they said. Locks: writes to integrations and connections wait while the foreign keys are added.
CREATE TABLE "inbound_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"customer_id" text,
	"connection_id" text,
	"token_hash" text NOT NULL,
	"secret" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbound_endpoints_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "inbound_endpoints_scope" UNIQUE("environment_id","id")
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"endpoint_id" text NOT NULL,
	"event_key" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text,
	"connection_id" text,
	"content" text,
	"status" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claimed_until" timestamp with time zone,
	"error" text,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_endpoint_id_event_key_pk" PRIMARY KEY("endpoint_id","event_key")
);
--> statement-breakpoint
ALTER TABLE "inbound_endpoints" ADD CONSTRAINT "inbound_endpoints_environment_id_integration_id_integrations_environment_id_id_fk" FOREIGN KEY ("environment_id","integration_id") REFERENCES "public"."integrations"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_endpoints" ADD CONSTRAINT "inbound_endpoints_environment_id_customer_id_connection_id_connections_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","connection_id") REFERENCES "public"."connections"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_endpoint_id_inbound_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."inbound_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "inbound_endpoints_connection" ON "inbound_endpoints" USING btree ("environment_id","connection_id");--> statement-breakpoint
CREATE INDEX "inbox_waiting" ON "inbox" USING btree ("received_at") WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX "inbox_received" ON "inbox" USING brin ("received_at");--> statement-breakpoint
SELECT inlay_secure('inbound_endpoints', 'customer'), inlay_secure('inbox', 'customer');
