-- What retention needs. Locks: environments for an instant; writes to run_pages, runs, streams and webhook_deliveries wait while each index is built.
ALTER TABLE "environments" ADD COLUMN "feed_removed" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "run_pages_at" ON "run_pages" USING btree ("at");--> statement-breakpoint
CREATE INDEX "runs_started" ON "runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "streams_run" ON "streams" USING btree ("run_id") WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_over" ON "webhook_deliveries" USING btree ("created_at") WHERE status <> 'pending';