import type postgres from "postgres";
import { expect, test } from "vitest";
import { listCustomers } from "#server/domains/views/list-customers";
import type { Ctx, Deps } from "#server/lib/context";
import type { CustomerId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, memberCtx, type Scene } from "#tests/support/world";
import { actOnCustomers } from "./act-on-customers";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let other: Scene;
let second: CustomerId;
let ctx: Ctx;
const poked: string[] = [];

usingDatabase(async (opened) => {
  ({ owner } = opened);
  const plain = opened.web;
  deps = { ...plain, keeping: { ...plain.keeping, pokeStream: async ({ streamId }) => poked.push(streamId) > 0 } };
  scene = await createScene(owner);
  other = await createScene(owner, { name: "Umbrella" });
  second = await createCustomer(owner, scene.environment, "Initech");
  await createConnection(owner, { ...scene, customer: second });
  await createConnection(owner, { ...scene, customer: second }, { pause_reasons: ["customer"] });
  ctx = memberCtx(deps, scene, "support");
});

const reasons = async () =>
  (await owner`select pause_reasons as r from streams where environment_id = ${scene.environment} order by id`).map((row) => row["r"]);

test("pauses and resumes the vendor's own pause only, syncs what is not paused, and leaves others alone", async () => {
  const all = { customerIds: [scene.customer, second, other.customer] };
  expect(await actOnCustomers(ctx, { ...all, action: "pause" })).toEqual({ streams: 3, skipped: 0 });
  expect(await actOnCustomers(ctx, { ...all, action: "pause" })).toEqual({ streams: 0, skipped: 3 });
  expect(await actOnCustomers(ctx, { ...all, action: "sync" })).toEqual({ streams: 0, skipped: 3 });
  expect(await reasons()).toEqual([["vendor"], ["vendor"], ["customer", "vendor"]]);
  expect(poked).toEqual([]);
  expect(await actOnCustomers(ctx, { ...all, action: "resume" })).toEqual({ streams: 3, skipped: 0 });
  expect(await reasons()).toEqual([[], [], ["customer"]]);
  poked.length = 0;
  await owner`update streams set due_at = now() + interval '1 hour'`;
  expect(await actOnCustomers(ctx, { ...all, action: "sync" })).toEqual({ streams: 2, skipped: 1 });
  expect(poked).toHaveLength(2);
  const [{ n }] = (await owner`select count(*)::int as n from streams where due_at <= now()`) as unknown as [{ n: number }];
  expect(n).toBe(2);
  expect((await owner`select pause_reasons as r from streams where environment_id = ${other.environment}`)[0]!["r"]).toEqual([]);
});

test("a list by urgency: trouble first, each with who can fix it, and no page loses one", async () => {
  const third = await createCustomer(owner, scene.environment, "Hooli");
  await createConnection(owner, { ...scene, customer: third }, { failure_code: "provider_unavailable" });
  const fourth = await createCustomer(owner, scene.environment, "Wonka");
  const broken = await createConnection(owner, { ...scene, customer: fourth });
  await owner`update connections set status = 'reauth' where id = ${broken.connection}`;
  const fifth = await createCustomer(owner, scene.environment, "Stark");
  await createConnection(owner, { ...scene, customer: fifth }, { failure_code: "config_invalid" });
  const nobody = await createCustomer(owner, scene.environment, "Nobody");
  const seen: { id: string; state: string | null; fixer: string | undefined }[] = [];
  let cursor: string | undefined;
  do {
    const page = await listCustomers(ctx, { sort: "urgent", limit: 2, cursor });
    expect(page.total).toBe(6);
    seen.push(...page.items.map(({ id, state, problem }) => ({ id, state, fixer: problem?.fixer })));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(seen).toEqual([
    { id: fourth, state: "reauth", fixer: "customer" },
    { id: fifth, state: "attention", fixer: "vendor" },
    { id: third, state: "delayed", fixer: "provider" },
    { id: second, state: "active", fixer: undefined },
    { id: scene.customer, state: "active", fixer: undefined },
    { id: nobody, state: null, fixer: undefined },
  ]);
  expect((await listCustomers(ctx, { sort: "newest", limit: 50 })).items.map(({ id }) => id)).toEqual(
    [nobody, fifth, fourth, third, second, scene.customer].sort().reverse(),
  );
});
