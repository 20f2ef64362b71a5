import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { putOwnRecords } from "#server/domains/own-records/put-own-records";
import type { StreamId } from "#server/lib/ids";
import { eventually, type Live, startLive, stopChild, truthOf } from "#tests/support/live";

const KEY = "sbx_demo_key";
/** Records of the account before we write; and own records. */
const STRANGERS = 5;
const RECORDS = 120;

let live: Live;
beforeEach(async () => {
  live = await startLive({ temporalAddress: process.env["INLAY_TEST_TEMPORAL"] as string });
  await live.control({ service: "sandbox-crm", key: KEY, records: STRANGERS });
});
afterEach(() => live.stop());

type Connected = Awaited<ReturnType<Live["connectOnly"]>> & { streamId: StreamId };

/** The account is connected, and its contacts are written, instead of read or as well. */
async function connect(direction: "push" | "two_way" = "push"): Promise<Connected> {
  const place = await live.connectOnly("globex", KEY);
  const more = JSON.stringify({ direction, ...(direction === "two_way" ? { match: "email" } : {}) });
  await live.owner`update templates set streams = jsonb_set(streams, '{0}', streams->0 || ${more}::text::jsonb) where id = ${place.templateId}`;
  await live.owner`update mappings set settings = settings || ${more}::text::jsonb where template_id = ${place.templateId}`;
  const { streamIds } = await activateTemplate(place.ctx, { connectionId: place.connectionId, templateId: place.templateId });
  return { ...place, streamId: streamIds[0] as StreamId };
}

const put = ({ ctx }: Connected, firstName: string) =>
  putOwnRecords(ctx, {
    customerId: ctx.scope.customerId,
    modelKey: "contact",
    records: Array.from({ length: RECORDS }, (_, n) => ({
      id: `own-${n}`,
      data: { firstName, lastName: "Own", email: `own${n}@acme.example` },
    })),
  });

const waiting = (streamId: string) => async () => (await live.owner`select own_id, state from outbox where stream_id = ${streamId}`).length;
const drained = (streamId: string) => eventually(waiting(streamId), (count) => count === 0, 120_000);

/** At the third party: each own record once, as it was sent last; nobody else touched. */
async function audit({ streamId }: Connected, firstName: string) {
  const truth = [...(await truthOf(live.simulator.origin, KEY)).values()] as { id: string; properties: Record<string, string> }[];
  const ours = truth.filter(({ properties }) => properties["lastname"] === "Own");
  expect(truth.length).toBe(STRANGERS + RECORDS);
  expect(new Set(ours.map(({ properties }) => properties["email"])).size).toBe(RECORDS);
  expect(ours.filter(({ properties }) => properties["firstname"] !== firstName)).toEqual([]);
  const links = await live.owner`select l.own_id, l.external_id from links l where stream_id = ${streamId}`;
  const emails = new Map(ours.map(({ id, properties }) => [id, properties["email"]]));
  expect(links).toHaveLength(RECORDS);
  for (const { own_id, external_id } of links) expect(emails.get(external_id)).toBe(`own${own_id.slice(4)}@acme.example`);
  const journal = await live.owner`select own_id from writes where stream_id = ${streamId} and op = 'create'`;
  expect(new Set(journal.map((row) => row["own_id"])).size).toBe(RECORDS);
  expect(journal).toHaveLength(RECORDS);
}

describe("a worker killed with SIGKILL in the middle of a push", () => {
  for (const point of ["push.after_send", "push.in_tx"]) {
    test(`${point}: another goes on; at the third party lost 0, doubled 0`, async () => {
      const victim = live.startWorker(`${point}:2`);
      const gone = once(victim, "exit");
      const connected = await connect();
      await put(connected, "First");
      const [, signal] = await gone;
      expect(signal).toBe("SIGKILL");
      const left = await waiting(connected.streamId)();
      expect(left).toBeGreaterThan(0);
      // What was being sent changes meanwhile.
      await put(connected, "Second");
      live.startWorker();
      await drained(connected.streamId);
      await audit(connected, "Second");
    }, 240_000);
  }
});

describe("a worker killed with SIGKILL in the middle of a page that goes both ways", () => {
  test("what both sides changed meanwhile arrives on both: lost 0, doubled 0", async () => {
    const first = live.startWorker();
    const connected = await connect("two_way");
    const { streamId } = connected;
    await put(connected, "First");
    await drained(streamId);
    const records = async () => (await live.owner`select 1 from records where stream_id = ${streamId} and deleted_at is null`).length;
    const due = () => live.owner`update streams set due_at = now() where id = ${streamId}`;
    await due();
    await eventually(records, (count) => count === STRANGERS + RECORDS, 120_000);
    await stopChild(first);
    // Theirs: the first half. Ours: another field of all.
    const links = await live.owner`select own_id, external_id from links where stream_id = ${streamId}`;
    const isTheirs = (ownId: string) => Number(ownId.slice(4)) < RECORDS / 2;
    for (const { own_id, external_id } of links.filter((row) => isTheirs(row["own_id"]))) {
      const answer = await fetch(`${live.simulator.origin}/api.sandbox-crm.example/v1/contacts/${external_id}`, {
        ...{ method: "PATCH", headers: { "x-api-key": KEY, "content-type": "application/json" } },
        body: JSON.stringify({ properties: { firstname: `Theirs ${own_id}` } }),
      });
      expect(answer.status).toBe(200);
    }
    const mine = links.map(({ own_id }) => ({
      id: own_id as string,
      data: { firstName: "First", lastName: "Renamed", email: `own${own_id.slice(4)}@acme.example` },
    }));
    await putOwnRecords(connected.ctx, { customerId: connected.ctx.scope.customerId, modelKey: "contact", records: mine });
    await due();
    const victim = live.startWorker("merge.in_tx:1");
    const [, signal] = await once(victim, "exit");
    expect(signal).toBe("SIGKILL");
    live.startWorker();
    await drained(streamId);
    const taken = async () =>
      (
        await live.owner`select 1 from own_records where customer_id = ${connected.ctx.scope.customerId} and data->>'firstName' like 'Theirs %'`
      ).length;
    await due();
    await eventually(taken, (count) => count === RECORDS / 2, 120_000);
    await drained(streamId);
    const truth = await truthOf(live.simulator.origin, KEY);
    expect(truth.size).toBe(STRANGERS + RECORDS);
    const own =
      await live.owner`select l.external_id, r.own_id, r.data from own_records r join links l on l.stream_id = ${streamId} and l.own_id = r.own_id
      where r.customer_id = ${connected.ctx.scope.customerId}`;
    expect(own).toHaveLength(RECORDS);
    for (const { external_id, own_id, data } of own) {
      const { properties } = truth.get(external_id) as { properties: Record<string, string> };
      const firstName = isTheirs(own_id) ? `Theirs ${own_id}` : "First";
      expect([data.firstName, data.lastName, properties["firstname"], properties["lastname"]]).toEqual([
        firstName,
        "Renamed",
        firstName,
        "Renamed",
      ]);
    }
    expect(await live.owner`select 1 from conflicts where stream_id = ${streamId}`).toHaveLength(0);
    const created = await live.owner`select external_id from changes where stream_id = ${streamId} and op = 'created'`;
    expect([created.length, new Set(created.map((row) => row["external_id"])).size]).toEqual([STRANGERS + RECORDS, STRANGERS + RECORDS]);
  }, 300_000);
});
