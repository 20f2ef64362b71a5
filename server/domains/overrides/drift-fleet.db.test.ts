import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, memberCtx, type Scene } from "#tests/support/world";
import { driftFleet } from "./drift-fleet";
import { driftReach, settleDriftEverywhere } from "./drift-reach";

let owner: postgres.Sql;
let deps: Deps;

usingDatabase((opened) => {
  ({ owner, web: deps } = opened);
});

async function drift(scene: Scene, customer: string, stream: string, path: string, targets: string[], status = "open") {
  const detail = owner.json({ kind: "removed", path, targets, message: "gone" });
  await owner`insert into drifts (id, environment_id, customer_id, stream_id, kind, path, detail, status)
    values (${newId("drift")}, ${scene.environment}, ${customer}, ${stream}, 'removed', ${path}, ${detail}, ${status})`;
}

test("the same change at many customers is one line, those that reach most first; settled and others' are not told", async () => {
  const [scene, theirs] = [await createScene(owner, { name: "Mine" }), await createScene(owner, { name: "Theirs" })];
  await drift(theirs, theirs.customer, theirs.stream, "properties.fax", ["fax"]);
  await drift(scene, scene.customer, scene.stream, "properties.fax", ["fax"]);
  await drift(scene, scene.customer, scene.stream, "properties.email", ["email"]);
  await drift(scene, scene.customer, scene.stream, "properties.phone", ["phone"], "accepted");
  for (let i = 0; i < 6; i++) {
    const customer = await createCustomer(owner, scene.environment, `Customer ${i}`);
    const { stream } = await createConnection(owner, { ...scene, customer });
    await drift(scene, customer, stream, "properties.fax", ["fax", "firstName"]);
  }
  const rows = await driftFleet(memberCtx(deps, scene, "viewer"));
  expect(rows).toMatchObject([
    { integrationName: "HubSpot", object: "contact", kind: "removed", path: "properties.fax", customers: 7, targets: ["fax", "firstName"] },
    { path: "properties.email", customers: 1, reached: [{ id: scene.customer, name: "Globex" }] },
  ]);
  expect(rows[0]?.reached).toHaveLength(5);
});

test("everybody whom a change reaches is named in pages, and its remedy is accepted for all who have one", async () => {
  const scene = await createScene(owner, { name: "Wide" });
  const ctx = memberCtx(deps, scene, "support");
  const key = { integrationId: scene.integration, object: "contact", kind: "removed" as const, path: "properties.fax" };
  const fields = [
    { target: "email", from: "properties.email", required: true, onError: "quarantine", transforms: [] },
    { target: "firstName", from: "properties.fax", required: false, onError: "null", transforms: [] },
  ];
  await owner`update mappings set fields = ${owner.json(fields)} where id = ${scene.mapping}`;
  const OTHERS = 24;
  for (let i = 0; i < OTHERS; i++) {
    const customer = await createCustomer(owner, scene.environment, `Customer ${i}`);
    const { stream } = await createConnection(owner, { ...scene, customer });
    await drift(scene, customer, stream, "properties.fax", ["firstName"]);
  }
  // One of them fills a field with it that is needed: one click is not enough there.
  const needy = { email: { field: { ...fields[0], from: "properties.fax" }, base: fields[0] } };
  await drift(scene, scene.customer, scene.stream, "properties.fax", ["email", "firstName"]);
  await owner`insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, created_by)
    values (${scene.stream}, 1, ${scene.environment}, ${scene.customer}, ${owner.json(needy as never)}, 'customer')`;

  const first = await driftReach(ctx, { ...key, limit: 20 });
  const second = await driftReach(ctx, { ...key, limit: 20, cursor: first.next ?? undefined });
  const all = [...first.items, ...second.items];
  expect([first.items.length, second.next, new Set(all.map((one) => one.customerId)).size]).toEqual([20, null, OTHERS + 1]);
  expect(all.find((one) => one.customerId === scene.customer)?.remedy).toMatchObject({ kind: "explain" });
  expect(all.filter(({ remedy }) => remedy.kind === "patch" && remedy.label === "Leave “First name” out")).toHaveLength(OTHERS);

  const one = await settleDriftEverywhere(ctx, key);
  const rest = await settleDriftEverywhere(ctx, { ...key, after: one.after ?? undefined });
  expect([one.accepted + rest.accepted, rest.after]).toEqual([OTHERS, null]);
  expect([...one.left, ...rest.left]).toMatchObject([{ customerName: "Globex", message: expect.stringContaining("“E-mail” is needed") }]);
  expect(await driftFleet(ctx)).toMatchObject([{ path: "properties.fax", customers: 1 }]);
  const [row] = await owner`
    select count(*)::int as rows, bool_and(overrides->'firstName'->'field' = 'null') as out, min(created_by) as by
      from stream_overrides where environment_id = ${scene.environment} and stream_id <> ${scene.stream}`;
  expect(row).toEqual({ rows: OTHERS, out: true, by: "owner@acme.example" });
  const theirs = memberCtx(deps, await createScene(owner, { name: "Another" }), "support");
  await expect(driftReach(theirs, { ...key, limit: 5 })).rejects.toMatchObject({ code: "not_found" });
  await expect(settleDriftEverywhere(theirs, key)).rejects.toMatchObject({ code: "not_found" });
});
