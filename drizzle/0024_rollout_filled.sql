-- How often fields were filled before a roll-out moved a stream. Locks: rollouts for an instant (a column with a constant default).
ALTER TABLE "rollouts" ADD COLUMN "filled" jsonb DEFAULT '{}'::jsonb NOT NULL;
