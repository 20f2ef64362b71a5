import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import { listChanges } from "#server/domains/records/list-changes";
import { listEndpoints } from "#server/domains/webhooks/list-endpoints";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createScene, insert, memberCtx, type Scene } from "#tests/support/world";
import { purgeOld } from "./purge-old";

let owner: postgres.Sql;
let web: Deps;
let worker: Deps;
let scene: Scene;
usingDatabase((opened) => {
  ({ owner, web, worker } = opened);
});
beforeEach(async () => {
  await owner`truncate vendors, mails, verification_tokens, feed_pages, changes cascade`;
  scene = await createScene(owner);
});

const purge = (batch = 5_000) => purgeOld(worker, { pauseMs: 0, batch });
const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
const scope = () => ({ environment_id: scene.environment, customer_id: scene.customer });
const idsOf = async (table: string) => (await owner.unsafe(`select id from ${table}`)).map((row) => row["id"] as string);

async function run(days: number, status = "succeeded") {
  const id = newId("run");
  const facts = { stream_id: scene.stream, kind: "incremental", trigger: "schedule", status, started_at: ago(days) };
  await insert(owner, "runs", { id, ...scope(), ...facts });
  return id;
}

test("old runs go, but never the newest of a stream, a running one or the one its stream claims", async () => {
  const [gone, running, claimed] = [await run(120), await run(120, "running"), await run(110)];
  await owner`update streams set run_id = ${claimed} where id = ${scene.stream}`;
  await owner`update runs set started_at = ${ago(100)} where id = ${scene.run}`;
  expect(await purge()).toBe(1);
  expect((await idsOf("runs")).sort()).toEqual([running, claimed, scene.run].sort());
  expect(await idsOf("runs")).not.toContain(gone);
  await owner`update run_pages set at = ${ago(15)}`;
  expect(await purge()).toBe(1);
  expect(await owner`select 1 from run_pages`).toHaveLength(0);
});

test("deliveries that are over, mails, sessions, authorisations and tokens go in their time; what is pending or young stays", async () => {
  const old = { environment_id: scene.environment, endpoint_id: scene.endpoint, payload: {}, created_at: ago(31) };
  for (const status of ["delivered", "dead", "pending"])
    await insert(owner, "webhook_deliveries", { id: newId("delivery"), event_id: newId("event"), status, ...old });
  const [endpoint] = await listEndpoints(memberCtx(web, scene), {});
  expect(endpoint).toMatchObject({ pending: 1, delivered: 0, dead: 0 }); // of the last 30 days
  for (const days of [0, 2]) await insert(owner, "mails", { recipient: "a", subject: "b", body: "c", created_at: ago(days) });
  for (const days of [6, 8]) await insert(owner, "verification_tokens", { identifier: "a", token: `${days}`, expires: ago(days) });
  expect(await purge()).toBe(4);
  expect((await owner`select status from webhook_deliveries`).map((row) => row["status"])).toEqual(["pending", "pending"]);
  await owner`update authorizations set expires_at = ${ago(8)}`;
  await owner`update embed_sessions set expires_at = ${ago(6)}`;
  expect(await purge()).toBe(1);
  expect([await idsOf("authorizations"), await idsOf("embed_sessions")]).toEqual([[], [scene.embedSession]]);
});

/** One page of two changes. */
async function page(days: number, seq: number) {
  const at = ago(days);
  await insert(owner, "feed_pages", { stream_id: scene.stream, seq_from: seq, seq_to: seq + 1, ...scope(), at });
  for (const n of [seq, seq + 1])
    await insert(owner, "changes", { stream_id: scene.stream, seq: n, ...scope(), external_id: "1", op: "updated", at });
}

test("changes go after 90 days, told ones only, and a reader from before is told instead of missing them", async () => {
  const ctx = memberCtx(web, scene);
  for (const [i, days] of [200, 150, 100, 10].entries()) await page(days, 1 + 2 * i);
  await owner`update webhook_endpoints set position = 2`;
  const read = (after: number) => listChanges(ctx, { after, limit: 100 });
  await purge(); // nobody had read: the pages get their positions, and the first is marked
  await expect(read(0)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("/v1/records and go on from 8") });
  expect((await read(2)).items.map((one) => one.position)).toEqual([3, 4, 5, 6, 7, 8]);
  await purge();
  expect(await owner`select 1 from changes`).toHaveLength(6);

  await owner`update webhook_endpoints set position = 8`;
  for (let i = 0; i < 3; i++) await purge(2); // a page a time
  expect((await owner`select seq_from from feed_pages`).map((row) => Number(row["seq_from"]))).toEqual([7]);
  expect(await owner`select 1 from changes`).toHaveLength(2);
  await expect(read(5)).rejects.toMatchObject({ code: "conflict" });
  expect((await read(6)).items.map((one) => one.position)).toEqual([7, 8]);
  expect(JSON.parse((await read(8)).json)).toEqual({ items: [], next: 8, latest: 8 });
});

test("writes go after a month, settled conflicts too; own records that are gone after a quarter, unless they are linked", async () => {
  const write = { ...scope(), stream_id: scene.stream, run_id: scene.run, own_id: "a", external_id: "1", op: "create" };
  for (const days of [29, 31]) await insert(owner, "writes", { id: newId("write"), ...write, at: ago(days) });
  const conflict = { ...scope(), stream_id: scene.stream, external_id: "1", fields: [], opened_at: ago(60) };
  await insert(owner, "conflicts", { id: newId("conflict"), ...conflict, own_id: "a", settled_at: ago(31) });
  await insert(owner, "conflicts", { id: newId("conflict"), ...conflict, own_id: "b" });
  const own = { ...scope(), model_key: "contact", data: {}, changed_at: ago(91) };
  for (const own_id of ["gone", "linked"]) await insert(owner, "own_records", { ...own, own_id, deleted_at: ago(91) });
  await insert(owner, "own_records", { ...own, own_id: "alive" });
  await insert(owner, "links", { ...scope(), stream_id: scene.stream, own_id: "linked", external_id: "9" });
  expect(await purge()).toBe(3);
  expect((await owner`select own_id from own_records order by 1`).map((row) => row["own_id"])).toEqual(["alive", "linked"]);
  expect((await owner`select own_id from conflicts`).map((row) => row["own_id"])).toEqual(["b"]);
});

test("a full batch goes on with the next call; when all is done there is a pause", async () => {
  for (let i = 0; i < 3; i++) await insert(owner, "mails", { recipient: "a", subject: "b", body: "c", created_at: ago(2) });
  const call = () => purgeOld(worker, { pauseMs: 60_000, batch: 2 });
  expect([await call(), await call()]).toEqual([2, 1]);
  await insert(owner, "mails", { recipient: "a", subject: "b", body: "c", created_at: ago(2) });
  expect(await call()).toBe(0);
});
