import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as t from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
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
  const [environment] = await read((tx) => tx.select().from(t.environments).where(eq(t.environments.id, first.environmentId)));
  expect(environment?.allowedOrigins).toEqual(["http://localhost:4600", "http://localhost:4700"]);
});

test("every seeded mapping is valid and maps only fields its model has", () => {
  for (const integration of INTEGRATIONS) {
    for (const { stream, mapping } of integration.templates.flatMap((template) => template.streams)) {
      MappingFields.parse(mapping);
      const keys = MODELS.find((model) => model.key === stream.model)?.fields.map((field) => field.key) ?? [];
      expect(keys).toEqual(expect.arrayContaining(mapping.map((field) => field.target)));
    }
  }
});
