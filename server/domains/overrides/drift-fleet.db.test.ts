import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, memberCtx, type Scene } from "#tests/support/world";
import { driftFleet } from "./drift-fleet";

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
