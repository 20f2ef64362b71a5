-- What all workers together may ask of third parties, and what a stream waits for. Locks: streams, for an instant.
CREATE TABLE "rate_limits" (
	"id" text PRIMARY KEY NOT NULL,
	"tokens" double precision,
	"tokens_at" timestamp with time zone,
	"slots" jsonb,
	"blocked_until" timestamp with time zone,
	"held_until" timestamp with time zone,
	"strikes" integer DEFAULT 0 NOT NULL,
	"idle_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "waiting_until" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "rate_limits_idle" ON "rate_limits" USING btree ("idle_at");--> statement-breakpoint
CREATE INDEX "rate_limits_closed" ON "rate_limits" USING btree ("id") WHERE strikes > 0 or held_until is not null;--> statement-breakpoint
SELECT inlay_secure('rate_limits', 'system');
