import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Simulator, startSimulator } from "#server/simulator/start";
import { authorize, connect, requestToken } from "#server/simulator/visitor";

vi.setConfig({ testTimeout: 20_000 }); // loopback HTTP beside a busy build

let sim: Simulator;
beforeAll(async () => {
  sim = await startSimulator();
});
afterAll(() => sim.stop());

const contacts = (token: string, origin = sim.origin) =>
  fetch(`${origin}/api.hubapi.com/crm/v3/objects/contacts?limit=1`, { headers: { authorization: `Bearer ${token}` } });
const refresh = (refreshToken: string, origin = sim.origin) =>
  requestToken(origin, { grant_type: "refresh_token", refresh_token: refreshToken });
const stats = async () => (await (await fetch(`${sim.origin}/_stats`)).json()) as { token: { reuseAlarms: number; refreshes: number } };
const control = (body: unknown) => fetch(`${sim.origin}/_control`, { method: "POST", body: JSON.stringify(body) });

describe("authorization code with PKCE", () => {
  it("gives tokens for the account the customer chose, in HubSpot's shape", async () => {
    const visited = await authorize(sim.origin, { portal: "4711002", scopes: ["oauth", "crm.objects.contacts.read"] });
    expect(visited.callback.origin + visited.callback.pathname).toBe("http://127.0.0.1:4600/connect/callback/int_test");
    expect(visited.callback.searchParams.get("state")).toMatch(/^[0-9a-f]{32}$/);
    const code = visited.callback.searchParams.get("code") ?? "";
    const exchange = { grant_type: "authorization_code", code, code_verifier: visited.verifier, redirect_uri: visited.redirectUri };
    const { status, body } = await requestToken(sim.origin, exchange);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: "bearer", expires_in: 120, hub_id: 4711002, scopes: ["oauth", "crm.objects.contacts.read"] });
    const info = await fetch(`${sim.origin}/api.hubapi.com/oauth/v1/access-tokens/${body["access_token"]}`);
    expect(await info.json()).toMatchObject({
      hub_id: 4711002,
      hub_domain: "globex-europe.example",
      user: "emil@globex.example",
      token_type: "access",
    });
    expect((await contacts(String(body["access_token"]))).status).toBe(200);
    expect((await requestToken(sim.origin, exchange)).body).toMatchObject({ error: "invalid_grant", status: "BAD_AUTH_CODE" });
  });

  it("asks every time, so that one browser can connect several accounts", async () => {
    const first = await connect(sim.origin, { portal: "4711001" });
    const second = await connect(sim.origin, { portal: "4711003" });
    expect((await contacts(first.accessToken)).status).toBe(200);
    expect((await contacts(second.accessToken)).status).toBe(200);
  });

  it("comes back with access_denied when the customer denies", async () => {
    const { callback } = await authorize(sim.origin, { decision: "deny" });
    expect(callback.searchParams.get("error")).toBe("access_denied");
    expect(callback.searchParams.get("code")).toBeNull();
  });

  it("never sends anybody to an address that is not a callback of ours", async () => {
    for (const redirectUri of [
      "https://evil.example/connect/callback/x",
      "http://127.0.0.1:4600/elsewhere",
      "http://127.0.0.1.evil.example/connect/callback/x",
    ]) {
      await expect(authorize(sim.origin, { redirectUri })).rejects.toThrow("No consent page: 400");
    }
  });

  it("refuses a wrong verifier, a wrong secret and a request without PKCE", async () => {
    const visited = await authorize(sim.origin);
    const exchange = {
      grant_type: "authorization_code",
      code: visited.callback.searchParams.get("code") ?? "",
      redirect_uri: visited.redirectUri,
    };
    const wrongSecret = await requestToken(sim.origin, { ...exchange, code_verifier: visited.verifier, client_secret: "wrong" });
    expect([wrongSecret.status, wrongSecret.body["error"], wrongSecret.body["status"]]).toEqual([
      401,
      "invalid_client",
      "BAD_CLIENT_SECRET",
    ]);
    const wrongVerifier = await requestToken(sim.origin, { ...exchange, code_verifier: "x".repeat(43) });
    expect(wrongVerifier.body["error"]).toBe("invalid_grant");
    const bare = new URLSearchParams({ client_id: "inlay-demo", redirect_uri: visited.redirectUri, scope: "oauth", state: "s".repeat(16) });
    const response = await fetch(`${sim.origin}/app.hubspot.com/oauth/authorize?${bare}`, { redirect: "manual" });
    expect(new URL(response.headers.get("location") ?? "").searchParams.get("error_description")).toContain("PKCE");
  });
});

describe("refresh tokens", () => {
  it("rotate on every use, and using one twice raises the alarm and ends the whole grant", async () => {
    const { reuseAlarms } = (await stats()).token;
    const first = await connect(sim.origin);
    const { body } = await refresh(first.refreshToken);
    expect(body["refresh_token"]).not.toBe(first.refreshToken);
    expect((await contacts(String(body["access_token"]))).status).toBe(200);
    expect((await refresh(first.refreshToken)).body).toMatchObject({ error: "invalid_grant", status: "BAD_REFRESH_TOKEN" });
    expect((await stats()).token.reuseAlarms).toBe(reuseAlarms + 1);
    expect((await refresh(String(body["refresh_token"]))).status).toBe(400);
    expect((await contacts(String(body["access_token"]))).status).toBe(401);
  });

  it("let only one of many simultaneous refreshes through", async () => {
    const { reuseAlarms } = (await stats()).token;
    const { refreshToken } = await connect(sim.origin);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect((await stats()).token.reuseAlarms).toBe(reuseAlarms + 1);
  });

  it("are void after a revocation, which an unknown token also survives", async () => {
    const { accessToken, refreshToken } = await connect(sim.origin);
    const revoke = () => fetch(`${sim.origin}/api.hubapi.com/oauth/v1/refresh-tokens/${refreshToken}`, { method: "DELETE" });
    expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 204]);
    expect((await contacts(accessToken)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(400);
  });

  it("survive a restart, spent ones included", async () => {
    const stateDir = mkdtempSync(path.join(tmpdir(), "simulator-"));
    const before = await startSimulator({ stateDir });
    const spent = await connect(before.origin);
    const next = String((await refresh(spent.refreshToken, before.origin)).body["refresh_token"]);
    await before.stop();
    const after = await startSimulator({ stateDir });
    expect((await contacts(spent.accessToken, after.origin)).status).toBe(200);
    const renewed = await refresh(next, after.origin);
    expect(renewed.status).toBe(200);
    expect((await refresh(spent.refreshToken, after.origin)).status).toBe(400);
    expect((await refresh(String(renewed.body["refresh_token"]), after.origin)).status).toBe(400);
    await after.stop();
    rmSync(stateDir, { recursive: true });
  });
});

describe("access", () => {
  it("is refused without a token, with an expired one and without the scope, each in HubSpot's words", async () => {
    const none = await fetch(`${sim.origin}/api.hubapi.com/crm/v3/objects/contacts`);
    expect([none.status, ((await none.json()) as { category: string }).category]).toEqual([401, "INVALID_AUTHENTICATION"]);
    const narrow = await connect(sim.origin, { scopes: ["oauth", "crm.objects.companies.read"] });
    const missing = await contacts(narrow.accessToken);
    expect([missing.status, ((await missing.json()) as { category: string }).category]).toEqual([403, "MISSING_SCOPES"]);
    await control({ accessTokenTtlSeconds: 1 });
    const short = await connect(sim.origin);
    await control({ accessTokenTtlSeconds: 120 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const expired = await contacts(short.accessToken);
    expect([expired.status, ((await expired.json()) as { category: string }).category]).toEqual([401, "EXPIRED_AUTHENTICATION"]);
    expect((await refresh(short.refreshToken)).status).toBe(200);
  });

  it("lacks the scopes the customer withheld", async () => {
    await control({ withholdScopes: ["crm.objects.contacts.read"] });
    const { accessToken } = await connect(sim.origin);
    await control({ withholdScopes: [] });
    expect((await contacts(accessToken)).status).toBe(403);
  });
});
