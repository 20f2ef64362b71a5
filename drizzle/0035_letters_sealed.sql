-- The words of a letter are kept sealed, in one column. Locks: mails for an instant. Letters that waited unsealed are given up.
UPDATE "mails" SET "body" = '', "due_at" = NULL WHERE "environment_id" IS NOT NULL AND "sent_at" IS NULL;--> statement-breakpoint
ALTER TABLE "mails" DROP COLUMN "html";
