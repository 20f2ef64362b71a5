-- A vendor's own origin, and mail to customers. Locks: environments, authorizations, customers and mails for an instant each (columns without a default or with a constant one, indexes over few rows).
ALTER TABLE "authorizations" ADD COLUMN "frame_origin" text;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "environments" ADD COLUMN "own_origin" text;--> statement-breakpoint
ALTER TABLE "environments" ADD COLUMN "own_origin_token" text;--> statement-breakpoint
ALTER TABLE "environments" ADD COLUMN "own_origin_proven_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "environment_id" text;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "customer_id" text;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "html" text;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "from_name" text;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "reply_to" text;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "sent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_environment_id_customer_id_customers_environment_id_id_fk" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "environments_own_origin" ON "environments" USING btree ("own_origin") WHERE own_origin_proven_at is not null;--> statement-breakpoint
CREATE INDEX "mails_due" ON "mails" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_key" UNIQUE("key");