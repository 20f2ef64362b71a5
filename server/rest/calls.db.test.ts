import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { usingDatabase } from "#tests/support/database";
import { createScene, insert, type Scene } from "#tests/support/world";
import { handleRest } from "./handle-rest";
import { RATE } from "./rate-limit";

// What holds for every call whatever its operation: HEAD, scopes, pace, doing it once.

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let other: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner, { records: 3 });
  other = await createScene(owner, { name: "Umbrella" });
});

type Init = { method?: string; body?: unknown; key?: string; once?: string };

async function call(path: string, { method = "GET", body, key = scene.secretKey, once }: Init = {}) {
  const headers = { authorization: `Bearer ${key}`, ...(body ? { "content-type": "application/json" } : {}) };
  const request = new Request(`http://127.0.0.1:4600${path}`, {
    method,
    headers: { ...headers, ...(once === undefined ? {} : { "idempotency-key": once }) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const response = await handleRest(deps, request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : null };
}

async function keyWith(scopes: string[]): Promise<string> {
  const secret = `sk_test_${newId("apiKey")}`;
  await insert(owner, "api_keys", {
    id: newId("apiKey"),
    vendor_id: scene.vendor,
    environment_id: scene.environment,
    name: scopes.join(),
    hint: "sk_test_ab",
    secret_hash: hashToken(secret),
    scopes,
  });
  return secret;
}

test("HEAD answers what GET would, without the body", async () => {
  for (const path of ["/v1/customers", "/v1/records?limit=2", "/v1/openapi.json"]) {
    const [get, head] = [await call(path), await call(path, { method: "HEAD" })];
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(head.headers.get("content-length")).toBe(String(Buffer.byteLength(get.text)));
    expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
  }
  expect(await call("/v1/customers/cus_nobody", { method: "HEAD" })).toMatchObject({ status: 404, text: "" });
  expect((await call("/v1/embed-sessions", { method: "HEAD" })).status).toBe(405);
  expect((await call("/v1/customers", { method: "DELETE" })).headers.get("allow")).toBe("GET, HEAD, POST");
});

test("a position the feed never gave out is said, with the newest one", async () => {
  const { body: now } = await call("/v1/changes?limit=1");
  expect(await call(`/v1/changes?after=${now.latest}`)).toMatchObject({ status: 200, body: { items: [], next: now.latest } });
  const tooLarge = await call("/v1/changes?after=9007199254740993");
  expect(tooLarge).toMatchObject({ status: 400, body: { issues: [{ path: "after", message: "must be at most 9007199254740991" }] } });
  for (const query of [`after=${now.latest + 1}`, `after=${now.latest + 1}&wait=5`]) {
    expect(await call(`/v1/changes?${query}`)).toMatchObject({
      status: 400,
      body: { code: "invalid", latest: now.latest, issues: [{ path: "after" }], detail: expect.stringContaining(`${now.latest}`) },
    });
  }
});

test("a key does what its scopes say, and a refusal names the one that is missing", async () => {
  const session = { method: "POST", body: { customer: { id: "globex" } } };
  const customer = { method: "POST", body: { externalId: "scoped" } };
  const cases = [
    [["read"], 200, 403, 403],
    [["sessions"], 403, 201, 403],
    [["write"], 403, 403, 200],
    [["read", "write", "sessions"], 200, 201, 200],
  ] as const;
  for (const [scopes, read, sessions, write] of cases) {
    const key = await keyWith([...scopes]);
    const got = [
      await call("/v1/customers", { key }),
      await call("/v1/embed-sessions", { ...session, key }),
      await call("/v1/customers", { ...customer, key }),
    ];
    expect(got.map(({ status }) => status)).toEqual([read, sessions, write]);
    for (const [at, scope] of (["read", "sessions", "write"] as const).entries()) {
      if (got[at]!.status === 403)
        expect(got[at]!.body).toMatchObject({ code: "forbidden", detail: expect.stringContaining(`\`${scope}\``) });
    }
  }
});

test("the same call under a key is done once and answers the same; another is refused", async () => {
  const session = { method: "POST", body: { customer: { id: "globex" } }, once: "a-1" };
  const first = await call("/v1/embed-sessions", session);
  const again = await call("/v1/embed-sessions", session);
  expect(first.status).toBe(201);
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect([first.headers.get("idempotency-replayed"), again.headers.get("idempotency-replayed")]).toEqual([null, "true"]);
  const [row] = await owner`select answer from idempotency_keys where environment_id = ${scene.environment}`;
  expect(row!["answer"]).not.toContain(first.body.token);

  for (const [path, init] of [
    ["/v1/embed-sessions", { ...session, body: { customer: { id: "initech" } } }],
    ["/v1/customers", { ...session, body: { externalId: "globex" } }],
  ] as const) {
    expect(await call(path, init)).toMatchObject({ status: 422, body: { code: "invalid", detail: expect.stringContaining("24 hours") } });
  }
  // Another environment's key of the same name is another key.
  expect((await call("/v1/embed-sessions", { ...session, key: other.secretKey })).body.token).not.toBe(first.body.token);
  expect(await call("/v1/customers", { ...session, once: "with space" })).toMatchObject({ status: 400 });
});

test("a call that was refused leaves its key free", async () => {
  const wrong = { method: "POST", body: { customer: { id: "globex" }, origin: "https://evil.example" }, once: "b-1" };
  expect((await call("/v1/embed-sessions", wrong)).status).toBe(400);
  expect((await call("/v1/embed-sessions", { ...wrong, body: { customer: { id: "globex" } } })).status).toBe(201);
});

test("many at once under one key: one does it, the others are told to wait or get its answer", async () => {
  const make = { method: "POST", body: { url: "https://1.1.1.1/hook" }, once: "c-1" };
  const got = await Promise.all(Array.from({ length: 8 }, () => call("/v1/webhook-endpoints", make)));
  const [{ n }] = (await owner`select count(*)::int as n from webhook_endpoints where url = 'https://1.1.1.1/hook'`) as unknown as [
    { n: number },
  ];
  expect(n).toBe(1);
  const done = got.filter(({ status }) => status === 201);
  expect(new Set(done.map(({ body }) => body.secret)).size).toBe(1);
  for (const { status, headers } of got.filter((one) => one.status !== 201)) {
    expect([status, headers.get("retry-after")]).toEqual([409, "1"]);
  }
});

test("a call that died with its process is taken over; after a day the key is new", async () => {
  const make = { method: "POST", body: { externalId: "taken-over" }, once: "d-1" };
  await call("/v1/customers", make);
  await owner`update idempotency_keys set status = null, answer = null, started_at = now() - interval '30 seconds'`;
  expect((await call("/v1/customers", make)).status).toBe(409);
  await owner`update idempotency_keys set started_at = now() - interval '61 seconds'`;
  expect((await call("/v1/customers", make)).status).toBe(200);
  await owner`update idempotency_keys set started_at = now() - interval '25 hours'`;
  expect((await call("/v1/customers", { ...make, body: { externalId: "another" } })).status).toBe(200);
});

test("every answer says how the key stands; too many are refused with the time to wait", async () => {
  const key = await keyWith(["read"]);
  const first = await call("/v1/customers/cus_nobody", { key });
  expect(first.status).toBe(404);
  expect([first.headers.get("ratelimit-limit"), first.headers.get("ratelimit-remaining")]).toEqual([
    String(RATE.burst),
    String(RATE.burst - 1),
  ]);
  let refused = first;
  for (let i = 0; i < RATE.burst * 3 && refused.status !== 429; i++) refused = await call("/v1/customers?limit=x", { key });
  expect(refused).toMatchObject({ status: 429, body: { code: "quota_exceeded" } });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await call("/v1/customers")).status).toBe(200);
});
