-- The first tables: identity, catalogue, customers, connections, streams, records, webhooks. Locks: nothing that exists.
CREATE TABLE "integrations" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"connector_key" text NOT NULL,
	"name" text NOT NULL,
	"tagline" text DEFAULT '' NOT NULL,
	"categories" text[] DEFAULT '{}' NOT NULL,
	"auth_key" text NOT NULL,
	"client_id" text,
	"client_secret" text,
	"scopes" text[] DEFAULT '{}' NOT NULL,
	"sandbox_origin" text,
	"featured" boolean DEFAULT false NOT NULL,
	"status" text DEFAULT 'available' NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "integrations_scope" UNIQUE("environment_id","id")
);
--> statement-breakpoint
CREATE TABLE "mappings" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"template_id" text NOT NULL,
	"stream_key" text NOT NULL,
	"version" integer NOT NULL,
	"status" text NOT NULL,
	"fields" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone,
	CONSTRAINT "mappings_version" UNIQUE("environment_id","template_id","stream_key","version"),
	CONSTRAINT "mappings_scope" UNIQUE("environment_id","id")
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"fields" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "models_key" UNIQUE("environment_id","key"),
	CONSTRAINT "models_scope" UNIQUE("environment_id","id")
);
--> statement-breakpoint
CREATE TABLE "templates" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"streams" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone,
	CONSTRAINT "templates_scope" UNIQUE("environment_id","id")
);
--> statement-breakpoint
CREATE TABLE "authorizations" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"embed_session_id" text NOT NULL,
	"connection_id" text,
	"state_hash" text NOT NULL,
	"verifier" text,
	"callback" text,
	"status" text DEFAULT 'waiting' NOT NULL,
	"error_code" text,
	"error_detail" text,
	"config" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"display" text DEFAULT 'popup' NOT NULL,
	"return_to" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "authorizations_state_hash_unique" UNIQUE("state_hash")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"status_reason" text,
	"account_id" text NOT NULL,
	"account_label" text NOT NULL,
	"granted_scopes" text[] DEFAULT '{}' NOT NULL,
	"config" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disconnected_at" timestamp with time zone,
	CONSTRAINT "connections_scope" UNIQUE("environment_id","customer_id","id")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"secret" text NOT NULL,
	"key_id" text NOT NULL,
	"expires_at" timestamp with time zone,
	"refresh_after" timestamp with time zone,
	"refresh_state" text DEFAULT 'ok' NOT NULL,
	"refresh_owner" text,
	"refresh_fence" bigint DEFAULT 0 NOT NULL,
	"refresh_lease_until" timestamp with time zone,
	"orphan" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_connection" UNIQUE("environment_id","customer_id","connection_id")
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone,
	CONSTRAINT "customers_external" UNIQUE("environment_id","external_id"),
	CONSTRAINT "customers_scope" UNIQUE("environment_id","id")
);
--> statement-breakpoint
CREATE TABLE "embed_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"origin" text NOT NULL,
	"user_name" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "embed_sessions_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"userId" text NOT NULL,
	"type" text NOT NULL,
	"provider" text NOT NULL,
	"providerAccountId" text NOT NULL,
	"refresh_token" text,
	"access_token" text,
	"expires_at" integer,
	"token_type" text,
	"scope" text,
	"id_token" text,
	"session_state" text,
	CONSTRAINT "accounts_provider_providerAccountId_pk" PRIMARY KEY("provider","providerAccountId")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"vendor_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"name" text NOT NULL,
	"hint" text NOT NULL,
	"secret_hash" text NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_secret_hash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "environments" (
	"id" text PRIMARY KEY NOT NULL,
	"vendor_id" text NOT NULL,
	"kind" text NOT NULL,
	"publishable_key" text NOT NULL,
	"allowed_origins" text[] DEFAULT '{}' NOT NULL,
	"branding" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"feed_position" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "environments_publishable_key_unique" UNIQUE("publishable_key"),
	CONSTRAINT "environments_vendor_kind" UNIQUE("vendor_id","kind"),
	CONSTRAINT "environments_scope" UNIQUE("vendor_id","id")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" text PRIMARY KEY NOT NULL,
	"vendor_id" text NOT NULL,
	"email" text NOT NULL,
	"name" text,
	"role" text NOT NULL,
	"user_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_vendor_email" UNIQUE("vendor_id","email")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"sessionToken" text PRIMARY KEY NOT NULL,
	"userId" text NOT NULL,
	"expires" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"email" text,
	"emailVerified" timestamp with time zone,
	"image" text,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "vendors" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "vendors_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "verification_tokens" (
	"identifier" text NOT NULL,
	"token" text NOT NULL,
	"expires" timestamp with time zone NOT NULL,
	CONSTRAINT "verification_tokens_identifier_token_pk" PRIMARY KEY("identifier","token")
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"recipient" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"stream_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"external_id" text NOT NULL,
	"op" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "changes_stream_id_seq_pk" PRIMARY KEY("stream_id","seq")
);
--> statement-breakpoint
CREATE TABLE "feed_pages" (
	"stream_id" text NOT NULL,
	"seq_from" bigint NOT NULL,
	"seq_to" bigint NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"run_id" text,
	"position_from" bigint,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "feed_pages_stream_id_seq_from_pk" PRIMARY KEY("stream_id","seq_from")
);
--> statement-breakpoint
CREATE TABLE "quarantine" (
	"id" text PRIMARY KEY NOT NULL,
	"stream_id" text NOT NULL,
	"external_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"field" text,
	"source" text NOT NULL,
	"attempts" integer DEFAULT 1 NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quarantine_record" UNIQUE("stream_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "records" (
	"stream_id" text NOT NULL,
	"external_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"hash" uuid NOT NULL,
	"data" jsonb NOT NULL,
	"source" text NOT NULL,
	"mapping_version" integer NOT NULL,
	"seq" bigint NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "records_stream_id_external_id_pk" PRIMARY KEY("stream_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "installations" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"template_id" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "installations_scope" UNIQUE("environment_id","customer_id","id"),
	CONSTRAINT "installations_once" UNIQUE("environment_id","connection_id","template_id")
);
--> statement-breakpoint
CREATE TABLE "run_pages" (
	"run_id" text NOT NULL,
	"n" integer NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"seen" integer NOT NULL,
	"created" integer NOT NULL,
	"updated" integer NOT NULL,
	"quarantined" integer NOT NULL,
	"facts" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_pages_run_id_n_pk" PRIMARY KEY("run_id","n")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"kind" text NOT NULL,
	"trigger" text NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"pages" integer DEFAULT 0 NOT NULL,
	"seen" integer DEFAULT 0 NOT NULL,
	"created" integer DEFAULT 0 NOT NULL,
	"updated" integer DEFAULT 0 NOT NULL,
	"unchanged" integer DEFAULT 0 NOT NULL,
	"quarantined" integer DEFAULT 0 NOT NULL,
	"legs" integer DEFAULT 0 NOT NULL,
	"error_code" text,
	"error_message" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "runs_scope" UNIQUE("environment_id","customer_id","id")
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"installation_id" text NOT NULL,
	"template_id" text NOT NULL,
	"key" text NOT NULL,
	"object" text NOT NULL,
	"model_key" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"pause_reasons" text[] DEFAULT '{}' NOT NULL,
	"phase" text DEFAULT 'backfill' NOT NULL,
	"cursor" text,
	"mapping_version" integer NOT NULL,
	"mapped_version" integer NOT NULL,
	"remap_after" text,
	"interval_ms" integer DEFAULT 300000 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"trigger" text DEFAULT 'activation' NOT NULL,
	"fence" bigint DEFAULT 0 NOT NULL,
	"run_id" text,
	"next_seq" bigint DEFAULT 1 NOT NULL,
	"record_count" integer DEFAULT 0 NOT NULL,
	"quarantine_count" integer DEFAULT 0 NOT NULL,
	"total_estimate" integer,
	"last_success_at" timestamp with time zone,
	"failure_code" text,
	"failure_message" text,
	"failures" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "streams_scope" UNIQUE("environment_id","customer_id","id"),
	CONSTRAINT "streams_key" UNIQUE("environment_id","installation_id","key")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"response_status" integer,
	"response_body" text,
	"response_ms" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"delivered_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"environment_id" text NOT NULL,
	"url" text NOT NULL,
	"secret" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"disabled_reason" text,
	"position" bigint DEFAULT 0 NOT NULL,
	"failing_since" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_endpoints_scope" UNIQUE("environment_id","id")
);
--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mappings" ADD CONSTRAINT "mappings_environment_id_template_id_templates_environment_id_id_fk" FOREIGN KEY ("environment_id","template_id") REFERENCES "public"."templates"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "models" ADD CONSTRAINT "models_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "templates" ADD CONSTRAINT "templates_environment_id_integration_id_integrations_environment_id_id_fk" FOREIGN KEY ("environment_id","integration_id") REFERENCES "public"."integrations"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorizations" ADD CONSTRAINT "authorizations_environment_id_customer_id_customers_environment_id_id_fk" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorizations" ADD CONSTRAINT "authorizations_environment_id_integration_id_integrations_environment_id_id_fk" FOREIGN KEY ("environment_id","integration_id") REFERENCES "public"."integrations"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorizations" ADD CONSTRAINT "authorizations_embed_session_id_embed_sessions_id_fk" FOREIGN KEY ("embed_session_id") REFERENCES "public"."embed_sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_environment_id_customer_id_customers_environment_id_id_fk" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_environment_id_integration_id_integrations_environment_id_id_fk" FOREIGN KEY ("environment_id","integration_id") REFERENCES "public"."integrations"("environment_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_environment_id_customer_id_connection_id_connections_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","connection_id") REFERENCES "public"."connections"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embed_sessions" ADD CONSTRAINT "embed_sessions_environment_id_customer_id_customers_environment_id_id_fk" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_userId_users_id_fk" FOREIGN KEY ("userId") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_vendor_id_environment_id_environments_vendor_id_id_fk" FOREIGN KEY ("vendor_id","environment_id") REFERENCES "public"."environments"("vendor_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environments" ADD CONSTRAINT "environments_vendor_id_vendors_id_fk" FOREIGN KEY ("vendor_id") REFERENCES "public"."vendors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_vendor_id_vendors_id_fk" FOREIGN KEY ("vendor_id") REFERENCES "public"."vendors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_userId_users_id_fk" FOREIGN KEY ("userId") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quarantine" ADD CONSTRAINT "quarantine_environment_id_customer_id_stream_id_streams_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","stream_id") REFERENCES "public"."streams"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "installations" ADD CONSTRAINT "installations_environment_id_customer_id_connection_id_connections_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","connection_id") REFERENCES "public"."connections"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "installations" ADD CONSTRAINT "installations_environment_id_template_id_templates_environment_id_id_fk" FOREIGN KEY ("environment_id","template_id") REFERENCES "public"."templates"("environment_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_pages" ADD CONSTRAINT "run_pages_environment_id_customer_id_run_id_runs_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","run_id") REFERENCES "public"."runs"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_environment_id_customer_id_stream_id_streams_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","stream_id") REFERENCES "public"."streams"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "streams" ADD CONSTRAINT "streams_environment_id_customer_id_installation_id_installations_environment_id_customer_id_id_fk" FOREIGN KEY ("environment_id","customer_id","installation_id") REFERENCES "public"."installations"("environment_id","customer_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_environment_id_endpoint_id_webhook_endpoints_environment_id_id_fk" FOREIGN KEY ("environment_id","endpoint_id") REFERENCES "public"."webhook_endpoints"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "authorizations_session" ON "authorizations" USING btree ("embed_session_id");--> statement-breakpoint
CREATE INDEX "connections_integration" ON "connections" USING btree ("environment_id","integration_id");--> statement-breakpoint
CREATE INDEX "credentials_key" ON "credentials" USING btree ("key_id");--> statement-breakpoint
CREATE INDEX "embed_sessions_expiry" ON "embed_sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "embed_sessions_customer" ON "embed_sessions" USING btree ("environment_id","customer_id");--> statement-breakpoint
CREATE INDEX "api_keys_environment" ON "api_keys" USING btree ("environment_id");--> statement-breakpoint
CREATE INDEX "members_email" ON "members" USING btree ("email");--> statement-breakpoint
CREATE INDEX "feed_pages_position" ON "feed_pages" USING btree ("environment_id","position_from");--> statement-breakpoint
CREATE INDEX "feed_pages_new" ON "feed_pages" USING btree ("environment_id","at") WHERE position_from is null;--> statement-breakpoint
CREATE INDEX "runs_stream" ON "runs" USING btree ("stream_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_environment" ON "runs" USING btree ("environment_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_running" ON "runs" USING btree ("started_at") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "streams_connection" ON "streams" USING btree ("environment_id","connection_id");--> statement-breakpoint
CREATE INDEX "streams_template" ON "streams" USING btree ("environment_id","template_id");--> statement-breakpoint
CREATE INDEX "streams_due" ON "streams" USING btree ("due_at") WHERE status = 'active';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_pending" ON "webhook_deliveries" USING btree ("endpoint_id","next_attempt_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint" ON "webhook_deliveries" USING btree ("environment_id","endpoint_id","created_at");