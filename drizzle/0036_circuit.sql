-- A stream that holds nearly everything back is stopped until what holds it back is another, and what the delete guard lets go unasked may be set for
-- each stream; of a few records never more than half go unasked. Locks: streams for an instant (a column without a default, a trigger); the function
-- that ends a reading is replaced, and older callers keep working by its defaults.
ALTER TABLE "streams" ADD COLUMN "circuit_off_at" integer;
--> statement-breakpoint
-- Whatever makes another mapping of it (a version, an override, a choice, the model) lifts the pause and has it tried at once. One place, because
-- there are many verbs that do.
CREATE FUNCTION streams_mended() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
  NEW.pause_reasons := array_remove(NEW.pause_reasons, 'quarantine');
  NEW.due_at := clock_timestamp();
  IF NEW.failure_code IN ('mapping_failed', 'record_invalid') THEN
    NEW.failure_code := NULL; NEW.failure_message := NULL; NEW.failures := 0;
  END IF;
  RETURN NEW;
END $fn$;
--> statement-breakpoint
CREATE TRIGGER streams_mended BEFORE UPDATE OF mapping_version ON streams FOR EACH ROW
  WHEN (OLD.mapping_version <> NEW.mapping_version AND 'quarantine' = ANY (OLD.pause_reasons)) EXECUTE FUNCTION streams_mended();
--> statement-breakpoint
DROP FUNCTION sync_finish_scan(text, text, text, text, text, bigint, int, boolean);
--> statement-breakpoint
-- At the end of a run: those that a whole reading did not show, and those that the filter leaves out, are no more. At most p_limit of them a call; `more` says there are others.
-- The guard: when more are missing than may go unasked, nothing is deleted and the stream says how many; after a person's approval
-- (deletes_allowed) the next whole reading may delete that many. Unasked go p_share of all, or p_free of them if that is more, but of a few never
-- more than half, or three. Raises IN001 like sync_write_page.
-- p_moving: rows may have moved between the pages of the reading, so that one it did not show is no more only when the reading before did not
-- show it either. Those that were missed are kept in `seen` until the next reading, under the scan -1 - its own.
CREATE FUNCTION sync_finish_scan(
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
    SELECT p_stream, -1 - v_scan, r.external_id, p_environment, p_customer FROM records r
     WHERE r.stream_id = p_stream AND r.deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan IN (v_scan, -1) AND s.external_id = r.external_id)
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
    more := missing > deleted;
  END IF;
  UPDATE streams SET next_seq = v_base + sync_finish_scan.deleted, record_count = live - sync_finish_scan.deleted,
      tombstone_count = tombstone_count + sync_finish_scan.deleted,
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
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION sync_finish_scan TO inlay_web, inlay_worker, inlay_system;
