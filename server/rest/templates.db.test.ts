import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { createDatabase } from "#tests/support/postgres";
import { createScene, type Scene, testDeps } from "#tests/support/world";
import { handleRest } from "./handle-rest";

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  deps = testDeps(database.url);
  scene = await createScene(owner, { records: 4 });
});
afterAll(async () => {
  await deps.db.close();
  await owner.end();
  await database.drop();
});

async function call(method: "GET" | "PUT", path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${scene.secretKey}`, "content-type": "application/json" };
  const request = new Request(`http://127.0.0.1:4600${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await handleRest(deps, request);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const contact = async () =>
  (await call("GET", "/v1/models/contact")).body as { version: number; name: string; description: string; fields: object[] };

test("a model is read, changed as a whole, and not broken unasked", async () => {
  const { version, name, description, fields } = await contact();
  const more = { name, description, version, fields: [...fields, { key: "phone", name: "Phone", type: "string" }] };
  expect(await call("PUT", "/v1/models/contact", more)).toMatchObject({ status: 200, body: { version: version + 1, created: false } });
  const less = await call("PUT", "/v1/models/contact", { name, description, fields: fields.slice(0, 1) });
  expect(less).toMatchObject({
    status: 409,
    body: { code: "conflict", detail: expect.stringMatching(/firstName is removed.*1 customers/s) },
  });
  expect(await call("PUT", "/v1/models/contact", { ...more, fields: [] })).toMatchObject({ status: 400, body: { code: "invalid" } });
  expect(await call("PUT", "/v1/models/order", { name: "Order", fields: more.fields, version: 0 })).toMatchObject({
    status: 200,
    body: { created: true },
  });
});

test("a template's settings and the draft of its mapping are kept", async () => {
  const path = `/v1/templates/${scene.template}`;
  const streams = [{ key: "contacts", label: "People", intervalMs: 60_000, backfillDays: null }];
  expect(await call("PUT", path, { name: "People", streams })).toMatchObject({
    status: 200,
    body: { name: "People", streams: [{ label: "People", running: 1 }] },
  });
  const draft = { fields: [{ target: "email", from: "properties.email", required: true }], choices: { firstName: { customer: "choose" } } };
  expect(await call("PUT", `${path}/mappings/contacts`, draft)).toMatchObject({ status: 200, body: { version: 2 } });
  const stored = await call("GET", `${path}/mappings/contacts`);
  expect(stored.body).toMatchObject({ model: "contact", published: { version: 1 }, draft: { version: 2, choices: draft.choices } });
  expect(JSON.stringify(stored.body)).not.toContain("globex.example"); // no records on the way
  expect((await call("GET", "/v1/templates")).body).toMatchObject({ items: [{ id: scene.template, name: "Contacts to Acme" }] }); // not published
});
