-- Indexes of two lists. Locks: writes to runs and connections wait while each is built.
CREATE INDEX "connections_environment" ON "connections" USING btree ("environment_id","id");--> statement-breakpoint
CREATE INDEX "runs_status" ON "runs" USING btree ("environment_id","status","started_at");