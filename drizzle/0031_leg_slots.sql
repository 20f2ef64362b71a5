-- Places for legs: how many a customer and a vendor have at once. Locks nothing that is there.
CREATE TABLE "leg_slots" (
	"stream_id" text PRIMARY KEY NOT NULL,
	"vendor_id" text NOT NULL,
	"environment_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"state" text NOT NULL,
	"urgent" boolean NOT NULL,
	"token" text,
	"since" timestamp with time zone NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "leg_slots_vendor" ON "leg_slots" USING btree ("vendor_id","state");--> statement-breakpoint
-- Rows of minutes at most: they are lost with a crash of the database, and nobody misses them.
ALTER TABLE "leg_slots" SET UNLOGGED;
--> statement-breakpoint
SELECT inlay_secure('leg_slots', 'customer');
--> statement-breakpoint
-- How many legs a vendor may have: as many as there are places, when no other vendor has a stream that is on.
CREATE FUNCTION leg_bound(p_vendor text, p_of_vendor int) RETURNS int LANGUAGE sql STABLE AS $fn$
  SELECT CASE WHEN EXISTS (
    SELECT FROM environments e WHERE e.vendor_id <> p_vendor AND EXISTS (SELECT FROM streams s WHERE s.environment_id = e.id AND s.status = 'active')
  ) THEN p_of_vendor ELSE 1000000 END
$fn$;
--> statement-breakpoint
-- A place for one leg: null when it is there, else how long to wait (ms) unless called before. Without a token it is kept for the leg that is
-- about to come. Both functions hold the vendor's lock, so
-- that counts are exact and nobody is forgotten between looking and waiting; they commit by themselves and write nothing that has to reach
-- the disk, so the lock is held for less than a millisecond. A quarter of the places is kept for what somebody waits for.
CREATE FUNCTION leg_take(
  p_vendor text, p_environment text, p_customer text, p_stream text, p_run text, p_token text,
  p_of_customer int, p_of_vendor int, p_lease_ms int
) RETURNS int LANGUAGE plpgsql SET enable_seqscan = off AS $fn$
DECLARE
  v_now timestamptz;
  v_urgent boolean;
  v_customer int;
  v_vendor int;
  v_waiting int;
  v_wait_ms int;
  v_most int := leg_bound(p_vendor, p_of_vendor);
BEGIN
  -- Kept for it, or an earlier attempt has it: the place is the stream's already, and no count changes.
  UPDATE leg_slots SET state = CASE WHEN p_token IS NULL THEN state ELSE 'running' END, token = coalesce(p_token, token),
      until = greatest(until, clock_timestamp() + p_lease_ms * interval '1 ms')
   WHERE stream_id = p_stream AND state <> 'waiting' AND until > clock_timestamp();
  IF FOUND THEN RETURN NULL; END IF;

  -- Of a long run only the beginning is what somebody waits for.
  SELECT coalesce(bool_or((r.trigger <> 'schedule' AND r.legs < 3) OR s.trigger IN ('customer', 'vendor', 'activation', 'mapping')), false) INTO v_urgent
    FROM runs r JOIN streams s ON s.id = r.stream_id WHERE r.id = p_run AND r.environment_id = p_environment;
  PERFORM pg_advisory_xact_lock(hashtextextended('leg_slots ' || p_vendor, 0));
  v_now := clock_timestamp();

  SELECT count(*) FILTER (WHERE customer_id = p_customer), count(*) INTO v_customer, v_vendor
    FROM leg_slots WHERE vendor_id = p_vendor AND state IN ('running', 'called') AND until > v_now;
  IF (v_customer < p_of_customer - CASE WHEN v_urgent THEN 0 ELSE p_of_customer / 4 END
      AND v_vendor < v_most - CASE WHEN v_urgent THEN 0 ELSE v_most / 4 END) THEN
    INSERT INTO leg_slots (stream_id, vendor_id, environment_id, customer_id, state, urgent, token, since, until)
    VALUES (p_stream, p_vendor, p_environment, p_customer, CASE WHEN p_token IS NULL THEN 'called' ELSE 'running' END, v_urgent, p_token, v_now,
      v_now + p_lease_ms * interval '1 ms')
    ON CONFLICT (stream_id) DO UPDATE SET state = excluded.state, urgent = excluded.urgent, token = excluded.token, since = excluded.since, until = excluded.until;
    RETURN NULL;
  END IF;

  -- Who leaves calls the next; asking again is for when a call gets lost. The longer the queue, the seldomer, so that asking stays cheap.
  SELECT count(*) INTO v_waiting FROM leg_slots WHERE vendor_id = p_vendor AND state = 'waiting';
  v_wait_ms := (20000 + 20 * v_waiting) * (0.8 + 0.4 * random());
  INSERT INTO leg_slots AS w (stream_id, vendor_id, environment_id, customer_id, state, urgent, since, until)
  VALUES (p_stream, p_vendor, p_environment, p_customer, 'waiting', v_urgent, v_now, v_now + v_wait_ms * interval '1 ms')
  ON CONFLICT (stream_id) DO UPDATE SET state = 'waiting', urgent = excluded.urgent, token = NULL, until = excluded.until,
    since = CASE WHEN w.state = 'waiting' THEN w.since ELSE excluded.since END;
  RETURN v_wait_ms;
END $fn$;
--> statement-breakpoint
-- Gives a place back and calls whom it may now be given to: what somebody waits for first, then the customer with the fewest legs, then the
-- longest waiting. Who is called has the place for p_call_ms; the caller wakes them. An attempt that was overtaken gives nothing back.
CREATE FUNCTION leg_release(p_vendor text, p_stream text, p_token text, p_of_customer int, p_of_vendor int, p_call_ms int)
RETURNS TABLE (vendor_id text, environment_id text, customer_id text, stream_id text) LANGUAGE plpgsql SET enable_seqscan = off AS $fn$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
  v_most int := leg_bound(p_vendor, p_of_vendor);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('leg_slots ' || p_vendor, 0));
  v_now := clock_timestamp();
  DELETE FROM leg_slots l WHERE l.stream_id = p_stream AND l.token = p_token AND l.state = 'running';
  IF NOT EXISTS (SELECT FROM leg_slots l WHERE l.vendor_id = p_vendor AND l.state = 'waiting') THEN RETURN; END IF;

  FOR turn IN 1..4 LOOP -- more than one when a place came free that nobody gave back
    RETURN QUERY
    WITH held AS (
      SELECT l.customer_id, count(*)::int AS n FROM leg_slots l
       WHERE l.vendor_id = p_vendor AND l.state IN ('running', 'called') AND l.until > v_now GROUP BY 1
    ), total AS (
      SELECT coalesce(sum(n), 0)::int AS n FROM held
    ), next AS (
      SELECT w.stream_id FROM leg_slots w CROSS JOIN total t LEFT JOIN held h ON h.customer_id = w.customer_id
       WHERE w.vendor_id = p_vendor AND w.state = 'waiting' AND w.until > v_now - interval '30 seconds'
         AND coalesce(h.n, 0) < p_of_customer - CASE WHEN w.urgent THEN 0 ELSE p_of_customer / 4 END
         AND t.n < v_most - CASE WHEN w.urgent THEN 0 ELSE v_most / 4 END
       ORDER BY w.urgent DESC, coalesce(h.n, 0), w.since LIMIT 1
    )
    UPDATE leg_slots w SET state = 'called', token = NULL, until = v_now + p_call_ms * interval '1 ms'
      FROM next WHERE w.stream_id = next.stream_id
    RETURNING w.vendor_id, w.environment_id, w.customer_id, w.stream_id;
    EXIT WHEN NOT FOUND;
  END LOOP;
END $fn$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION leg_bound, leg_take, leg_release TO inlay_system;
