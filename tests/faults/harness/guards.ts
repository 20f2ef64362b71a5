// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of sources, as they stand there
import type { NamedTest } from "./fault";

/** A guard of the product, the change that switches it off, and the test that has to fail without it. */
export type Guard = {
  what: string;
  test: NamedTest;
} & ({ file: string; from: string; to: string } | { routine: string; from: string; to: string } | { sql: string });

const stream = "server/domains/streams/stream.db.test.ts";
const deletes = "server/domains/streams/deletes.db.test.ts";
const slots = "server/domains/streams/leg-slots.db.test.ts";
const store = "server/runtime/credential-store.ts";
const refresh = "server/runtime/refresh.db.test.ts";
const calls = "server/domains/inbox/receive-call.db.test.ts";

/** Each is switched off by itself, in the tests' own copy of the code or the database; the product has no such switches. */
export const GUARDS: readonly Guard[] = [
  {
    what: "fence: a page of an attempt that was overtaken is refused",
    routine: "sync_write_page",
    from: "AND run_id = p_run AND fence = p_fence AND status = 'active'",
    to: "",
    test: { file: stream, name: "an attempt that was overtaken writes nothing, whatever it still has" },
  },
  {
    what: "delete guard: unusually many wait for a person",
    routine: "sync_finish_scan",
    from: "tripped := missing > ",
    to: "tripped := false AND missing > ",
    test: { file: deletes, name: "when too many are missing nobody is deleted until a person says so, and then no more than that" },
  },
  {
    what: "a page that cannot be taken for a whole reading proves no deletion",
    file: "server/domains/streams/pull-pages.ts",
    from: 'if (!scan.trusted) return "spoil";',
    to: "",
    test: { file: deletes, name: "a reading with a record that nobody knows the id of deletes nobody" },
  },
  {
    what: "one renewal under one lease",
    file: store,
    from: "and k.version = ${seen} and (k.refresh_lease_until is null or k.refresh_lease_until < clock_timestamp())",
    to: "and k.version = ${seen}",
    test: { file: refresh, name: "ten callers in each of five workers make one call, and all get the same" },
  },
  {
    what: "compare-and-set: a renewal that was overtaken writes over nobody",
    file: store,
    from: "and version = ${seen} and refresh_fence = ${fence}\n      returning id",
    to: "\n      returning id",
    test: { file: refresh, name: "who slept through its lease does not write over what the next owner has renewed" },
  },
  {
    what: "signatures of calls are compared",
    file: "server/runtime/webhooks/verify.ts",
    from: "for (const one of candidates) equal = (",
    to: "for (const one of candidates) equal = true || (",
    test: { file: calls, name: "F-73: forged, empty, foreign, truncated, doubled and re-spelled signatures are 401 and leave no trace" },
  },
  {
    what: "a call that was stored is not stored again",
    sql: "do $$ declare c text; begin for c in select conname from pg_constraint where conrelid = 'inbox'::regclass and contype in ('u', 'p') loop execute format('alter table inbox drop constraint %I cascade', c); end loop; for c in select indexrelid::regclass from pg_index where indrelid = 'inbox'::regclass and indisunique loop execute 'drop index ' || c; end loop; end $$",
    test: { file: calls, name: "F-70: a thousand repetitions, fifty at a time, are one row and one effect, all 2xx" },
  },
  {
    what: "cursors in a circle end the run",
    file: "server/runtime/cursor.ts",
    from: "if (short === cursor.mark) throw",
    to: "if (mark === undefined) throw",
    test: { file: "server/runtime/pages.test.ts", name: "the same cursor for ever is a loop, not a success" },
  },
  {
    what: "requests go to public addresses only",
    file: "server/runtime/address-guard.ts",
    from: 'if (range !== "unicast") return false;',
    to: 'if (range !== "unicast") return true;',
    test: { file: "server/runtime/egress-undici.test.ts", name: "is refused" },
  },
  {
    what: "compressed answers are bounded",
    file: "server/runtime/decode-body.ts",
    from: "{ maxOutputLength: Math.min(limitBytes, Math.max(FREE_BYTES, body.length * MAX_RATIO)) }",
    to: "{}",
    test: { file: "server/runtime/egress-undici.test.ts", name: "compressed answers unfold, bombs do not" },
  },
  {
    what: "a delivery is claimed by one worker",
    file: "server/domains/webhooks/deliver-pending.ts",
    from: "update webhook_deliveries d set attempts = attempts + 1, next_attempt_at = now() + ${LEASE}",
    to: "update webhook_deliveries d set attempts = attempts + 1",
    test: { file: "server/domains/webhooks/deliver-pending.db.test.ts", name: "two workers at once: every event once" },
  },
  {
    what: "redirects of a webhook's receiver are not followed",
    file: "server/domains/webhooks/send-delivery.ts",
    from: "timeoutMs: TIMEOUT_MS,",
    to: "timeoutMs: TIMEOUT_MS, redirects: 3,",
    test: { file: "server/domains/webhooks/deliver-pending.db.test.ts", name: "a redirect is a failure and is not followed" },
  },
  {
    what: "a failure backs off",
    file: "server/domains/streams/finish-run.ts",
    from: "const FIRST_RETRY_MS = 30_000;",
    to: "const FIRST_RETRY_MS = 0;",
    test: { file: stream, name: "a failure backs off, twice as long each time, and a refused credential pauses for reconnecting" },
  },
  {
    what: "lookback: what shows itself only after its moment is asked for again",
    file: "server/runtime/pages.ts",
    from: "Date.parse(moment) - lookbackMs",
    to: "Date.parse(moment)",
    test: {
      file: "server/domains/streams/crashes.db.test.ts",
      name: "a change that is to be seen only some time after its moment is read, within the lookback",
    },
  },
  {
    what: "fairness: one customer's legs leave places to others",
    routine: "leg_take",
    from: "v_customer < p_of_customer - ",
    to: "v_customer < 1000000 - ",
    test: { file: slots, name: "two hundred streams of one customer leave the place of another's one stream alone" },
  },
  {
    what: "fairness: the next place goes to who has the fewest",
    routine: "leg_release",
    from: "ORDER BY w.urgent DESC, coalesce(h.n, 0), w.since",
    to: "ORDER BY w.urgent DESC, w.since",
    test: {
      file: slots,
      name: "a vendor's customers together have their own bound beside another vendor, and the next place goes to who has the fewest legs",
    },
  },
  {
    what: "rows of other customers are behind a wall in the database",
    sql: "alter table records no force row level security",
    test: { file: "server/db/walls.db.test.ts", name: "every table stands behind forced row-level security" },
  },
];
