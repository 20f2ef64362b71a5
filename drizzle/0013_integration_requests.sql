-- What customers miss. Locks: customers, for an instant.
CREATE TABLE "integration_requests" (
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "integration_requests_environment_id_customer_id_key_pk" PRIMARY KEY("environment_id","customer_id","key")
);
--> statement-breakpoint
ALTER TABLE "integration_requests" ADD CONSTRAINT "integration_requests_environment_id_customer_id_customers_environment_id_id_fk" FOREIGN KEY ("environment_id","customer_id") REFERENCES "public"."customers"("environment_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "integration_requests_key" ON "integration_requests" USING btree ("environment_id","key");
--> statement-breakpoint
SELECT inlay_secure('integration_requests', 'customer');
