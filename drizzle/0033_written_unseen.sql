-- What was written and nobody has seen since, of each link; what comes after an undo, of each wish. Locks links and outbox for an instant each (columns without a default or with a constant one).
ALTER TABLE "links" ADD COLUMN "unseen" text[];--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "echo_due" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "next" jsonb;