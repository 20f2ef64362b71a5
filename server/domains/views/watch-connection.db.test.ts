import { setTimeout as sleep } from "node:timers/promises";
import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, type Scene } from "#tests/support/world";
import { watchConnection } from "./watch-connection";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner);
});

test("yields what is, then only what changed, and ends with the signal", async () => {
  const stop = new AbortController();
  const stream = watchConnection(customerCtx(deps, scene), { connectionId: scene.connection }, stop.signal);
  const first = await stream.next();
  expect(first.value?.view).toMatchObject({ id: scene.connection, state: "active" });

  let arrived = false;
  const second = stream.next().then((event) => {
    arrived = true;
    return event;
  });
  await sleep(2_300); // one look that finds nothing new
  expect(arrived).toBe(false);
  await owner`update streams set pause_reasons = '{customer}' where id = ${scene.stream}`;
  const changed = await second;
  expect(changed.value?.view.state).toBe("paused");
  expect(changed.value?.version).not.toBe(first.value?.version);

  const third = stream.next();
  stop.abort();
  const began = Date.now();
  expect((await third).done).toBe(true);
  expect(Date.now() - began).toBeLessThan(200);

  // No database connection is kept by a stream that ended, nor by one that waits.
  const held =
    await owner`select state from pg_stat_activity where datname = current_database() and application_name = 'inlay-web' and state <> 'idle'`;
  expect(held).toHaveLength(0);
});

test("looks twice a second while a run is in flight", async () => {
  await owner`update runs set status = 'running', seen = 0 where id = ${scene.run}`;
  await owner`update streams set run_id = ${scene.run}, pause_reasons = '{}' where id = ${scene.stream}`;
  const stop = new AbortController();
  const seen: number[] = [];
  const began = Date.now();
  for await (const { view } of watchConnection(customerCtx(deps, scene), { connectionId: scene.connection }, stop.signal)) {
    seen.push(view.streams[0]?.progress?.done ?? -1);
    if (seen.length === 4) break;
    await owner`update runs set seen = seen + 100 where id = ${scene.run}`;
  }
  expect(seen).toEqual([0, 100, 200, 300]);
  expect(Date.now() - began).toBeLessThan(5_000);
});

test("taken up again with the version seen last, it does not repeat it", async () => {
  const ctx = customerCtx(deps, scene);
  const [event] = await take(watchConnection(ctx, { connectionId: scene.connection }, undefined), 1);
  const stop = new AbortController();
  const resumed = watchConnection(ctx, { connectionId: scene.connection, lastEventId: event?.version }, stop.signal);
  const next = resumed.next();
  await owner`update runs set seen = 999 where id = ${scene.run}`;
  expect((await next).value?.view.streams[0]?.progress?.done).toBe(999);
  stop.abort();
  await resumed.return(undefined);
});

async function take<T>(events: AsyncGenerator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}
