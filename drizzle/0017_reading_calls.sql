-- Samples of accounts, and calls that only read. Locks: short catalogue locks on action_calls and connection_schemas (columns with
-- constant defaults); one pass over action_calls, which holds a week, for the index.
ALTER TABLE "action_calls" ADD COLUMN "asked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connection_schemas" ADD COLUMN "samples" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "action_calls_reading" ON "action_calls" USING btree ("environment_id","connection_id","created_at") WHERE kind in ('look', 'dry_run');