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
  scene = await createScene(owner, { records: 4 }); // HubSpot, and a model "contact" of e-mail (required) and first name
});

type Body = Record<string, unknown> & { models: Record<string, unknown>[]; items: Record<string, unknown>[] };
async function call(method: "GET" | "POST" | "PUT", path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${scene.secretKey}`, "content-type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await handleRest(deps, new Request(`http://127.0.0.1:4600${path}`, init));
  return { status: response.status, body: (await response.json()) as Body };
}
const take = (key: string, more: object = {}) => call("POST", `/v1/ready-templates/${key}`, { integrationId: scene.integration, ...more });
const see = (key: string) => call("GET", `/v1/ready-templates/${key}?integrationId=${scene.integration}`);
const templates = async () => (await call("GET", "/v1/templates")).body.items.map((one) => [one["name"], one["status"]]);

test("each says where it stands, and on which integrations it can be taken over", async () => {
  const { items } = (await call("GET", "/v1/ready-templates")).body;
  expect(items).toHaveLength(11);
  const support = items.find(({ key }) => key === "support-orders");
  expect(support).toMatchObject({ notIncluded: expect.stringMatching(/not/) });
  expect(support?.["connectors"]).toEqual(
    expect.arrayContaining([
      { key: "hubspot", side: "Support", standsFor: null, integrations: [scene.integration] },
      { key: "zendesk", side: "Support", standsFor: null, integrations: [] },
    ]),
  );
});

test("a model there is gets nothing unasked; what it would get is shown first", async () => {
  const { models } = (await see("support-orders")).body;
  expect(models).toMatchObject([
    { key: "ticket", state: "creates" },
    { key: "contact", target: "contact", state: "adds", clashes: [], open: [] },
  ]);
  const refused = await take("support-orders");
  expect(refused).toMatchObject({
    status: 409,
    body: { code: "conflict", detail: expect.stringMatching(/Your model "contact" would get 9 fields or values more\. Send addFields/) },
  });
  expect(refused.body["issues"]).toContainEqual({ path: "contact.lastName", message: "would be added as string." });
  expect(await templates()).toEqual([["Contacts to Acme", "published"]]);
  expect((await call("GET", "/v1/models/ticket")).status).toBe(404);
});

test("a connector without an integration can be looked at, and not taken over", async () => {
  const seen = await call("GET", "/v1/ready-templates/support-orders?connector=zendesk");
  expect(seen).toMatchObject({
    status: 200,
    body: {
      models: [{ key: "ticket" }, { key: "contact" }, { key: "buyer" }],
      streams: [
        { key: "tickets", direction: "pull", match: null },
        { key: "people", direction: "pull" },
        { key: "buyers", direction: "push", match: "E-mail" },
      ],
    },
  });
  for (const place of ["", "?connector=stripe"])
    expect(await call("GET", `/v1/ready-templates/support-orders${place}`)).toMatchObject({
      status: 400,
      body: { issues: [{ path: "connector" }] },
    });
  expect(await call("POST", "/v1/ready-templates/support-orders", { connector: "zendesk" })).toMatchObject({ status: 400 });
});

test("it becomes a draft with all that belongs to it, and a second one under another name", async () => {
  const made = await take("support-orders", { addFields: true });
  expect(made).toMatchObject({
    status: 201,
    body: { name: "Tickets and who asks", created: ["ticket"], extended: ["contact"], streams: ["tickets", "contacts"] },
  });
  const { version, fields } = (await call("GET", "/v1/models/contact")).body as unknown as {
    version: number;
    fields: { key: string; required: boolean }[];
  };
  expect([version, fields[0], fields.length]).toEqual([2, { key: "email", name: "E-mail", type: "string", required: true }, 11]);
  expect(fields.slice(1).every(({ required }) => !required)).toBe(true);
  const mapping = await call("GET", `/v1/templates/${String(made.body["id"])}/mappings/tickets`);
  expect(mapping.body).toMatchObject({
    model: "ticket",
    published: { version: 1, choices: { state: { customer: "choose" } } },
    draft: null,
  });
  const again = await take("support-orders");
  expect(again).toMatchObject({ status: 201, body: { name: "Tickets and who asks 2", created: [], extended: [] } });
  expect(await templates()).toEqual(
    expect.arrayContaining([
      ["Tickets and who asks", "draft"],
      ["Tickets and who asks 2", "draft"],
    ]),
  );
});

test("a model of other types is in the way, until another one is named for it", async () => {
  const fields = [{ key: "createdAt", name: "Created", type: "date" }];
  await call("PUT", "/v1/models/lead", { name: "Lead", fields, version: 0 });
  const refused = await take("leads-crm", { addFields: true });
  expect(refused).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect(refused.body["issues"]).toEqual([
    {
      path: "lead.createdAt",
      message: "is date in your model and datetime here. Take another model for it, or change the field's type to datetime.",
    },
  ]);
  expect(await take("leads-crm", { models: { lead: "crm_lead" }, name: "My leads" })).toMatchObject({
    status: 201,
    body: { name: "My leads", created: ["crm_lead"], extended: [] },
  });
  expect((await call("GET", "/v1/models/lead")).body).toMatchObject({ version: 1, fields: [{ key: "createdAt", type: "date" }] });
});

test("what does not fit is refused with what does", async () => {
  expect(await take("shop-shipping")).toMatchObject({
    status: 400,
    body: { code: "invalid", detail: expect.stringMatching(/does not stand on HubSpot.*shopify, generic-rest/) },
  });
  expect(await take("nothing")).toMatchObject({ status: 404, body: { detail: expect.stringMatching(/There are crm-email-marketing/) } });
  expect(await take("leads-crm", { models: { order: "x" } })).toMatchObject({ status: 400, body: { issues: [{ path: "models.order" }] } });
  expect(await take("leads-crm", { models: { lead: "Not a key" } })).toMatchObject({
    status: 400,
    body: { issues: [{ path: "models.lead" }] },
  });
  expect(await take("support-orders", { models: { ticket: "contact" } })).toMatchObject({
    status: 400,
    body: { issues: [{ path: "models" }] },
  });
});
