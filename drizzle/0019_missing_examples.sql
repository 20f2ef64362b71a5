-- Which records are missing, for the person who decides. Locks: streams for an instant (a column without a default); the function that
-- ends a reading is replaced and takes what it took.
ALTER TABLE "streams" ADD COLUMN "missing_examples" text[];
--> statement-breakpoint
-- After a whole reading: those that did not come are no more. At most p_limit of them a call; `more` says there are others.
-- The guard: when more are missing than max(50, a fifth), or all of them, nothing is deleted and the stream says how many; after
-- a person's approval (deletes_allowed) the next whole reading may delete that many. Raises IN001 like sync_write_page.
CREATE OR REPLACE FUNCTION sync_finish_scan(
  p_vendor text, p_environment text, p_customer text, p_stream text, p_run text, p_fence bigint, p_limit int,
  OUT missing int, OUT live int, OUT deleted int, OUT tripped boolean, OUT more boolean
) LANGUAGE plpgsql SET enable_seqscan = off AS $fn$
DECLARE
  v_base bigint;
  v_last bigint;
  v_scan bigint;
  v_complete boolean;
  v_allowed int;
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
  missing := 0; deleted := 0; tripped := false; more := false;
  IF v_scan IS NULL OR NOT v_complete THEN RETURN; END IF;

  SELECT count(*), (array_agg(r.external_id ORDER BY r.external_id))[1:p_limit] INTO missing, v_ids FROM records r
   WHERE r.stream_id = p_stream AND r.deleted_at IS NULL
     AND NOT EXISTS (SELECT FROM seen s WHERE s.stream_id = p_stream AND s.scan = v_scan AND s.external_id = r.external_id);
  tripped := missing > greatest(coalesce(v_allowed, 0), 50, live / 5) OR (missing = live AND live > 3 AND v_allowed IS DISTINCT FROM missing);
  IF NOT tripped AND missing > 0 THEN
    SELECT b.buried, b.newest INTO deleted, v_last FROM sync_bury(p_stream, p_environment, p_customer, v_ids, v_base - 1, v_now) b;
    INSERT INTO feed_pages (stream_id, seq_from, seq_to, environment_id, customer_id, run_id, at)
    VALUES (p_stream, v_base, v_last, p_environment, p_customer, p_run, v_now);
    UPDATE runs SET deleted = runs.deleted + sync_finish_scan.deleted WHERE id = p_run AND stream_id = p_stream;
    more := missing > deleted;
  END IF;
  UPDATE streams SET next_seq = v_base + sync_finish_scan.deleted, record_count = live - sync_finish_scan.deleted,
      tombstone_count = tombstone_count + sync_finish_scan.deleted,
      scan = CASE WHEN more THEN scan END, scan_complete = more,
      -- What was found fine stays so while the rest is deleted, though the whole is smaller by then.
      deletes_allowed = CASE WHEN more THEN missing END,
      missing_count = CASE WHEN tripped THEN missing END, missing_examples = CASE WHEN tripped THEN v_ids[1:10] END,
      -- The question is as old as the first reading that asked it.
      missing_since = CASE WHEN tripped THEN coalesce(missing_since, v_now) END
   WHERE id = p_stream;
  IF NOT more THEN DELETE FROM seen WHERE stream_id = p_stream; END IF;
END $fn$;
