-- The page transaction and the environment's feed, as functions. Locks: none (new functions only).
ALTER TABLE streams SET (fillfactor = 50);
--> statement-breakpoint
ALTER TABLE runs SET (fillfactor = 50);
--> statement-breakpoint
-- Commits one page: fence, records, feed, quarantine and cursor together, in one round trip (design.md §2 principle 5).
-- Columns of the page travel as text joined by U+001F, which JSON text never holds raw: a handful of parameters whatever the
-- page size. enable_seqscan is off because the plan is cached while the table is still empty; the scalar sub-select on the
-- hash (not NOT EXISTS) keeps a first sync linear for the same reason.
-- p_cursor / p_remap_after: null leaves the one in the stream as it is.
-- Raises IN001 when the attempt that calls is no longer the current one.
CREATE FUNCTION sync_write_page(
  p_vendor text, p_environment text, p_customer text, p_stream text, p_run text, p_fence bigint,
  p_ids text, p_hashes text, p_data text, p_sources text, p_mapping_version int,
  p_faults jsonb, p_seen int, p_cursor text, p_remap_after text, p_total int, p_facts jsonb,
  OUT created int, OUT updated int, OUT last_seq bigint, OUT paused boolean
) LANGUAGE plpgsql SET enable_seqscan = off AS $fn$
DECLARE
  v_base bigint;
  v_now timestamptz := clock_timestamp();
  v_held boolean;
  v_faults int := coalesce(jsonb_array_length(p_faults), 0);
  v_freed int := 0;
  v_new_faults int := 0;
BEGIN
  PERFORM set_config('app.vendor_id', p_vendor, true), set_config('app.environment_id', p_environment, true),
          set_config('app.customer_id', p_customer, true);

  SELECT next_seq, quarantine_count > 0, cardinality(pause_reasons) > 0 INTO v_base, v_held, paused FROM streams
   WHERE id = p_stream AND environment_id = p_environment AND customer_id = p_customer
     AND run_id = p_run AND fence = p_fence AND status = 'active'
   FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'stale attempt: stream % is no longer at fence % of %', p_stream, p_fence, p_run USING ERRCODE = 'IN001';
  END IF;

  WITH page AS (
    SELECT * FROM unnest(
      string_to_array(p_ids, E'\x1f'), string_to_array(p_hashes, E'\x1f')::uuid[],
      string_to_array(p_data, E'\x1f'), string_to_array(p_sources, E'\x1f')
    ) AS u(external_id, hash, data, source)
  ), written AS (
    INSERT INTO records AS r (stream_id, external_id, environment_id, customer_id, hash, data, source, mapping_version, seq, updated_at)
    SELECT p_stream, p.external_id, p_environment, p_customer, p.hash, p.data::jsonb, p.source, p_mapping_version,
           v_base - 1 + row_number() OVER (), v_now
      FROM page p
     WHERE p.hash IS DISTINCT FROM (SELECT x.hash FROM records x WHERE x.stream_id = p_stream AND x.external_id = p.external_id AND x.deleted_at IS NULL)
    ON CONFLICT (stream_id, external_id) DO UPDATE SET
      hash = excluded.hash, data = excluded.data, source = excluded.source, mapping_version = excluded.mapping_version,
      -- The source moved but the mapped record did not: nothing to tell the vendor.
      seq = CASE WHEN r.data = excluded.data AND r.deleted_at IS NULL THEN r.seq ELSE excluded.seq END,
      updated_at = CASE WHEN r.data = excluded.data AND r.deleted_at IS NULL THEN r.updated_at ELSE excluded.updated_at END,
      deleted_at = NULL
    RETURNING r.external_id, r.seq, (r.xmax = 0) AS is_new
  ), told AS (
    INSERT INTO changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
    SELECT p_stream, w.seq, p_environment, p_customer, w.external_id, CASE WHEN w.is_new THEN 'created' ELSE 'updated' END, v_now
      FROM written w WHERE w.seq >= v_base
    RETURNING seq, op
  )
  SELECT count(*) FILTER (WHERE op = 'created'), count(*) FILTER (WHERE op = 'updated'), coalesce(max(seq), v_base - 1)
    INTO created, updated, last_seq FROM told;

  IF last_seq >= v_base THEN
    INSERT INTO feed_pages (stream_id, seq_from, seq_to, environment_id, customer_id, run_id, at)
    VALUES (p_stream, v_base, last_seq, p_environment, p_customer, p_run, v_now);
  END IF;

  IF v_held THEN -- records that were held back and have now been taken
    DELETE FROM quarantine q WHERE q.stream_id = p_stream AND q.external_id = ANY (string_to_array(p_ids, E'\x1f'));
    GET DIAGNOSTICS v_freed = ROW_COUNT;
  END IF;
  IF v_faults > 0 THEN
    WITH held AS (
      INSERT INTO quarantine AS q (id, stream_id, external_id, environment_id, customer_id, code, message, field, source)
      SELECT f.id, p_stream, f.external_id, p_environment, p_customer, f.code, f.message, f.field, f.source
        FROM jsonb_to_recordset(p_faults) AS f(id text, external_id text, code text, message text, field text, source text)
      ON CONFLICT (stream_id, external_id) DO UPDATE SET
        code = excluded.code, message = excluded.message, field = excluded.field, source = excluded.source,
        attempts = q.attempts + 1, last_seen_at = v_now
      RETURNING (xmax = 0) AS is_new
    ) SELECT count(*) FILTER (WHERE is_new) INTO v_new_faults FROM held;
  END IF;

  UPDATE streams SET next_seq = last_seq + 1, cursor = coalesce(p_cursor, cursor), remap_after = coalesce(p_remap_after, remap_after),
      record_count = record_count + created, quarantine_count = quarantine_count - v_freed + v_new_faults,
      total_estimate = coalesce(p_total, total_estimate)
   WHERE id = p_stream;
  UPDATE runs SET pages = pages + 1, seen = seen + p_seen, created = runs.created + sync_write_page.created,
      updated = runs.updated + sync_write_page.updated,
      unchanged = unchanged + p_seen - v_faults - sync_write_page.created - sync_write_page.updated, quarantined = quarantined + v_faults
   WHERE id = p_run AND stream_id = p_stream;
  INSERT INTO run_pages (run_id, n, environment_id, customer_id, seen, created, updated, quarantined, facts, at)
  SELECT p_run, pages, p_environment, p_customer, p_seen, sync_write_page.created, sync_write_page.updated, v_faults, p_facts, v_now
    FROM runs WHERE id = p_run;
END $fn$;
--> statement-breakpoint
-- Gives the environment's committed but unplaced feed pages their positions and returns the newest position. Runs under the
-- environment's row lock and only ever sees committed pages, so a reader that has seen position n has seen all before it,
-- whatever was in flight. Positions start at 1, rise without repeats, and survive a dump and restore.
CREATE FUNCTION feed_sequence(p_environment text) RETURNS bigint LANGUAGE plpgsql AS $fn$
DECLARE
  v_position bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM feed_pages WHERE environment_id = p_environment AND position_from IS NULL) THEN
    RETURN (SELECT feed_position FROM environments WHERE id = p_environment);
  END IF;
  SELECT feed_position INTO v_position FROM environments WHERE id = p_environment FOR NO KEY UPDATE; -- new customers do not wait
  WITH placed AS (
    SELECT stream_id, seq_from, seq_to - seq_from + 1 AS size,
           sum(seq_to - seq_from + 1) OVER (ORDER BY stream_id, seq_from) AS reach
      FROM feed_pages WHERE environment_id = p_environment AND position_from IS NULL
  ), moved AS (
    UPDATE feed_pages f SET position_from = v_position + p.reach - p.size + 1
      FROM placed p WHERE f.stream_id = p.stream_id AND f.seq_from = p.seq_from
    RETURNING p.reach
  )
  SELECT v_position + coalesce(max(reach), 0) INTO v_position FROM moved;
  UPDATE environments SET feed_position = v_position WHERE id = p_environment;
  RETURN v_position;
END $fn$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION sync_write_page, feed_sequence, inlay_setting TO inlay_web, inlay_worker, inlay_system;
