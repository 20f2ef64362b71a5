-- A sign-in may be gone on with after its page was reloaded. Locks: authorizations for an instant (a column without a default).
ALTER TABLE "authorizations" ADD COLUMN "resume_hash" text;
