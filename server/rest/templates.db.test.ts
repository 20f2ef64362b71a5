import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, type Scene } from "#tests/support/world";
import { handleRest } from "./handle-rest";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner, { records: 4 });
});

async function call(method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${scene.secretKey}`, "content-type": "application/json" };
  const request = new Request(`http://127.0.0.1:4600${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await handleRest(deps, request);
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
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

test("a draft is seen as a whole, published, told, and gone back to; the last writer does not win unseen", async () => {
  const path = `/v1/templates/${scene.template}`;
  const mapping = `${path}/mappings/contacts`;
  const fields = [{ target: "email", from: "properties.email", required: true }];
  const { basis } = (await call("GET", mapping)).body;
  expect(await call("PUT", mapping, { fields, filter: "true", basis })).toMatchObject({ status: 200, body: { version: 2 } });
  expect(await call("PUT", mapping, { fields, basis })).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/Somebody else has changed this mapping/) },
  });
  expect(await call("POST", `${path}/streams`, { object: "contact", model: "contact", fields })).toMatchObject({
    status: 201,
    body: { stream: "contact" },
  });
  const draft = (await call("GET", `${path}/draft`)).body as { basis: string; changes: { what: string }[] };
  expect(draft.changes.map(({ what }) => what)).toEqual(["name", "setting", "filter", "field", "choice", "added"]);
  expect(await call("POST", `${path}/publish`, { basis: "0-old" })).toMatchObject({ status: 409 });
  expect(await call("POST", `${path}/publish`, { basis: draft.basis })).toMatchObject({
    status: 200,
    body: { version: 2, streams: 1, stopped: 0, rollouts: [] },
  });
  expect((await call("GET", path)).body).toMatchObject({
    name: "People",
    version: 2,
    streams: [{ mappingVersion: 2 }, { key: "contact" }],
  });
  expect((await call("GET", `${path}/versions`)).body).toMatchObject({ items: [{ version: 2, createdBy: "apiKey" }, { version: 1 }] });
  expect((await call("GET", `${path}/versions/2`)).body).toMatchObject({ before: 1, changes: draft.changes });
  expect((await call("GET", `${mapping}/versions/2`)).body).toMatchObject({
    before: 1,
    filter: "true",
    changes: [{ what: "filter" }, {}, {}],
  });
  expect(await call("POST", `${path}/versions/1/adopt`)).toMatchObject({ status: 200 });
  expect(await call("DELETE", `${path}/draft`)).toMatchObject({ status: 204 });
  expect(await call("DELETE", `${path}/streams/contact`)).toMatchObject({ status: 200 });
  expect(await call("POST", `${path}/publish`)).toMatchObject({ status: 200, body: { version: 3 } });
  expect(await call("PUT", `${path}/status`, { status: "draft" })).toMatchObject({ status: 200, body: { version: 3 } });
});

test("a mapping goes out step by step; who it reaches is told before", async () => {
  const mapping = `/v1/templates/${scene.template}/mappings/contacts`;
  await call("PUT", mapping, { fields: [{ target: "email", from: "properties.mail", required: true }] });
  expect((await call("GET", `${mapping}/reach`)).body).toMatchObject({ streams: 1, customers: 1, withOwn: 0 });
  expect(await call("POST", `${mapping}/rollout`, { watchMs: 60_000 })).toMatchObject({ status: 201, body: { version: 4 } });
  expect(await call("POST", `${mapping}/publish`)).toMatchObject({ status: 409 });
});

test("a model's fields are made of a JSON Schema or of records, as in the dashboard, and nothing is saved", async () => {
  const schema = { type: "object", required: ["email"], properties: { email: { type: "string" }, age: { type: "integer" } } };
  expect((await call("POST", "/v1/model-imports", { schema })).body).toMatchObject({
    fields: [
      { key: "email", type: "string", required: true },
      { key: "age", type: "number", required: false },
    ],
  });
  const sample = [{ email: "ada@acme.example", total: { amount: "1.00", currency: "EUR" } }];
  expect((await call("POST", "/v1/model-imports", { sample })).body).toMatchObject({
    fields: [{ key: "email" }, { key: "total", type: "money" }],
    notes: [expect.stringContaining("twenty records")],
  });
  for (const wrong of [{}, { schema, sample }, { sample: "text" }])
    expect(await call("POST", "/v1/model-imports", wrong)).toMatchObject({ status: 400 });
});

test("a model's changes are weighed, its past told, and one in use not put away", async () => {
  const { fields } = await contact();
  const less = await call("POST", "/v1/models/contact/preview", { fields: fields.slice(0, 1) });
  expect(less.body).toMatchObject({ changes: [{ kind: "removed", breaking: true, customers: expect.any(Number) }, {}] });
  expect((await call("GET", "/v1/models/contact/versions")).body).toMatchObject({ version: 2, items: [{ version: 1 }] });
  expect(await call("PUT", "/v1/models/contact/archived", { archived: true })).toMatchObject({ status: 409 });
  expect(await call("PUT", "/v1/models/order/archived", { archived: true })).toMatchObject({ status: 204 });
});
