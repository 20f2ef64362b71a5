-- Records named by calls, and what is told of inbound addresses. Locks: streams and inbound_endpoints for an instant each (constant
-- defaults); inbox against writes while its small partial index is built.
CREATE TABLE "named_records" (
	"stream_id" text NOT NULL,
	"external_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"n" bigint DEFAULT 1 NOT NULL,
	"called_at" timestamp with time zone NOT NULL,
	"carried" text,
	"gone" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "named_records_stream_id_external_id_pk" PRIMARY KEY("stream_id","external_id")
);
--> statement-breakpoint
ALTER TABLE "inbound_endpoints" ADD COLUMN "accepted" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "inbound_endpoints" ADD COLUMN "refused" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "inbound_endpoints" ADD COLUMN "last_accepted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "inbound_endpoints" ADD COLUMN "last_refused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "inbound_endpoints" ADD COLUMN "last_refusal" text;--> statement-breakpoint
ALTER TABLE "named_records" ADD CONSTRAINT "named_records_stream" FOREIGN KEY ("environment_id","customer_id","stream_id") REFERENCES "public"."streams"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "named_records_waiting" ON "named_records" USING btree ("stream_id","called_at") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "inbox_failed" ON "inbox" USING btree ("endpoint_id","received_at") WHERE status = 'failed';--> statement-breakpoint
SELECT inlay_secure('named_records', 'customer');
