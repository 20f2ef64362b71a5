import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as t from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { fixedId } from "#server/lib/ids";
import { FieldChoices } from "#server/mapping/overrides";
import { MappingFields } from "#server/mapping/schema";
import { createDatabase } from "#tests/support/postgres";
import { testDeps } from "#tests/support/world";
import { INTEGRATIONS, MODELS } from "./catalogue";
import { seedDemo } from "./seed";

let database: Awaited<ReturnType<typeof createDatabase>>;
let deps: Deps;
const settings = {
  demoOrigin: "http://localhost:4600",
  simulatorOrigin: "http://127.0.0.1:4640",
  secretKey: `sk_test_${"a".repeat(43)}`,
  webhookSecret: `whsec_${Buffer.alloc(32, 3).toString("base64")}`,
};
beforeAll(async () => {
  database = await createDatabase();
  deps = testDeps(database.url);
});
afterAll(async () => {
  await deps.db.close();
  await database.drop();
});

const read = <T>(fn: Parameters<typeof asSystem<T>>[2]) => asSystem(deps.db, "test", fn);

test("two starts at once seed one vendor; what a person changed survives, what moves is moved", async () => {
  const [first] = await Promise.all([seedDemo(deps, settings), seedDemo(deps, settings)]);
  await read((tx) => tx.update(t.integrations).set({ name: "Our HubSpot" }).where(eq(t.integrations.connectorKey, "hubspot")));
  const ofTest = eq(t.environments.id, first.environmentId);
  const own = ["https://app.acme.example", "http://localhost:3000"];
  await read((tx) =>
    tx
      .update(t.environments)
      .set({ allowedOrigins: [...own, settings.demoOrigin] })
      .where(ofTest),
  );
  for (const port of [4602, 4601]) await seedDemo(deps, { ...settings, demoOrigin: `http://localhost:${port}` });
  const second = await seedDemo(deps, { ...settings, demoOrigin: "http://localhost:4700", simulatorOrigin: "http://127.0.0.1:4740" });
  expect(second).toEqual(first);

  expect(await read((tx) => tx.$count(t.vendors))).toBe(1);
  expect(await read((tx) => tx.$count(t.customers))).toBe(2);
  expect(await read((tx) => tx.$count(t.templates))).toBe(3);
  const integrations = await read((tx) => tx.select().from(t.integrations));
  expect(integrations).toHaveLength(INTEGRATIONS.length);
  const hubspot = integrations.find((row) => row.connectorKey === "hubspot");
  expect(hubspot).toMatchObject({ name: "Our HubSpot", sandboxOrigin: "http://127.0.0.1:4740", clientId: "inlay-demo" });
  expect(hubspot?.clientSecret).not.toContain("inlay-demo-secret");
  const endpoints = await read((tx) => tx.select().from(t.webhookEndpoints));
  expect(endpoints.map((row) => row.url)).toEqual(["http://localhost:4700/demo/webhook"]);
  const [environment] = await read((tx) => tx.select().from(t.environments).where(ofTest));
  expect(environment?.allowedOrigins).toEqual([...own, "http://localhost:4700"]);
});

test("an integration that a person added for the same connector is left alone", async () => {
  const { environmentId } = await seedDemo(deps, settings);
  const own = fixedId("integration", "a person's own");
  await read((tx) =>
    tx
      .insert(t.integrations)
      .values({ id: own, environmentId, connectorKey: "hubspot", authKey: "oauth2", name: "Real HubSpot", clientId: "own" }),
  );
  for (let start = 0; start < 3; start++) await seedDemo(deps, settings);
  const [row] = await read((tx) => tx.select().from(t.integrations).where(eq(t.integrations.id, own)));
  expect(row).toMatchObject({ name: "Real HubSpot", sandboxOrigin: null, clientId: "own" });
  expect(await read((tx) => tx.$count(t.templates, eq(t.templates.integrationId, own)))).toBe(0);
  await read((tx) => tx.delete(t.integrations).where(eq(t.integrations.id, own)));
});

test("without a simulator no customer is sent to the real third party as the demo's app", async () => {
  const other = await createDatabase();
  const fresh = testDeps(other.url);
  const rows = () => asSystem(fresh.db, "test", (tx) => tx.select().from(t.integrations));
  try {
    await seedDemo(fresh, { ...settings, simulatorOrigin: null });
    expect((await rows()).map((row) => row.status)).not.toContain("available");
    await seedDemo(fresh, settings);
    const available = (await rows()).filter((row) => row.status === "available");
    expect(available.length).toBe(INTEGRATIONS.filter((seed) => seed.status === "available").length);
    expect(new Set(available.map((row) => row.sandboxOrigin))).toEqual(new Set([settings.simulatorOrigin]));
    await seedDemo(fresh, { ...settings, simulatorOrigin: null });
    for (const row of await rows()) if (row.status === "available") expect(row.sandboxOrigin).toBe(settings.simulatorOrigin);
  } finally {
    await fresh.db.close();
    await other.drop();
  }
});

test("every seeded mapping is valid and maps only fields its model has", () => {
  for (const integration of INTEGRATIONS) {
    for (const { stream, mapping, choices = {} } of integration.templates.flatMap((template) => template.streams)) {
      MappingFields.parse(mapping);
      const keys = MODELS.find((model) => model.key === stream.model)?.fields.map((field) => field.key) ?? [];
      expect(keys).toEqual(expect.arrayContaining([...mapping.map((field) => field.target), ...Object.keys(choices)]));
      FieldChoices.parse(choices);
    }
  }
});
