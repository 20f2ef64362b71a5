-- Templates get whole versions. Locks: templates and mappings for an instant each (columns without a default), templates for an instant
-- against writes while the foreign key to it is made; then one UPDATE of all templates and mappings, which are few.
CREATE TABLE "template_versions" (
	"template_id" text NOT NULL,
	"version" integer NOT NULL,
	"environment_id" text NOT NULL,
	"status" text NOT NULL,
	"document" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "template_versions_template_id_version_pk" PRIMARY KEY("template_id","version")
);
--> statement-breakpoint
ALTER TABLE "mappings" ADD COLUMN "settings" jsonb;--> statement-breakpoint
ALTER TABLE "templates" ADD COLUMN "draft" jsonb;--> statement-breakpoint
ALTER TABLE "template_versions" ADD CONSTRAINT "template_versions_environment_id_template_id_templates_environment_id_id_fk" FOREIGN KEY ("environment_id","template_id") REFERENCES "public"."templates"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
SELECT inlay_secure('template_versions', 'environment');--> statement-breakpoint
-- A version is written once; only where it stands changes.
REVOKE UPDATE, DELETE ON template_versions FROM inlay_web, inlay_worker, inlay_system;--> statement-breakpoint
GRANT UPDATE (status) ON template_versions TO inlay_web, inlay_worker;--> statement-breakpoint
-- What is there becomes the first whole version, under a number that no version of its mappings has. As the system, whom the walls let through.
SET LOCAL ROLE inlay_system;--> statement-breakpoint
UPDATE templates t SET version = CASE WHEN t.streams = '[]' THEN 0 ELSE greatest(t.version,
  coalesce((SELECT max(m.version) FROM mappings m WHERE m.environment_id = t.environment_id AND m.template_id = t.id AND m.status <> 'draft'), 0)) END;--> statement-breakpoint
UPDATE mappings m SET settings = e.value FROM templates t CROSS JOIN jsonb_array_elements(t.streams) e
 WHERE t.environment_id = m.environment_id AND t.id = m.template_id AND e.value->>'key' = m.stream_key AND m.status <> 'draft';--> statement-breakpoint
UPDATE mappings m SET version = t.version + 1 FROM templates t
 WHERE t.environment_id = m.environment_id AND t.id = m.template_id AND m.status = 'draft' AND m.version <= t.version;--> statement-breakpoint
INSERT INTO template_versions (template_id, version, environment_id, status, document, created_by, created_at)
SELECT t.id, t.version, t.environment_id, 'published', jsonb_build_object('name', t.name, 'description', t.description, 'streams', (
         SELECT coalesce(jsonb_agg(e.value || jsonb_build_object('mapping', coalesce((SELECT max(m.version) FROM mappings m WHERE m.environment_id = t.environment_id
           AND m.template_id = t.id AND m.stream_key = e.value->>'key' AND m.status = 'published'), 0)) ORDER BY e.ordinality), '[]')
           FROM jsonb_array_elements(t.streams) WITH ORDINALITY e)), coalesce(l.created_by, 'system'), coalesce(l.published_at, t.published_at, t.created_at)
  FROM templates t
  LEFT JOIN LATERAL (SELECT m.created_by, m.published_at FROM mappings m WHERE m.environment_id = t.environment_id AND m.template_id = t.id
    AND m.status = 'published' ORDER BY m.published_at DESC NULLS LAST LIMIT 1) l ON true
 WHERE t.version > 0;--> statement-breakpoint
RESET ROLE;
