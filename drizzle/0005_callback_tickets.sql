-- The ticket of a returned sign-in. Locks: authorizations, for an instant.
ALTER TABLE "authorizations" ADD COLUMN "ticket_hash" text;--> statement-breakpoint
ALTER TABLE "authorizations" ADD COLUMN "confirmed_at" timestamp with time zone;
