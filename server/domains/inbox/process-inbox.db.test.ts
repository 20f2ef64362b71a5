import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { eventOf, type InboxWorld, startInboxWorld, WEBHOOKS } from "#tests/support/inbox";
import { createConnection, createScene, type Scene } from "#tests/support/world";
import { processInbox } from "./process-inbox";
import { purgeInbox } from "./purge-inbox";
import { POKE_EVERY_MS } from "./receive-call";

vi.mock("./declared", () => ({
  declaredIn: () => (called: { connectorKey: string }) => (called.connectorKey === "hubspot" ? WEBHOOKS : null),
}));

let world: InboxWorld;
let scene: Scene;
let path: string;
beforeAll(async () => {
  world = await startInboxWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  ({ scene, path } = await world.fresh());
});

const stream = async () => (await world.owner`select *, due_at <= now() as due from streams where id = ${scene.stream}`)[0]!;

test("one call with events of several accounts finds each one's stream, and nobody else's", async () => {
  const second = await createConnection(world.owner, scene);
  const stranger = await createScene(world.owner);
  const accounts =
    await world.owner`select account_id from connections where id in (${scene.connection}, ${second.connection}, ${stranger.connection}) order by id`;
  const body = JSON.stringify([
    ...accounts.flatMap((row) => [1, 2, 3].map((n) => eventOf(n, row["account_id"]))),
    eventOf(4, accounts[0]!["account_id"], "deal.creation"),
    eventOf(5, "nobody's"),
  ]);
  expect((await world.send(path, body)).status).toBe(200);
  await processInbox(world.worker);
  expect(world.poked.streams.sort()).toEqual([scene.stream, second.stream].sort());
});

test("F-75: 5,000 calls of one account at once are taken and become one wish", async () => {
  const of = await world.accountOf(scene);
  const since = Date.now();
  let next = 0;
  const statuses = new Set<number>();
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (next < 5_000) {
        const body = JSON.stringify([eventOf(next++, of)]);
        statuses.add((await world.send(path, body)).status);
      }
    }),
  );
  expect([...statuses]).toEqual([200]);
  expect(await world.rows()).toHaveLength(5_000);
  const turns = Math.ceil((Date.now() - since) / POKE_EVERY_MS);
  expect(world.poked.inbox).toBeLessThanOrEqual(turns + 1); // one for each while, not for each call
  expect(await processInbox(world.worker)).toMatchObject({ taken: 5_000, failed: 0, more: false });
  expect(world.poked.streams.length).toBe(1);
}, 60_000);

test("paused, off and failing streams are not poked, and a back-off is not shortened", async () => {
  const of = await world.accountOf(scene);
  const call = async (id: number) => {
    const body = JSON.stringify([eventOf(id, of)]);
    expect((await world.send(path, body)).status).toBe(200);
    await processInbox(world.worker);
  };
  const later = new Date(Date.now() + 3_600_000);
  await world.owner`update streams set failures = 3, due_at = ${later} where id = ${scene.stream}`;
  await call(1);
  expect((await stream())["due_at"]).toEqual(later);
  await world.owner`update streams set failures = 0, pause_reasons = '{customer}' where id = ${scene.stream}`;
  await call(2);
  await world.owner`update streams set status = 'off', pause_reasons = '{}' where id = ${scene.stream}`;
  await call(3);
  expect(world.poked.streams).toEqual([]);
  expect((await world.rows()).map((row) => row["status"])).toEqual(["done", "done", "done"]);
});

test("what cannot be read is kept with its error, and holds up nobody else", async () => {
  const poison = "{not json";
  expect((await world.send(path, poison)).status).toBe(200);
  const good = JSON.stringify([eventOf("good", await world.accountOf(scene))]);
  expect((await world.send(path, good)).status).toBe(200);
  expect(await processInbox(world.worker)).toMatchObject({ taken: 2, failed: 1, poked: 1 });
  const kept = (await world.rows()).filter((row) => row["status"] === "failed");
  expect(kept).toHaveLength(1);
  expect(kept[0]!["error"]).toMatch(/JSON/);
  expect(kept[0]!["content"]).not.toBeNull();
  expect(await processInbox(world.worker)).toMatchObject({ taken: 0 });
});

test("F-76: what a dead processor had claimed is claimed again after its lease, and given up after five", async () => {
  const body = JSON.stringify([eventOf(1, await world.accountOf(scene))]);
  await world.send(path, body);
  await world.owner`update inbox set claimed_until = now() + interval '50 seconds', attempts = 1`;
  expect(await processInbox(world.worker)).toMatchObject({ taken: 0 });
  await world.owner`update inbox set claimed_until = now() - interval '1 second'`;
  expect(await processInbox(world.worker)).toMatchObject({ taken: 1, poked: 1 });
  await world.owner`update inbox set status = 'waiting', attempts = 5, claimed_until = null`;
  expect(await processInbox(world.worker)).toMatchObject({ taken: 1, failed: 1 });
});

test("two processors share the work without taking a call twice", async () => {
  const of = await world.accountOf(scene);
  await Promise.all(Array.from({ length: 200 }, (_, n) => world.send(path, JSON.stringify([eventOf(n, of)]))));
  const results = await Promise.all([processInbox(world.worker), processInbox(world.worker), processInbox(world.worker)]);
  expect(results.reduce((sum, one) => sum + one.taken, 0)).toBe(200);
  expect((await world.rows()).every((row) => row["attempts"] === 1)).toBe(true);
});

test("retention: after 14 days also what was kept is gone", async () => {
  await world.send(path, JSON.stringify([eventOf(1, "x")]));
  await world.send(path, JSON.stringify([eventOf(2, "x")]));
  await world.owner`update inbox set received_at = now() - interval '15 days' where event_key = '1'`;
  expect(await purgeInbox(world.worker)).toBe(1);
  expect((await world.rows()).map((row) => row["event_key"])).toEqual(["2"]);
});
