-- Subscriptions at third parties. Locks: connections and inbound_endpoints for an instant each.
CREATE TABLE "webhook_subscriptions" (
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"told" text NOT NULL,
	"made" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"due_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"error_code" text,
	"error_detail" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_subscriptions_pk" PRIMARY KEY("environment_id","customer_id","connection_id")
);
--> statement-breakpoint
ALTER TABLE "webhook_subscriptions" ADD CONSTRAINT "webhook_subscriptions_connection" FOREIGN KEY ("environment_id","customer_id","connection_id") REFERENCES "public"."connections"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_subscriptions" ADD CONSTRAINT "webhook_subscriptions_address" FOREIGN KEY ("endpoint_id") REFERENCES "public"."inbound_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_subscriptions_endpoint" ON "webhook_subscriptions" USING btree ("endpoint_id");--> statement-breakpoint
CREATE INDEX "webhook_subscriptions_due" ON "webhook_subscriptions" USING btree ("due_at");--> statement-breakpoint
SELECT inlay_secure('webhook_subscriptions', 'customer');
