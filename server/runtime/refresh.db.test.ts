import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "#server/db/client";
import { AppError, isAppError } from "#server/lib/errors";
import { createDatabase } from "#tests/support/postgres";
import { grantTokens, openRenewal, ownerIds } from "#tests/support/renewing";
import { createScene, type Scene, testVault } from "#tests/support/world";
import type { Egress, EgressRequest } from "./egress";
import type { RefreshDeps } from "./refresh";
import { openSecret, sealSecret } from "./secret";
import { openSource } from "./source";

let db: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let scene: Scene;
let credential: string;
let calls: string[];
/** What the token endpoint does with the n-th call; tokens are named after it. */
let answer: (n: number, form: URLSearchParams, request: EgressRequest) => Promise<{ status: number; body: unknown }>;
let api: (request: EgressRequest) => { status: number; body: unknown };
const databases: ReturnType<typeof openDatabase>[] = [];

const reply = (request: EgressRequest, { status, body }: { status: number; body: unknown }) => ({
  status,
  headers: { "content-type": typeof body === "string" ? "text/html" : "application/json" },
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  url: request.url,
  ms: 1,
});
const egress: Egress = async (request) => {
  if (!request.url.endsWith("/oauth/v1/token")) return reply(request, api(request));
  const form = new URLSearchParams(String(request.body));
  calls.push(form.get("refresh_token") ?? "");
  return reply(request, await answer(calls.length, form, request));
};
const tokens = (n: number, rest: object = {}) => ({
  status: 200,
  body: { access_token: `a${n}`, refresh_token: `r${n}`, expires_in: 1_800, token_type: "bearer", ...rest },
});
const refusal = { status: 400, body: { error: "invalid_grant", error_description: "expired or revoked" } };

beforeAll(async () => {
  db = await createDatabase();
  owner = postgres(db.url, { max: 4, onnotice: () => {} });
});
afterAll(async () => {
  await Promise.all([...databases.map((one) => one.close()), owner.end()]);
  await db.drop();
});
beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  calls = [];
  answer = async (n) => tokens(n);
  api = () => ({ status: 200, body: { results: [{ id: "1" }] } });
  credential = await grantTokens(owner, scene);
});

const row = async () => (await owner`select * from credentials where id = ${credential}`)[0] as postgres.Row;
const connection = async () =>
  (await owner`select status, status_reason from connections where id = ${scene.connection}`)[0] as postgres.Row;
const stored = async () => {
  const { version, secret } = await row();
  return openSecret(testVault, ownerIds(scene), version, secret);
};
const outcome = (promise: Promise<{ version: number }>) =>
  promise.then(
    (one) => one.version,
    (error) => (isAppError(error) ? error.code : String(error)),
  );

/** A worker of its own: its own modules (so its own flights) and its own connections. */
async function worker() {
  const refresh = await openRenewal();
  const database = openDatabase({ url: db.url, role: "worker", poolSize: 4, systemPoolSize: 1 });
  databases.push(database);
  await database.raw`select 1`; // connected: those who ask at once then come at once
  const deps: RefreshDeps = {
    db: database,
    scope: { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer },
    vault: testVault,
    egress,
    clock: { now: () => new Date() },
  };
  return { deps, refresh: (seen = 1) => refresh(deps, scene, credential, seen) };
}
const read = async (database: RefreshDeps["db"], now = new Date()) => {
  const source = await openSource(
    { db: database, vault: testVault, egress, clock: { now: () => now } },
    { vendorId: scene.vendor, ...ownerIds(scene), object: "contact", phase: "backfill" },
  );
  return source.readPage(null);
};

describe("renewing", () => {
  test("ten callers in each of five workers make one call, and all get the same", async () => {
    answer = async (n) => sleep(400).then(() => tokens(n)); // long enough for all five to have come
    const workers: Awaited<ReturnType<typeof worker>>[] = [];
    for (let i = 0; i < 5; i++) workers.push(await worker()); // one after the other: imports at once would share their modules
    const got = await Promise.all(workers.flatMap((one) => Array.from({ length: 10 }, () => one.refresh())));
    expect(calls).toEqual(["r0"]);
    expect(new Set(got.map((one) => JSON.stringify([one.version, one.secret])))).toEqual(
      new Set([JSON.stringify([2, { type: "oauth2", accessToken: "a1", refreshToken: "r1" }])]),
    );
    expect(await stored()).toEqual({ type: "oauth2", accessToken: "a1", refreshToken: "r1" });
    expect(await row()).toMatchObject({ version: 2, refresh_state: "ok", refresh_owner: null, refresh_lease_until: null });
  });
  test("no lock is held while the third party thinks", async () => {
    answer = async (n) => sleep(400).then(() => tokens(n));
    const flight = (await worker()).refresh();
    await sleep(150);
    const started = performance.now();
    await owner`update credentials set updated_at = now() where id = ${credential}`;
    expect(performance.now() - started).toBeLessThan(150);
    expect((await flight).version).toBe(2);
  });
  test.each([
    ["no new refresh token keeps the old", { refresh_token: undefined }, "r0", 1_800],
    ["a lifetime as text is a lifetime", { expires_in: "60" }, "r1", 60],
    ["none or zero is the connector's own", { expires_in: 0 }, "r1", 1_800],
  ])("%s", async (_, rest, refreshToken, seconds) => {
    answer = async (n) => tokens(n, rest);
    await (await worker()).refresh();
    expect(await stored()).toMatchObject({ refreshToken });
    const left = ((await row())["expires_at"] as Date).getTime() - Date.now();
    expect(Math.abs(left / 1_000 - seconds)).toBeLessThan(10);
  });
});

describe("trouble", () => {
  test.each([
    ["503", { status: 503, body: {} }, "provider_unavailable"],
    ["429", { status: 429, body: {} }, "provider_rate_limited"],
    ["an HTML page", { status: 200, body: "<html>" }, "provider_invalid_response"],
    ["a 400 that blames nobody", { status: 400, body: { error: "temporarily" } }, "provider_invalid_response"],
    ["no token in the answer", { status: 200, body: {} }, "provider_invalid_response"],
    ["a wrong client secret", { status: 401, body: { error: "invalid_client" } }, "config_invalid"],
  ])("%s condemns nobody and can be tried again at once", async (_, given, code) => {
    answer = async (n) => (n === 1 ? given : tokens(n));
    const one = await worker();
    expect(await outcome(one.refresh())).toBe(code);
    expect(await connection()).toMatchObject({ status: "active" });
    expect(await row()).toMatchObject({ version: 1, refresh_lease_until: null, refresh_state: "ok" });
    expect(await outcome(one.refresh())).toBe(2);
  });
  test("a refusal for good asks the customer to reconnect, with the third party's words", async () => {
    answer = async () => refusal;
    const [one, two] = [await worker(), await worker()];
    expect(await Promise.all([outcome(one.refresh()), outcome(two.refresh())])).toEqual(["reauth_required", "reauth_required"]);
    expect(calls).toHaveLength(1);
    expect(await connection()).toMatchObject({ status: "reauth", status_reason: expect.stringContaining("expired or revoked") });
  });
  test("a refusal of what was replaced meanwhile condemns nobody", async () => {
    answer = async () => {
      const secret = sealSecret(testVault, ownerIds(scene), 2, { type: "oauth2", accessToken: "new", refreshToken: "newer" });
      await owner`update credentials set secret = ${secret}, version = 2, refresh_fence = refresh_fence + 1, refresh_lease_until = null where id = ${credential}`;
      return refusal;
    };
    expect(await outcome((await worker()).refresh())).toBe(2);
    expect(await connection()).toMatchObject({ status: "active" });
  });
  test("without an answer nobody knows; a refusal after that says so", async () => {
    answer = async (n) => (n === 1 ? Promise.reject(new AppError("provider_unavailable", "reset")) : refusal);
    const one = await worker();
    expect(await outcome(one.refresh())).toBe("provider_unavailable");
    expect(await row()).toMatchObject({ refresh_state: "in_flight", refresh_lease_until: null });
    expect(await outcome(one.refresh())).toBe("reauth_required");
    expect((await connection())["status_reason"]).toMatch(/^ambiguous_refresh: /);
  });
  test("who died with the lease holds nobody up for longer than the lease", async () => {
    await owner`update credentials set refresh_owner = 'dead', refresh_state = 'in_flight', refresh_fence = 7, refresh_lease_until = clock_timestamp() + interval '400 ms' where id = ${credential}`;
    expect(await outcome((await worker()).refresh())).toBe(2);
    expect(calls).toHaveLength(1);
  });
  test("who slept through its lease writes over nobody, and its token is not lost", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    answer = async (n) => {
      if (n > 1) return refusal; // the sleeper's call has spent r0
      await gate;
      return tokens(n);
    };
    const sleeper = (await worker()).refresh();
    while (calls.length === 0) await sleep(10);
    await owner`update credentials set refresh_lease_until = clock_timestamp() - interval '1 second' where id = ${credential}`;
    const second = await worker();
    const heir = new Promise<{ version: number; secret: unknown }>((resolve, reject) => {
      answer = async () => {
        open(); // the heir holds the lease now; the sleeper wakes up and comes too late
        await sleep(300);
        return refusal;
      };
      second.refresh().then(resolve, reject);
    });
    expect(await heir).toMatchObject({ version: 2, secret: { accessToken: "a1", refreshToken: "r1" } });
    expect((await sleeper).version).toBe(2);
    expect(await stored()).toMatchObject({ refreshToken: "r1" });
    expect([calls, await connection()]).toMatchObject([["r0", "r0"], { status: "active" }]);
  });
  test("who slept through its lease does not write over what the next owner has renewed", async () => {
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    answer = async (n) => {
      if (n === 1) await asleep;
      return tokens(n);
    };
    const sleeper = (await worker()).refresh();
    while (calls.length === 0) await sleep(10);
    await owner`update credentials set refresh_lease_until = clock_timestamp() - interval '1 second' where id = ${credential}`;
    expect((await (await worker()).refresh()).version).toBe(2);
    wake();
    expect(await sleeper).toMatchObject({ version: 2, secret: { accessToken: "a2", refreshToken: "r2" } });
    expect(await stored()).toMatchObject({ accessToken: "a2", refreshToken: "r2" });
  });
});

describe("a source", () => {
  test("renews before the end, and shrugs when that fails while the token lives", async () => {
    const { deps } = await worker();
    const seen: (string | undefined)[] = [];
    api = (request) => {
      seen.push(request.headers?.["authorization"]);
      return { status: 200, body: { results: [] } };
    };
    await read(deps.db);
    answer = async () => ({ status: 503, body: {} });
    const due = new Date(Date.now() + 400_000);
    await read(deps.db, due);
    await read(deps.db, due);
    expect(calls).toHaveLength(1); // not once a page
    answer = async (n) => tokens(n);
    await read(deps.db, new Date(due.getTime() + 61_000));
    expect(seen).toEqual(["Bearer a0", "Bearer a0", "Bearer a0", "Bearer a2"]);
  });
  test("after a 401 renews once and reads on; a second 401 asks for the customer", async () => {
    const { deps } = await worker();
    api = (request) =>
      request.headers?.["authorization"] === "Bearer a0"
        ? { status: 401, body: { message: "no" } }
        : { status: 200, body: { results: [{ id: "1" }] } };
    expect((await read(deps.db)).records).toHaveLength(1);
    expect([calls, await connection()]).toMatchObject([["r0"], { status: "active" }]);
    api = () => ({ status: 401, body: { message: "app was uninstalled" } });
    expect(await outcome(read(deps.db) as never)).toBe("reauth_required");
    expect(await connection()).toMatchObject({ status: "reauth", status_reason: expect.stringContaining("app was uninstalled") });
    expect(await outcome(read(deps.db) as never)).toBe("reauth_required");
  });
});
