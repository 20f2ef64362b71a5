-- What customers are spoken to in, and how a marketplace has looked. Locks: authorizations and embed_sessions for an instant each
-- (columns without a default); environments for an instant against writes while the foreign key to it is made.
CREATE TABLE "branding_versions" (
	"environment_id" text NOT NULL,
	"n" integer NOT NULL,
	"branding" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "branding_versions_environment_id_n_pk" PRIMARY KEY("environment_id","n")
);
--> statement-breakpoint
ALTER TABLE "authorizations" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "embed_sessions" ADD COLUMN "locale" text;--> statement-breakpoint
ALTER TABLE "branding_versions" ADD CONSTRAINT "branding_versions_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
SELECT inlay_secure('branding_versions', 'environment');
