import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, customerCtx, insert, memberCtx, type Scene } from "#tests/support/world";
import { submitApiKey } from "../connections/submit-api-key";
import { ensureCustomer } from "../customers/ensure-customer";
import { tryGate } from "../integrations/try-gate";
import { updateIntegration } from "../integrations/update-integration";
import { getIntegrationDetail } from "./get-integration-detail";
import { listMarketplace } from "./list-marketplace";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner);
});

async function offer(name: string, columns: Record<string, unknown> = {}) {
  const id = newId("integration");
  const row = { id, environment_id: scene.environment, connector_key: "sandbox-crm", name, auth_key: "key", ...columns };
  await insert(owner, "integrations", row);
  return id;
}

test("most urgent first; announced and half set up ones say so; hidden ones show only to who has them", async () => {
  await offer("Plain");
  await offer("Announced", { status: "coming_soon" });
  await offer("No such connector", { connector_key: "quickbooks", auth_key: "oauth" });
  await offer("No OAuth app yet", { connector_key: "hubspot", auth_key: "oauth" });
  await offer("Featured", { featured: true, position: 9 });
  await offer("Hidden", { status: "hidden" });
  const kept = await offer("Hidden but connected", { status: "hidden" });
  const troubled = await offer("Troubled");
  await createConnection(owner, { ...scene, integration: kept });
  const healthy = await createConnection(owner, { ...scene, integration: troubled });
  const broken = await createConnection(owner, { ...scene, integration: troubled }, { failure_code: "config_invalid" });
  await createConnection(owner, { ...scene, integration: troubled }); // a healthy one that is newer
  const gone = await offer("Disconnected");
  const { connection } = await createConnection(owner, { ...scene, integration: gone });
  await owner`update connections set status = 'disconnected' where id = ${connection}`;

  const cards = await listMarketplace(customerCtx(deps, scene));
  expect(cards.map((card) => [card.name, card.badge])).toEqual([
    ["Troubled", "attention"],
    ["Hidden but connected", "connected"],
    ["HubSpot", "connected"],
    ["Featured", null],
    ["Disconnected", null],
    ["Plain", null],
    ["Announced", "coming_soon"],
    ["No OAuth app yet", "coming_soon"],
    ["No such connector", "coming_soon"],
  ]);
  expect(cards[0]?.connectionId).toBe(broken.connection); // the one to open is the one that needs somebody
  expect(cards[0]?.connectionId).not.toBe(healthy.connection);
  expect(cards.map((card) => card.accounts)).toEqual([3, 1, 1, 0, 0, 0, 0, 0, 0]);
});

test("a form is asked for where a key is, and nothing where connecting could only fail", async () => {
  const ctx = customerCtx(deps, scene);
  const byKey = await getIntegrationDetail(ctx, { integrationId: await offer("By key") });
  expect(byKey).toMatchObject({ authType: "api_key", permissions: { reasons: [], scopes: [] } });
  expect(byKey.fields).toEqual([expect.objectContaining({ key: "key", secret: true, required: true })]);
  const announced = await getIntegrationDetail(ctx, { integrationId: await offer("Announced too", { status: "coming_soon" }) });
  expect(announced).toMatchObject({ authType: "none", fields: [], badge: "coming_soon" });
});

test("a gate lets in whom it names; whom it does not sees what there is and connects nothing", async () => {
  const gated = (await offer("Gated", { gate: 'plan == "pro"' })) as Scene["integration"];
  const ctx = customerCtx(deps, scene);
  const seen = async () => {
    const { locked, badge, fields } = await getIntegrationDetail(ctx, { integrationId: gated });
    return [locked, badge, fields.length, (await listMarketplace(ctx)).find(({ id }) => id === gated)?.badge];
  };
  const connect = () => submitApiKey(ctx, { integrationId: gated, fields: { key: "sbx_demo_key" } });
  expect(await seen()).toEqual([true, "locked", 0, "locked"]);
  await expect(connect()).rejects.toMatchObject({ code: "forbidden" });

  const told = { externalId: "gated-customer", name: "Gated" };
  await owner`update customers set external_id = ${told.externalId} where id = ${scene.customer}`;
  await ensureCustomer(memberCtx(deps, scene), { ...told, traits: { plan: "pro" } });
  await ensureCustomer(memberCtx(deps, scene), told); // what is not given stays
  expect(await seen()).toEqual([false, null, 1, null]);
  await expect(connect()).rejects.toMatchObject({ code: "provider_unavailable" }); // tests have no network

  const update = (gate: string) => updateIntegration(memberCtx(deps, scene), { id: gated, gate });
  await expect(update('plan == "pro')).rejects.toMatchObject({ code: "invalid" });
  expect((await update("seats > 20")).gate).toBe("seats > 20");
  expect(await seen()).toEqual([true, "locked", 0, "locked"]);
  expect((await update("")).gate).toBeNull();
});

test("a gate is tried on one's own customers before it is saved, and judged as at the door", async () => {
  const own = await createScene(owner, { name: "Gated" });
  const traits = { Pro: { plan: "pro" }, Free: { plan: "free" }, Unsaid: {} };
  for (const [name, said] of Object.entries(traits)) {
    const id = await createCustomer(owner, own.environment, name);
    await owner`update customers set traits = ${owner.json(said)} where id = ${id}`;
  }
  const trial = await tryGate(memberCtx(deps, own), { gate: 'plan == "pro"' });
  const named = Object.fromEntries(trial.customers.map(({ name, passes }) => [name, passes]));
  expect([trial.passing, trial.tried, named["Pro"], named["Free"], named["Unsaid"]]).toEqual([1, 4, true, false, false]);
  await expect(tryGate(memberCtx(deps, own), { gate: "plan ==" })).rejects.toMatchObject({ code: "invalid" });
});

test("what is written at the third party is said before anybody agrees to it", async () => {
  const look = () => getIntegrationDetail(customerCtx(deps, scene), { integrationId: scene.integration });
  const go = (direction: string) =>
    owner`update templates set streams = jsonb_set(streams, '{0,direction}', to_jsonb(${direction}::text)) where id = ${scene.template}`;
  expect((await look()).description).toContain("Nothing is changed in");
  await go("two_way");
  const both = await look();
  expect([both.reads.length, both.writes.length]).toEqual([1, 1]);
  expect(both.description).toMatch(/are read from .+ Written to .+: Contacts\. Records are made and changed there\.$/);
  // What only ever comes from there is read, and not written.
  const worked = { target: "firstName", expression: "upper(properties.firstname)", transforms: [], required: false, onError: "null" };
  const before = await owner`select fields from mappings where id = ${scene.mapping}`;
  await owner`update mappings set fields = jsonb_build_array(fields->0, ${owner.json(worked)}::jsonb) where id = ${scene.mapping}`;
  const one = await look();
  expect([one.reads[0]?.fields, one.writes[0]?.fields]).toEqual([["E-mail", "First name"], ["E-mail"]]);
  await owner`update mappings set fields = ${owner.json(before[0]?.["fields"])} where id = ${scene.mapping}`;
  await owner`update templates set streams = jsonb_set(streams, '{0,deletes}', '"propagate"') where id = ${scene.template}`;
  const deleting = await look();
  expect(deleting.description).toMatch(/When one of these is deleted here, it is deleted in .+ too: Contacts\.$/);
  expect(deleting.templates[0]?.streams[0]).toMatchObject({ deletes: true });
  await owner`update templates set streams = streams #- '{0,deletes}' where id = ${scene.template}`;
  await go("push");
  expect(await look()).toMatchObject({ reads: [], writes: [{ label: "Contacts" }], description: expect.stringMatching(/^Written to/) });
});

test("a draft template is not offered", async () => {
  await owner`update templates set status = 'draft' where id = ${scene.template}`;
  expect(await getIntegrationDetail(customerCtx(deps, scene), { integrationId: scene.integration })).toMatchObject({
    templates: [],
    reads: [],
    writes: [],
  });
});
