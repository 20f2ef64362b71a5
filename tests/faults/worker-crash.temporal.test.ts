import { once } from "node:events";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listChanges } from "#server/domains/records/list-changes";
import { eventually, type Live, startLive, stopChild, truthOf } from "#tests/support/live";
import { mappingInForce } from "#tests/support/mapping-in-force";
import { ownNamespace } from "#tests/support/temporal";
import { workflowId } from "#workflows/contract";

const KEY = "sbx_demo_key";
const RECORDS = 5_000;

let live: Live;
beforeEach(async () => {
  live = await startLive(ownNamespace());
  await live.control({ service: "sandbox-crm", key: KEY, records: RECORDS });
});
afterEach(() => live.stop());

type Connected = Awaited<ReturnType<Live["connect"]>>;

const stream = async (id: string) =>
  (await live.owner`select * from streams where id = ${id}`)[0] as {
    record_count: number;
    run_id: string | null;
    last_success_at: Date | null;
  };

const done = ({ streamId }: Connected) =>
  eventually(
    () => stream(streamId),
    (row) => row.run_id === null && row.last_success_at !== null,
    90_000,
  );

/** What the vendor holds after reading nothing but the feed, and how often it was told of each record. */
async function replicaOf({ ctx }: Connected) {
  const told = new Map<string, number>();
  const copy = new Map<string, Record<string, unknown> | null>();
  let after = 0;
  for (;;) {
    const page = await listChanges(ctx, { after, limit: 500 });
    for (const change of page.items) {
      expect(change.position).toBeGreaterThan(after);
      after = change.position;
      told.set(change.externalId, (told.get(change.externalId) ?? 0) + 1);
      copy.set(change.externalId, change.record);
    }
    if (page.items.length === 0) return { told, copy };
  }
}

async function audit(connected: Connected) {
  const truth = await truthOf(live.simulator.origin, KEY);
  const rows = await live.owner<
    { external_id: string; source: string; data: Record<string, unknown> }[]
  >`select external_id, source, data from records where stream_id = ${connected.streamId}`;
  expect(truth.size).toBe(RECORDS);
  expect(rows.map((row) => row.external_id).sort()).toEqual([...truth.keys()].sort());
  for (const row of rows) expect(JSON.parse(row.source)).toEqual(truth.get(row.external_id));
  const { told, copy } = await replicaOf(connected);
  expect(Object.fromEntries(copy)).toEqual(Object.fromEntries(rows.map((row) => [row.external_id, row.data])));
  const mapped = await mappingInForce(live.owner, connected.streamId);
  for (const [id, record] of truth) expect(mapped.apply(record)).toMatchObject({ ok: true, data: copy.get(id) });
  expect([...told.values()].filter((times) => times !== 1)).toEqual([]);
  expect((await stream(connected.streamId)).record_count).toBe(RECORDS);
}

describe("a worker killed with SIGKILL in the middle of a backfill", () => {
  for (const point of ["page.after_fetch", "page.after_commit"]) {
    test(`${point}: another goes on from the committed page; lost 0, doubled 0`, async () => {
      const victim = live.startWorker(`${point}:4`);
      const gone = once(victim, "exit");
      const connected = await live.connect("globex", KEY);
      const [, signal] = await gone;
      expect(signal).toBe("SIGKILL");
      expect((await stream(connected.streamId)).record_count).toBeLessThan(RECORDS);
      live.startWorker();
      await done(connected);
      await audit(connected);
    });
  }

  test("in the middle of a page's transaction: another goes on from the committed page; lost 0, doubled 0", async () => {
    await live.control({ latencyMs: 150 });
    const victim = live.startWorker();
    const connected = await live.connect("globex", KEY);
    const stored = async () => (await stream(connected.streamId)).record_count;
    await eventually(stored, (n) => n > 0); // not the first page: what stands must stay, and be gone on from
    // The feed cannot be written while this is held: the page's statement stands in its transaction, records written.
    const holder = postgres(live.url, { max: 1, onnotice: () => {} });
    const before = await holder.begin(async (tx) => {
      await tx`lock table changes in share mode`;
      await eventually(
        () =>
          live.owner`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%sync_write_page%' and application_name = 'inlay-worker'`,
        (rows) => rows.length > 0,
      );
      await stopChild(victim, "SIGKILL");
      return stored();
    });
    await holder.end();
    await live.control({ latencyMs: 0 });
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(RECORDS);
    live.startWorker();
    await done(connected);
    await audit(connected);
  });
});

/** How often each leg of the stream's keeper was begun, and what else became of its attempts. */
async function attemptsOf({ ctx, streamId }: Connected) {
  const handle = live.client.workflow.getHandle(workflowId.keeper(ctx.scope.environmentId, streamId));
  const events = (await handle.fetchHistory()).events ?? [];
  return {
    begun: events.flatMap((event) => event.activityTaskStartedEventAttributes?.attempt ?? []),
    lost: events.filter((event) => event.activityTaskTimedOutEventAttributes ?? event.activityTaskFailedEventAttributes).length,
  };
}

test("a worker that is told to end, again and again: each leg ends after its page, and the next worker goes on at once; lost 0, doubled 0", async () => {
  await live.control({ latencyMs: 300 });
  let worker = live.startWorker();
  const connected = await live.connect("globex", KEY);
  const pages = async () =>
    (await live.owner<{ n: number }[]>`select coalesce(sum(pages), 0)::int as n from runs where stream_id = ${connected.streamId}`)[0]?.n ??
    0;
  for (let turn = 0; turn < 3; turn++) {
    const before = await pages();
    const begun = await eventually(pages, (n) => n > before, 60_000); // a leg has begun, and would take 16 pages
    const gone = once(worker, "exit");
    worker.kill("SIGTERM");
    const next = live.startWorker();
    expect(await gone).toEqual([0, null]);
    expect((await pages()) - begun).toBeLessThanOrEqual(5); // the one that is written, those behind it, and what came in between
    worker = next;
  }
  await live.control({ latencyMs: 0 });
  await done(connected);
  await audit(connected);
  const { begun, lost } = await attemptsOf(connected);
  expect([new Set(begun), lost]).toEqual([new Set([1]), 0]);
}, 240_000);
