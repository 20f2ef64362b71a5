-- A held record that is no more at its source is held no longer, and nothing is kept of it. Locks nothing; the functions that commit a page and end a
-- reading are replaced, and their callers keep working.
CREATE FUNCTION sync_let_go(p_stream text, p_ids text[]) RETURNS void LANGUAGE sql SET enable_seqscan = off AS $fn$
  DELETE FROM retries a WHERE a.stream_id = p_stream AND a.external_id = ANY (p_ids);
  DELETE FROM corrections k WHERE k.stream_id = p_stream AND k.external_id = ANY (p_ids);
$fn$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION sync_let_go TO inlay_web, inlay_worker, inlay_system;
--> statement-breakpoint
-- Commits one page: fence, records, deletions, feed, quarantine and cursor together, in one round trip (design.md §2 principle 5).
-- Columns of the page travel as text joined by U+001F, which JSON text never holds raw: a handful of parameters whatever the
-- page size. enable_seqscan is off because the plan is cached while the table is still empty; the scalar sub-select on the
-- hash (not NOT EXISTS) keeps a first sync linear for the same reason.
-- p_cursor / p_remap_after: null leaves the one in the stream as it is.
-- p_gone: records that are no more; those we hold become tombstones. p_left_out: records that the filter leaves out (p_skipped of them, counted
-- in p_gone_count); those we hold are marked in `seen` under the scan -1, and sync_finish_scan decides about all of a run together.
-- p_scan: what the page is to a whole reading that shows who is missing: begin | go_on | end | begin_end | spoil; null = nothing; stored = its records
-- were read earlier, so that it shows nobody.
-- p_data null: only ids and hashes are sent, of records thought to be as they are stored. Where they are, the page is committed like any other;
-- where some are not, nothing is written and `differing` holds their ids, joined by U+001F.
-- Raises IN001 when the attempt that calls is no longer the current one.
CREATE OR REPLACE FUNCTION sync_write_page(
  p_vendor text, p_environment text, p_customer text, p_stream text, p_run text, p_fence bigint,
  p_ids text, p_hashes text, p_data text, p_sources text, p_mapping_version int,
  p_faults jsonb, p_seen int, p_cursor text, p_remap_after text, p_total int, p_facts jsonb,
  p_gone text DEFAULT NULL, p_gone_count int DEFAULT 0, p_skipped int DEFAULT 0, p_scan text DEFAULT NULL, p_left_out text DEFAULT NULL,
  OUT created int, OUT updated int, OUT deleted int, OUT last_seq bigint, OUT paused boolean, OUT differing text
) LANGUAGE plpgsql SET enable_seqscan = off AS $fn$
DECLARE
  v_base bigint;
  v_now timestamptz := clock_timestamp();
  v_held boolean;
  v_tombs boolean;
  v_any boolean;
  v_marks boolean;
  v_scan bigint;
  v_back text[] := '{}';
  v_faults int := coalesce(jsonb_array_length(p_faults), 0);
  v_freed int := 0;
  v_new_faults int := 0;
BEGIN
  PERFORM set_config('app.vendor_id', p_vendor, true), set_config('app.environment_id', p_environment, true),
          set_config('app.customer_id', p_customer, true);

  SELECT next_seq, quarantine_count > 0 OR EXISTS (SELECT FROM quarantine q WHERE q.stream_id = p_stream), tombstone_count > 0, record_count > 0, scan, cardinality(pause_reasons) > 0,
         EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan = -1)
    INTO v_base, v_held, v_tombs, v_any, v_scan, paused, v_marks FROM streams
   WHERE id = p_stream AND environment_id = p_environment AND customer_id = p_customer
     AND run_id = p_run AND fence = p_fence AND status = 'active'
   FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'stale attempt: stream % is no longer at fence % of %', p_stream, p_fence, p_run USING ERRCODE = 'IN001';
  END IF;

  IF p_data IS NULL THEN
    SELECT string_agg(p.external_id, E'\x1f') INTO differing
      FROM unnest(string_to_array(p_ids, E'\x1f'), string_to_array(p_hashes, E'\x1f')::uuid[]) AS p(external_id, hash)
     WHERE p.hash IS DISTINCT FROM (SELECT x.hash FROM records x WHERE x.stream_id = p_stream AND x.external_id = p.external_id AND x.deleted_at IS NULL);
    IF differing IS NOT NULL THEN RETURN; END IF;
  END IF;

  IF v_tombs THEN -- who comes back is told as new
    SELECT coalesce(array_agg(r.external_id), '{}') INTO v_back FROM records r
     WHERE r.stream_id = p_stream AND r.external_id = ANY (string_to_array(p_ids, E'\x1f')) AND r.deleted_at IS NOT NULL;
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
     WHERE p_data IS NOT NULL AND p.hash IS DISTINCT FROM (SELECT x.hash FROM records x WHERE x.stream_id = p_stream AND x.external_id = p.external_id AND x.deleted_at IS NULL)
    ON CONFLICT (stream_id, external_id) DO UPDATE SET
      hash = excluded.hash, data = excluded.data, source = excluded.source, mapping_version = excluded.mapping_version,
      -- The source moved but the mapped record did not: nothing to tell the vendor.
      seq = CASE WHEN r.data = excluded.data AND r.deleted_at IS NULL THEN r.seq ELSE excluded.seq END,
      updated_at = CASE WHEN r.data = excluded.data AND r.deleted_at IS NULL THEN r.updated_at ELSE excluded.updated_at END,
      deleted_at = NULL
    RETURNING r.external_id, r.seq, (r.xmax = 0) AS is_new
  ), told AS (
    INSERT INTO changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
    SELECT p_stream, w.seq, p_environment, p_customer, w.external_id,
           CASE WHEN w.is_new OR w.external_id = ANY (v_back) THEN 'created' ELSE 'updated' END, v_now
      FROM written w WHERE w.seq >= v_base
    RETURNING seq, op
  )
  SELECT count(*) FILTER (WHERE op = 'created'), count(*) FILTER (WHERE op = 'updated'), coalesce(max(seq), v_base - 1)
    INTO created, updated, last_seq FROM told;

  deleted := 0;
  IF p_gone IS NOT NULL AND v_any THEN
    SELECT b.buried, b.newest INTO deleted, last_seq
      FROM sync_bury(p_stream, p_environment, p_customer, string_to_array(p_gone, E'\x1f'), last_seq, v_now) b;
  END IF;

  IF v_marks THEN -- who comes in again, or goes for good, is no longer left out
    DELETE FROM seen s WHERE s.stream_id = p_stream AND s.scan = -1 AND s.external_id = ANY (
      string_to_array(p_ids, E'\x1f') || coalesce(string_to_array(p_gone, E'\x1f'), '{}')
      || ARRAY(SELECT f ->> 'external_id' FROM jsonb_array_elements(coalesce(p_faults, '[]')) f));
  END IF;
  IF p_left_out IS NOT NULL AND v_any THEN
    INSERT INTO seen (stream_id, scan, external_id, environment_id, customer_id)
    SELECT p_stream, -1, r.external_id, p_environment, p_customer FROM records r
     WHERE r.stream_id = p_stream AND r.external_id = ANY (string_to_array(p_left_out, E'\x1f')) AND r.deleted_at IS NULL
    ON CONFLICT DO NOTHING;
  END IF;

  IF last_seq >= v_base THEN
    INSERT INTO feed_pages (stream_id, seq_from, seq_to, environment_id, customer_id, run_id, at)
    VALUES (p_stream, v_base, last_seq, p_environment, p_customer, p_run, v_now);
  END IF;

  IF v_held THEN -- records that were held back and have now been taken, or are no more
    WITH freed AS (
      DELETE FROM quarantine q WHERE q.stream_id = p_stream
        AND q.external_id = ANY (string_to_array(p_ids, E'\x1f') || coalesce(string_to_array(p_gone, E'\x1f'), '{}')
          || coalesce(string_to_array(p_left_out, E'\x1f'), '{}'))
      RETURNING q.aside_at
    ) SELECT count(*) FILTER (WHERE f.aside_at IS NULL) INTO v_freed FROM freed f;
  END IF;
  IF p_gone IS NOT NULL THEN -- who is no more is neither tried again nor corrected
    PERFORM sync_let_go(p_stream, ARRAY(SELECT unnest(string_to_array(p_gone, E'\x1f')) EXCEPT SELECT unnest(string_to_array(p_ids, E'\x1f'))));
  END IF;
  IF v_faults > 0 THEN
    WITH was AS MATERIALIZED ( -- put aside by a person: such a record comes back when it has changed at the source
      SELECT q.external_id FROM quarantine q WHERE q.stream_id = p_stream AND q.aside_at IS NOT NULL
         AND q.external_id IN (SELECT f ->> 'external_id' FROM jsonb_array_elements(p_faults) f)
    ), held AS (
      INSERT INTO quarantine AS q (id, stream_id, external_id, environment_id, customer_id, code, message, field, source)
      SELECT f.id, p_stream, f.external_id, p_environment, p_customer, f.code, f.message, f.field, f.source
        FROM jsonb_to_recordset(p_faults) AS f(id text, external_id text, code text, message text, field text, source text)
      ON CONFLICT (stream_id, external_id) DO UPDATE SET
        code = excluded.code, message = excluded.message, field = excluded.field, source = excluded.source,
        attempts = q.attempts + 1, last_seen_at = v_now,
        aside_at = CASE WHEN q.source = excluded.source THEN q.aside_at END, aside_by = CASE WHEN q.source = excluded.source THEN q.aside_by END
      RETURNING (xmax = 0) AS is_new, q.external_id, q.aside_at
    ) SELECT count(*) FILTER (WHERE h.is_new OR (h.aside_at IS NULL AND w.external_id IS NOT NULL)) INTO v_new_faults
        FROM held h LEFT JOIN was w ON w.external_id = h.external_id;
  END IF;

  IF p_scan IN ('begin', 'begin_end') THEN
    IF v_scan IS NOT NULL THEN DELETE FROM seen WHERE stream_id = p_stream AND seen.scan <> -1; END IF;
    v_scan := CASE WHEN v_any OR v_held THEN p_fence END; -- nobody can be missing where nobody was
  ELSIF p_scan = 'spoil' AND v_scan IS NOT NULL THEN
    DELETE FROM seen WHERE stream_id = p_stream AND seen.scan <> -1;
    v_scan := NULL;
  END IF;
  IF v_scan IS NOT NULL AND p_scan IS DISTINCT FROM 'stored' THEN
    INSERT INTO seen (stream_id, scan, external_id, environment_id, customer_id)
    SELECT p_stream, v_scan, u, p_environment, p_customer
      FROM unnest(string_to_array(p_ids, E'\x1f') || ARRAY(SELECT f ->> 'external_id' FROM jsonb_array_elements(coalesce(p_faults, '[]')) f)) u
    ON CONFLICT DO NOTHING;
  END IF;

  UPDATE streams SET next_seq = last_seq + 1, cursor = coalesce(p_cursor, cursor), remap_after = coalesce(p_remap_after, remap_after),
      record_count = record_count + created - deleted, tombstone_count = tombstone_count + deleted - cardinality(v_back),
      quarantine_count = quarantine_count - v_freed + v_new_faults, total_estimate = coalesce(p_total, total_estimate),
      scan = v_scan, scan_complete = v_scan IS NOT NULL AND (scan_complete OR coalesce(p_scan IN ('end', 'begin_end'), false))
   WHERE id = p_stream;
  UPDATE runs SET pages = pages + 1, seen = seen + p_seen, created = runs.created + sync_write_page.created,
      updated = runs.updated + sync_write_page.updated, deleted = runs.deleted + sync_write_page.deleted, skipped = skipped + p_skipped,
      unchanged = unchanged + p_seen - v_faults - p_gone_count - sync_write_page.created - sync_write_page.updated,
      quarantined = quarantined + v_faults
   WHERE id = p_run AND stream_id = p_stream;
  INSERT INTO run_pages (run_id, n, environment_id, customer_id, seen, created, updated, deleted, quarantined, facts, at)
  SELECT p_run, pages, p_environment, p_customer, p_seen, sync_write_page.created, sync_write_page.updated, sync_write_page.deleted, v_faults, p_facts, v_now
    FROM runs WHERE id = p_run;
END $fn$;
--> statement-breakpoint
-- At the end of a run: those that a whole reading did not show, and those that the filter leaves out, are no more. At most p_limit of them a call; `more` says there are others.
-- The guard: when more are missing than may go unasked, nothing is deleted and the stream says how many; after a person's approval
-- (deletes_allowed) the next whole reading may delete that many. Unasked go p_share of all, or p_free of them if that is more, but of a few never
-- more than half, or three. Raises IN001 like sync_write_page.
-- p_moving: rows may have moved between the pages of the reading, so that one it did not show is no more only when the reading before did not
-- show it either. Records that are held back go alike, unasked: nobody was told of them. Those that were missed are kept in `seen` until the next reading, under the scan -1 - its own.
CREATE OR REPLACE FUNCTION sync_finish_scan(
  p_vendor text, p_environment text, p_customer text, p_stream text, p_run text, p_fence bigint, p_limit int, p_moving boolean DEFAULT false,
  p_free int DEFAULT 50, p_share numeric DEFAULT 0.2,
  OUT missing int, OUT live int, OUT deleted int, OUT tripped boolean, OUT more boolean, OUT left_out int
) LANGUAGE plpgsql SET enable_seqscan = off AS $fn$
DECLARE
  v_base bigint;
  v_last bigint;
  v_scan bigint;
  v_complete boolean;
  v_whole boolean;
  v_allowed int;
  v_free int;
  v_ids text[];
  v_held text[];
  v_freed int := 0;
  v_now timestamptz := clock_timestamp();
BEGIN
  PERFORM set_config('app.vendor_id', p_vendor, true), set_config('app.environment_id', p_environment, true),
          set_config('app.customer_id', p_customer, true);
  SELECT next_seq, scan, scan_complete, record_count, deletes_allowed INTO v_base, v_scan, v_complete, live, v_allowed FROM streams
   WHERE id = p_stream AND environment_id = p_environment AND customer_id = p_customer
     AND run_id = p_run AND fence = p_fence AND status = 'active'
   FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'stale attempt: stream % is no longer at fence % of %', p_stream, p_fence, p_run USING ERRCODE = 'IN001';
  END IF;
  missing := 0; deleted := 0; tripped := false; more := false; left_out := 0;
  v_whole := v_scan IS NOT NULL AND v_complete;
  IF NOT v_whole AND NOT EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan = -1) THEN RETURN; END IF;

  IF v_whole AND p_moving THEN
    INSERT INTO seen (stream_id, scan, external_id, environment_id, customer_id)
    SELECT p_stream, -1 - v_scan, r.external_id, p_environment, p_customer
      FROM (SELECT x.external_id FROM records x WHERE x.stream_id = p_stream AND x.deleted_at IS NULL
            UNION SELECT q.external_id FROM quarantine q WHERE q.stream_id = p_stream) r
     WHERE NOT EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan IN (v_scan, -1) AND s.external_id = r.external_id)
    ON CONFLICT DO NOTHING;
  END IF;

  WITH lost AS (
    SELECT s.external_id, true AS left_out FROM seen s JOIN records r ON r.stream_id = p_stream AND r.external_id = s.external_id
     WHERE s.stream_id = p_stream AND s.scan = -1 AND r.deleted_at IS NULL
    UNION ALL
    SELECT r.external_id, false FROM records r
     WHERE v_whole AND r.stream_id = p_stream AND r.deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan IN (v_scan, -1) AND s.external_id = r.external_id)
       AND (NOT p_moving OR EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan < -1 AND s.scan <> -1 - v_scan AND s.external_id = r.external_id))
  ) SELECT count(*), count(*) FILTER (WHERE l.left_out), (array_agg(l.external_id ORDER BY l.external_id))[1:p_limit] INTO missing, left_out, v_ids FROM lost l;
  v_free := greatest(floor(live * p_share), least(p_free, greatest(3, live / 2)));
  tripped := missing > greatest(coalesce(v_allowed, 0), v_free) OR (missing = live AND live > 3 AND v_allowed IS DISTINCT FROM missing);
  IF NOT tripped AND missing > 0 THEN
    SELECT b.buried, b.newest INTO deleted, v_last FROM sync_bury(p_stream, p_environment, p_customer, v_ids, v_base - 1, v_now) b;
    INSERT INTO feed_pages (stream_id, seq_from, seq_to, environment_id, customer_id, run_id, at)
    VALUES (p_stream, v_base, v_last, p_environment, p_customer, p_run, v_now);
    UPDATE runs SET deleted = runs.deleted + sync_finish_scan.deleted WHERE id = p_run AND stream_id = p_stream;
    -- Who is left out is still there, and may come in again with what was corrected.
    PERFORM sync_let_go(p_stream, ARRAY(SELECT unnest(v_ids) EXCEPT SELECT s.external_id FROM seen s WHERE s.stream_id = p_stream AND s.scan = -1));
    more := missing > deleted;
  END IF;
  IF v_whole AND NOT tripped AND NOT more THEN
    WITH freed AS (
      DELETE FROM quarantine q WHERE q.stream_id = p_stream
        AND NOT EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan = v_scan AND s.external_id = q.external_id)
        AND (NOT p_moving OR EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan < -1 AND s.scan <> -1 - v_scan AND s.external_id = q.external_id))
      RETURNING q.external_id, q.aside_at
    ) SELECT count(*) FILTER (WHERE f.aside_at IS NULL), array_agg(f.external_id) INTO v_freed, v_held FROM freed f;
    IF v_held IS NOT NULL THEN PERFORM sync_let_go(p_stream, v_held); END IF;
  END IF;
  UPDATE streams SET next_seq = v_base + sync_finish_scan.deleted, record_count = live - sync_finish_scan.deleted,
      tombstone_count = tombstone_count + sync_finish_scan.deleted, quarantine_count = quarantine_count - v_freed,
      scan = CASE WHEN more OR NOT v_whole THEN scan END, scan_complete = scan_complete AND (more OR NOT v_whole),
      -- What was found fine stays so while the rest is deleted, though the whole is smaller by then.
      deletes_allowed = CASE WHEN more THEN missing - sync_finish_scan.deleted WHEN NOT v_whole AND missing <= v_free AND missing < live THEN v_allowed END,
      -- What is no whole reading asks, and answers nothing that one has asked.
      missing_count = CASE WHEN tripped THEN missing WHEN NOT v_whole THEN missing_count END,
      missing_left_out = CASE WHEN tripped THEN sync_finish_scan.left_out WHEN NOT v_whole THEN missing_left_out END,
      missing_examples = CASE WHEN tripped THEN v_ids[1:10] WHEN NOT v_whole THEN missing_examples END,
      -- The question is as old as the first reading that asked it.
      missing_since = CASE WHEN tripped THEN coalesce(missing_since, v_now) WHEN NOT v_whole THEN missing_since END
   WHERE id = p_stream;
  IF NOT more THEN DELETE FROM seen WHERE stream_id = p_stream AND (seen.scan = -1 OR v_whole AND NOT (p_moving AND seen.scan = -1 - v_scan)); END IF;
END $fn$;
