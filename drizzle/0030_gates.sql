-- Whom an integration is open to. Locks: customers and integrations for an instant each (columns with a constant default, or none).
ALTER TABLE "integrations" ADD COLUMN "gate" text;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "traits" jsonb DEFAULT '{}'::jsonb NOT NULL;