import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { putOwnRecords } from "#server/domains/own-records/put-own-records";
import type { StreamId } from "#server/lib/ids";
import { eventually, type Live, startLive, truthOf } from "#tests/support/live";

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

/** The account is connected, and its contacts are written instead of read. */
async function connect(): Promise<Connected> {
  const place = await live.connectOnly("globex", KEY);
  await live.owner`update templates set streams = jsonb_set(streams, '{0,direction}', '"push"') where id = ${place.templateId}`;
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
