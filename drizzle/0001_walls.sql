-- Roles, grants and row-level security. Locks: only catalogue rows, on tables that are still empty.
-- Three roles that cannot log in and do not own anything; a process takes one as a startup parameter.
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['inlay_web', 'inlay_worker', 'inlay_system'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', r);
      EXCEPTION WHEN duplicate_object THEN NULL; -- another database of this cluster was faster
      END;
    END IF;
    BEGIN
      EXECUTE format('GRANT %I TO CURRENT_USER', r);
    EXCEPTION WHEN insufficient_privilege THEN -- an administrator made the roles: it is enough that this user may take them
      IF NOT pg_has_role(current_user, r, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
        RAISE;
      END IF;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', r);
  END LOOP;
END $$;
--> statement-breakpoint
-- Settings read '' after their transaction, hence nullif: no scope sees nothing, instead of failing on a cast.
CREATE FUNCTION inlay_setting(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.' || name, true), '') $$;
--> statement-breakpoint
-- Puts one table behind the wall. kind: vendor | environment | customer | system (cross-scope only).
-- `self` names the column that carries the scope's own id where the table is the scope itself (vendors.id, customers.id).
-- The settings stand in sub-selects so that they are read once a statement, not once a row.
CREATE FUNCTION inlay_secure(target regclass, kind text, self text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
  wall text;
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO inlay_system', target);
  EXECUTE format('CREATE POLICY system ON %s TO inlay_system USING (true) WITH CHECK (true)', target);
  IF kind = 'system' THEN RETURN; END IF;
  wall := CASE kind
    WHEN 'vendor' THEN format('%I = (SELECT inlay_setting(''vendor_id''))', coalesce(self, 'vendor_id'))
    WHEN 'environment' THEN 'environment_id = (SELECT inlay_setting(''environment_id''))'
    WHEN 'customer' THEN format(
      'environment_id = (SELECT inlay_setting(''environment_id'')) AND ((SELECT inlay_setting(''customer_id'')) IS NULL OR %I = (SELECT inlay_setting(''customer_id'')))',
      coalesce(self, 'customer_id'))
  END;
  IF wall IS NULL THEN RAISE EXCEPTION 'inlay_secure: unknown kind %', kind; END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO inlay_web, inlay_worker', target);
  EXECUTE format('CREATE POLICY scope ON %s TO inlay_web, inlay_worker USING (%s) WITH CHECK (%s)', target, wall, wall);
END $fn$;
--> statement-breakpoint
SELECT inlay_secure('vendors', 'vendor', 'id'), inlay_secure('environments', 'vendor'), inlay_secure('members', 'vendor'),
  inlay_secure('api_keys', 'environment'),
  inlay_secure('users', 'system'), inlay_secure('accounts', 'system'), inlay_secure('sessions', 'system'),
  inlay_secure('verification_tokens', 'system'), inlay_secure('mails', 'system'),
  inlay_secure('integrations', 'environment'), inlay_secure('models', 'environment'), inlay_secure('templates', 'environment'),
  inlay_secure('mappings', 'environment'), inlay_secure('webhook_endpoints', 'environment'), inlay_secure('webhook_deliveries', 'environment'),
  inlay_secure('customers', 'customer', 'id'), inlay_secure('embed_sessions', 'customer'),
  inlay_secure('connections', 'customer'), inlay_secure('credentials', 'customer'), inlay_secure('authorizations', 'customer'),
  inlay_secure('installations', 'customer'), inlay_secure('streams', 'customer'), inlay_secure('runs', 'customer'),
  inlay_secure('run_pages', 'customer'), inlay_secure('records', 'customer'), inlay_secure('changes', 'customer'),
  inlay_secure('feed_pages', 'customer'), inlay_secure('quarantine', 'customer');
--> statement-breakpoint
-- A customer's secrets are written by all, read by the worker only. `system` is shared with the web process, so it may not read them either.
REVOKE SELECT ON credentials FROM inlay_web, inlay_system;
--> statement-breakpoint
GRANT SELECT (id, environment_id, customer_id, connection_id, version, key_id, expires_at, refresh_after, refresh_state, refresh_owner,
  refresh_fence, refresh_lease_until, updated_at) ON credentials TO inlay_web, inlay_system;
