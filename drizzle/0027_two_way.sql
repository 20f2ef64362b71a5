-- Streams that go both ways: what records find each other by, and links that ended. Locks: links and streams for an instant each (columns
-- without a default), customers for an instant against writes while the foreign keys to it are made.
CREATE TABLE "departures" (
	"stream_id" text NOT NULL,
	"own_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"version" bigint NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "departures_stream_id_own_id_pk" PRIMARY KEY("stream_id","own_id")
);
--> statement-breakpoint
CREATE TABLE "match_keys" (
	"stream_id" text NOT NULL,
	"side" text NOT NULL,
	"id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "match_keys_stream_id_side_id_pk" PRIMARY KEY("stream_id","side","id")
);
--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "theirs_ms" bigint;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "match_field" text;--> statement-breakpoint
ALTER TABLE "departures" ADD CONSTRAINT "departures_customer" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_keys" ADD CONSTRAINT "match_keys_customer" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "match_keys_value" ON "match_keys" USING btree ("stream_id","side","value");--> statement-breakpoint
SELECT inlay_secure('departures', 'customer'), inlay_secure('match_keys', 'customer');
