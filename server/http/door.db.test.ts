import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnv } from "#server/env";
import type { Deps } from "#server/lib/context";
import { createDatabase } from "#tests/support/postgres";
import { createScene, type Scene, testDeps } from "#tests/support/world";
import { createDoor } from "./door";
import { closeServers, listen } from "./listen";

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
const opened: Server[][] = [];

const env = readEnv({
  DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
  INLAY_ORIGIN: "http://127.0.0.1:4600",
  INLAY_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
  NEXTAUTH_SECRET: "s".repeat(32),
  SMTP_URL: "smtp://127.0.0.1:25",
});

async function open(given: Deps): Promise<string> {
  const door = createDoor(given, env, async (incoming, outgoing) => {
    if (incoming.url === "/broken") throw new Error("inside");
    outgoing.end("next");
  });
  const servers = await listen(door, "127.0.0.1", 0);
  opened.push(servers);
  return `http://127.0.0.1:${(servers[0]!.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  deps = testDeps(database.url);
  scene = await createScene(owner);
});
afterAll(async () => {
  await Promise.all(opened.map((servers) => closeServers(servers, 100)));
  await Promise.all([deps.db.close(), owner.end()]);
  await database.drop();
});

test("the API is answered at the door, all else by Next, each with a request id", async () => {
  const base = await open(deps);
  const records = await fetch(`${base}/v1/records?limit=2`, {
    headers: { authorization: `Bearer ${scene.secretKey}`, "x-request-id": "caller-12345678" },
  });
  expect(records.status).toBe(200);
  expect(records.headers.get("x-request-id")).toBe("caller-12345678");
  expect(((await records.json()) as { items: unknown[] }).items).toHaveLength(2);
  const minted = await fetch(`${base}/v1/embed-sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${scene.secretKey}`, "content-type": "application/json" },
    body: JSON.stringify({ customer: { id: "globex" } }),
  });
  expect(minted.status).toBe(201);
  expect((await fetch(`${base}/v1/nothing`)).headers.get("content-type")).toBe("application/problem+json");
  for (const path of ["/overview", "/v1/inlay.js"]) {
    const page = await fetch(`${base}${path}`);
    expect(await page.text()).toBe("next");
    expect(page.headers.get("x-request-id")).toMatch(/^req_/);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("A-58: no page of another origin reads an answer: none is named, not even one that only looks like ours", async () => {
  const base = await open(deps);
  const origins = [
    "null",
    "https://evil.example",
    "http://127.0.0.1:4600.evil.example",
    "http://evil-127.0.0.1:4600",
    "http://localhost:4600",
  ];
  for (const origin of origins)
    for (const method of ["GET", "OPTIONS"])
      for (const path of ["/v1/records", "/v1/embed-sessions", "/api/health"]) {
        const headers = { origin, authorization: `Bearer ${scene.secretKey}`, "access-control-request-method": "POST" };
        const answer = await fetch(`${base}${path}`, { method, headers });
        for (const name of ["access-control-allow-origin", "access-control-allow-credentials"])
          expect([origin, method, path, answer.headers.get(name)]).toEqual([origin, method, path, null]);
      }
});

test("what breaks inside is told by its request id only", async () => {
  const response = await fetch(`${await open(deps)}/broken`);
  expect(response.status).toBe(500);
  expect(await response.text()).toMatch(/Request req_\w+\.$/);
});

test("a body that is too large is refused with 413 while it is still coming", async () => {
  const response = await fetch(`${await open(deps)}/v1/customers`, {
    method: "POST",
    headers: { authorization: `Bearer ${scene.secretKey}`, "content-type": "application/json" },
    body: `{"name":"${"x".repeat(3_000_000)}"}`,
  });
  expect(response.status).toBe(413);
});

test("health: well, without Temporal degraded but 200, without Postgres 503", async () => {
  const ask = async (given: Deps) => {
    const response = await fetch(`${await open(given)}/api/health`);
    return [response.status, await response.json()];
  };
  expect(await ask(deps)).toEqual([200, { status: "ok", postgres: true, temporal: true }]);
  const lonely = { ...deps, keeping: { ...deps.keeping, reachable: async () => false } };
  expect(await ask(lonely)).toEqual([200, { status: "degraded", postgres: true, temporal: false }]);
  const away = testDeps(env.databaseUrl);
  expect(await ask(away)).toEqual([503, { status: "down", postgres: false, temporal: true }]);
  await away.db.close();
});

test("localhost and 127.0.0.1 reach the same door", async () => {
  const servers = await listen((_, outgoing) => outgoing.end("here"), null, 0);
  opened.push(servers);
  expect(await (await fetch(`http://127.0.0.1:${(servers[0]!.address() as AddressInfo).port}`)).text()).toBe("here");
});
