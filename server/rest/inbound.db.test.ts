import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, type Scene } from "#tests/support/world";
import { handleRest } from "./handle-rest";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let other: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner, { records: 8 });
  other = await createScene(owner, { name: "Umbrella" });
});

async function call(method: string, path: string, body?: unknown, key = scene.secretKey) {
  const response = await handleRest(
    deps,
    new Request(`http://127.0.0.1:4600${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }),
  );
  const text = await response.text();
  return { status: response.status, text, body: text ? JSON.parse(text) : null };
}

test("an inbound address: its parts are shown once, its secret is replaced, and it closes; nobody else reaches it", async () => {
  await owner`update integrations set connector_key = 'generic-webhook-in' where id = ${scene.integration}`;
  const made = await call("POST", "/v1/inbound-endpoints", { integrationId: scene.integration, generateSecret: true });
  expect(made.status).toBe(201);
  const { id, url, secret } = made.body;
  expect(url).toMatch(/\/api\/webhooks\/generic-webhook-in\/[\w-]{20,}$/);
  expect(secret).toMatch(/^[\w-]{20,}$/);

  const listed = await call("GET", `/v1/inbound-endpoints?integrationId=${scene.integration}`);
  expect(listed.body.items).toMatchObject([{ id, proof: "endpoint", secretSet: true, accepted: 0, lastRefusal: null }]);
  for (const hidden of [secret, url.split("/").at(-1)]) expect(listed.text).not.toContain(hidden);

  const path = `/v1/inbound-endpoints/${id}`;
  for (const [method, where, body] of [
    ["POST", `${path}/rotate-secret`, {}],
    ["DELETE", path, undefined],
  ] as const)
    expect((await call(method, where, body, other.secretKey)).status).toBe(404);
  const given = await call("POST", `${path}/rotate-secret`, { secret: "what they showed us" });
  expect(given).toMatchObject({ status: 200, body: { secret: null } });
  expect((await call("POST", `${path}/rotate-secret`, { secret: "short" })).status).toBe(400);
  expect((await call("DELETE", path)).status).toBe(204);
  expect((await call("GET", "/v1/inbound-endpoints")).body.items).toEqual([]);
});

test("where calls are signed with the client secret, or do not come, an address says so", async () => {
  const foreign = await call("POST", "/v1/inbound-endpoints", { integrationId: other.integration });
  expect(foreign.status).toBe(404);
  const app = await call("POST", "/v1/inbound-endpoints", { integrationId: other.integration, generateSecret: true }, other.secretKey);
  expect(app.body).toMatchObject({ secret: null });
  const rotated = await call("POST", `/v1/inbound-endpoints/${app.body.id}/rotate-secret`, {}, other.secretKey);
  expect(rotated).toMatchObject({ status: 409, text: expect.stringContaining("client secret") });
  await owner`update integrations set connector_key = 'sandbox-crm' where id = ${other.integration}`;
  const silent = await call("POST", "/v1/inbound-endpoints", { integrationId: other.integration }, other.secretKey);
  expect(silent).toMatchObject({ status: 409, text: expect.stringContaining("does not call us") });
});

test("deletions that were held back are decided once, by their own vendor", async () => {
  const path = `/v1/streams/${scene.stream}/deletes`;
  const trip = () =>
    owner`update streams set missing_count = 6, missing_since = now(), failure_code = 'delete_guard_tripped', failures = 3 where id = ${scene.stream}`;
  const state = async () =>
    (await owner`select missing_count, deletes_allowed, reread, failure_code, failures from streams where id = ${scene.stream}`)[0];
  await trip();
  expect((await call("POST", path, { decision: "approve" }, other.secretKey)).status).toBe(404);
  expect((await call("POST", path, { decision: "maybe" })).status).toBe(400);
  expect((await call("POST", path, { decision: "decline" })).status).toBe(204);
  expect(await state()).toEqual({ missing_count: null, deletes_allowed: null, reread: false, failure_code: null, failures: 0 });
  expect((await call("POST", path, { decision: "decline" })).status).toBe(409);
  await trip();
  expect((await call("POST", path, { decision: "approve" })).status).toBe(204);
  expect(await state()).toEqual({ missing_count: null, deletes_allowed: 6, reread: true, failure_code: null, failures: 0 });
});
