import { describe, expect, test } from "vitest";
import { customerOfTicket } from "#server/auth/customer-of-ticket";
import { newId } from "#server/lib/ids";
import { codeOf, connecting } from "#tests/support/connecting";
import { createScene, customerCtx, memberCtx } from "#tests/support/world";
import { authorizationStatus } from "./authorization-status";
import { awaitTaken } from "./await-taken";
import { beginAuthorization } from "./begin-authorization";
import { confirmCallback } from "./confirm-callback";
import { disconnect } from "./disconnect";
import { finalizeAuthorization } from "./finalize-authorization";
import { receiveCallback } from "./receive-callback";

const t = connecting();
const { begin, comeBack, connect, connectionRow, control, ctx, otherSession, setSecret, simStats, source } = t;

describe("signing in", () => {
  test("goes the whole way: consent, callback, exchange, account, and the worker reads", async () => {
    const { authorizationId, url, callback, result, proof } = await comeBack({ portal: "4711002" });
    const asked = new URL(url);
    expect(asked.origin + asked.pathname).toBe(`${t.origin}/app.hubspot.com/oauth/authorize`);
    expect([asked.searchParams.get("code_challenge_method"), asked.searchParams.get("state")?.length]).toEqual(["S256", 43]);
    expect(callback.pathname).toBe(`/connect/callback/${t.scene.integration}`);
    expect(result).toMatchObject({ display: "popup", returnTo: null, status: "returned", customerName: "Globex" });
    expect(await authorizationStatus(ctx(), { authorizationId })).toMatchObject({ status: "waiting", problem: null });

    const outcome = await finalizeAuthorization(ctx(), proof);
    if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
    expect(await connectionRow(outcome.connectionId)).toMatchObject({
      status: "active",
      account_id: "4711002",
      account_label: "globex-europe.example",
      config: {},
    });
    expect((await authorizationStatus(ctx(), { authorizationId })).status).toBe("finished");
    expect(await finalizeAuthorization(ctx(), { authorizationId })).toEqual(outcome);

    const open = await source(outcome.connectionId);
    const first = await open.readPage(null);
    expect([first.records.length, first.faults, first.done, first.facts.path]).toEqual([100, [], false, "/crm/v3/objects/contacts"]);
    const second = await open.readPage(first.cursor);
    expect(second.records[0]?.id).not.toBe(first.records[0]?.id);
    const stored = JSON.stringify(await t.owner`select * from credentials`) + JSON.stringify(await t.owner`select * from authorizations`);
    expect(stored).not.toContain(callback.searchParams.get("code"));
    expect(stored).not.toContain(result.ticket);
  });

  test("another session cannot finish it nor see it, and the code stays for who began", async () => {
    const { authorizationId, proof } = await comeBack();
    const { token } = await simStats();
    const other = await otherSession();
    expect(await codeOf(finalizeAuthorization(other, proof))).toBe("not_found");
    expect(await codeOf(authorizationStatus(other, { authorizationId }))).toBe("not_found");
    const stranger = await createScene(t.owner, { records: 0 });
    expect(await codeOf(finalizeAuthorization(customerCtx(t.web, stranger), proof))).toBe("not_found");
    expect((await simStats()).token.calls).toBe(token.calls);
    expect((await finalizeAuthorization(ctx(), proof)).outcome).toBe("connected");
  });

  test("who began and sent the consent page to somebody else gets nothing: it takes the window that came back, or its person's yes", async () => {
    const { authorizationId, result, input } = await comeBack(); // in the other person's browser
    const { token } = await simStats();
    expect((await authorizationStatus(ctx(), { authorizationId })).status).toBe("waiting");
    for (const ticket of [undefined, "tkt_guess"])
      expect(await codeOf(finalizeAuthorization(ctx(), { authorizationId, ...(ticket ? { ticket } : {}) }))).toBe("conflict");
    expect((await simStats()).token.calls).toBe(token.calls);

    const { integrationId } = input;
    expect(await codeOf(confirmCallback(t.web, { integrationId, ticket: "tkt_guess" }))).toBe("invalid");
    expect(await codeOf(confirmCallback(t.web, { integrationId: newId("integration"), ticket: result.ticket ?? "" }))).toBe("invalid");
    await confirmCallback(t.web, { integrationId, ticket: result.ticket ?? "" });
    expect(await codeOf(confirmCallback(t.web, { integrationId, ticket: result.ticket ?? "" }))).toBe("invalid");
    expect((await authorizationStatus(ctx(), { authorizationId })).status).toBe("returned");
    expect((await finalizeAuthorization(ctx(), { authorizationId })).outcome).toBe("connected");
  });

  test("a state works once, at its own integration, in its time", async () => {
    const { input } = await comeBack();
    expect(await codeOf(receiveCallback(t.web, input))).toBe("invalid");
    for (const state of ["", "x".repeat(43), "y".repeat(1_000_000)])
      expect(await codeOf(receiveCallback(t.web, { ...input, state }))).toBe("invalid");

    const foreign = await begin();
    const state = new URL(foreign.url).searchParams.get("state") ?? "";
    expect(await codeOf(receiveCallback(t.web, { ...input, state, integrationId: newId("integration") }))).toBe("invalid");
    expect(await codeOf(receiveCallback(t.web, { ...input, state }))).toBe("invalid");
    expect(await codeOf(finalizeAuthorization(ctx(), { authorizationId: foreign.authorizationId }))).toBe("invalid");

    const late = await begin();
    await t.owner`update authorizations set expires_at = now() - interval '1 second' where id = ${late.authorizationId}`;
    expect((await authorizationStatus(ctx(), late)).status).toBe("expired");
    const result = await receiveCallback(t.web, { ...input, state: new URL(late.url).searchParams.get("state") ?? "" });
    expect(result.status).toBe("expired");
    expect(await codeOf(finalizeAuthorization(ctx(), late))).toBe("conflict");
  });

  test("two who finish at once exchange once", async () => {
    const { proof } = await comeBack();
    const before = (await simStats()).token.calls;
    const outcomes = await Promise.all([1, 2, 3].map(() => codeOf(finalizeAuthorization(ctx(), proof))));
    expect(outcomes.filter((one) => one === "fine").length).toBeGreaterThanOrEqual(1);
    expect((await simStats()).token.calls).toBe(before + 1);
  });

  test("a denial, a withheld scope, a wrong client secret and a foreign fault each say what they are", async () => {
    const denied = await comeBack({ decision: "deny" });
    expect(denied.result.status).toBe("denied");
    expect(await authorizationStatus(ctx(), denied)).toMatchObject({ status: "denied", problem: null });
    expect(await codeOf(finalizeAuthorization(ctx(), denied))).toBe("conflict");

    await control({ withholdScopes: ["crm.objects.deals.read"] });
    const short = await comeBack();
    expect(await codeOf(finalizeAuthorization(ctx(), short.proof))).toBe("insufficient_scope");
    expect((await authorizationStatus(ctx(), short)).problem).toMatchObject({
      code: "insufficient_scope",
      detail: expect.stringContaining("crm.objects.deals.read"),
    });
    await control({ withholdScopes: [] });

    await setSecret("wrong");
    const misconfigured = await comeBack();
    expect(await codeOf(finalizeAuthorization(ctx(), misconfigured.proof))).toBe("config_invalid");
    const [row] = await t.owner`select status, error_code, error_detail from authorizations where id = ${misconfigured.authorizationId}`;
    expect(row).toMatchObject({
      status: "failed",
      error_code: "config_invalid",
      error_detail: expect.stringMatching(/BAD_CLIENT_SECRET|invalid_client/),
    });

    const begun = await begin();
    const state = new URL(begun.url).searchParams.get("state") ?? "";
    const words = `<script>alert(1)</script>\u001b[31m ${"x".repeat(10_000)}`;
    const result = await receiveCallback(t.web, {
      integrationId: t.scene.integration,
      state,
      error: "server_error",
      errorDescription: words,
    });
    expect(result.status).toBe("failed");
    const { problem } = await authorizationStatus(ctx(), begun);
    expect([problem?.code, problem?.detail?.length, problem?.detail?.includes("\u001b")]).toEqual(["provider_unavailable", 500, false]);
    expect(await t.owner`select 1 from connections where integration_id = ${t.scene.integration} and account_id like '4711%'`).toHaveLength(
      0,
    );
  });

  test("an integration without its OAuth app is config_invalid, one not on offer is not found", async () => {
    await t.owner`update integrations set client_secret = null where id = ${t.scene.integration}`;
    expect(await codeOf(begin())).toBe("config_invalid");
    await t.owner`update integrations set status = 'coming_soon' where id = ${t.scene.integration}`;
    expect(await codeOf(begin())).toBe("not_found");
    expect(
      await codeOf(
        beginAuthorization(
          { ...memberCtx(t.web, t.scene), scope: ctx().scope },
          { integrationId: t.scene.integration, config: {}, display: "popup" },
        ),
      ),
    ).toBe("forbidden");
  });

  test.each([
    undefined,
    "",
    "/relative",
    "https://evil.example/",
    "//localhost:4600",
    "http://localhost:4600.evil.example/",
    "http://user@localhost:4600/",
    "javascript:alert(1)",
    "http://localhost:46000/",
  ])("returnTo %j is refused", async (returnTo) => expect(await codeOf(begin({ display: "redirect", returnTo }))).toBe("invalid"));
  test.each([{ display: "redirect", returnTo: "http://localhost:4600/" }, { display: "popup" }] as const)(
    "a page left or reloaded meanwhile ($display): the next session in its tab goes on, nobody else's",
    async (how) => {
      const { authorizationId, resumeKey, input, result } = await comeBack({}, how);
      const confirmed = await confirmCallback(t.web, { integrationId: input.integrationId, ticket: result.ticket ?? "" });
      expect(confirmed).toMatchObject({ returnTo: null, ...how });
      const kept = { authorizationId, resumeKey };
      const asked = { integrationId: input.integrationId, ticket: result.ticket ?? "", patienceMs: 0 };
      expect(await awaitTaken(t.web, asked)).toBe(false);
      for (const other of [{ user_name: "Eve" }, { origin: "https://elsewhere.example" }])
        expect(await codeOf(finalizeAuthorization(await otherSession(other), kept))).toBe("not_found");
      const next = await otherSession();
      for (const without of [{ authorizationId }, { authorizationId, resumeKey: "rsm_guess" }]) {
        expect(await codeOf(authorizationStatus(next, without))).toBe("not_found");
        expect(await codeOf(finalizeAuthorization(next, without))).toBe("not_found");
      }
      expect((await authorizationStatus(next, kept)).status).toBe("returned");
      expect((await finalizeAuthorization(next, kept)).outcome).toBe("connected");
      expect(await awaitTaken(t.web, asked)).toBe(true);
    },
  );
  test("where nobody goes on with it, what its person has confirmed is finished for the session that began, once and for nobody else", async () => {
    const { authorizationId, input, result } = await comeBack();
    const asked = { integrationId: input.integrationId, ticket: result.ticket ?? "", requestId: "test" };
    expect(await customerOfTicket(t.web, asked)).toBeNull(); // a ticket alone is no word
    await confirmCallback(t.web, asked);
    expect(await customerOfTicket(t.web, { ...asked, ticket: "tkt_guess" })).toBeNull();
    const found = await customerOfTicket(t.web, asked);
    if (!found) throw new Error("nobody was found");
    expect(found).toMatchObject({ authorizationId, ctx: { actor: { type: "customer" } } });
    expect((await finalizeAuthorization(found.ctx, found)).outcome).toBe("connected");
    expect(await customerOfTicket(t.web, asked)).toBeNull();
  });
  test("a page reloaded meanwhile still needs the yes of the browser that came back", async () => {
    const { authorizationId, resumeKey } = await comeBack();
    const next = await otherSession();
    expect((await authorizationStatus(next, { authorizationId, resumeKey })).status).toBe("waiting");
    expect(await codeOf(finalizeAuthorization(next, { authorizationId, resumeKey }))).toBe("conflict");
  });
  test("returnTo on an allowed origin comes back with the callback", async () => {
    const { result } = await comeBack({}, { display: "redirect", returnTo: "http://localhost:4600/settings?tab=apps" });
    expect(result).toMatchObject({ display: "redirect", returnTo: "http://localhost:4600/settings?tab=apps", status: "returned" });
  });
});

describe("an account that is known already", () => {
  test("is not connected twice; in need of its customer, it is mended on the way", async () => {
    const first = await connect();
    if (first.outcome !== "connected") throw new Error(first.outcome);
    const stored = () => t.owner`select version, secret from credentials where connection_id = ${first.connectionId}`;
    const [before] = await stored();
    expect(await connect()).toEqual({ outcome: "duplicate", connectionId: first.connectionId });
    const [after] = await stored(); // the newest grant is the one that is sure to work
    expect(Number(after?.["version"])).toBe(Number(before?.["version"]) + 1);
    expect(after?.["secret"]).not.toBe(before?.["secret"]);
    expect((await (await source(first.connectionId)).readPage(null)).records).toHaveLength(100);
    await t.owner`update connections set status = 'reauth', status_reason = 'x' where id = ${first.connectionId}`;
    expect(await codeOf(source(first.connectionId))).toBe("reauth_required");
    expect(await connect()).toEqual({ outcome: "duplicate", connectionId: first.connectionId });
    expect(await connectionRow(first.connectionId)).toMatchObject({ status: "active", status_reason: null });
    expect((await (await source(first.connectionId)).readPage(null)).records).toHaveLength(100);
  });

  test("finished twice at once is one connection", async () => {
    const [a, b] = [await comeBack(), await comeBack()];
    const outcomes = await Promise.all([a, b].map((one) => finalizeAuthorization(ctx(), one.proof)));
    expect(outcomes.map((one) => one.outcome).sort()).toEqual(["connected", "duplicate"]);
  });

  test("reconnected as itself goes on where it stood; as another, nothing changes", async () => {
    const first = await connect("4711001");
    if (first.outcome !== "connected") throw new Error(first.outcome);
    const { connectionId } = first;
    await t.owner`update connections set status = 'reauth' where id = ${connectionId}`;
    await t.owner`update streams set pause_reasons = '{auth,customer}', connection_id = ${connectionId} where id = ${t.scene.stream}`;
    const before = await t.owner`select version, secret from credentials where connection_id = ${connectionId}`;
    expect(await connect("4711003", { connectionId })).toEqual({
      outcome: "different_account",
      expected: "globex-marketing.example",
      got: "initech-sales.example",
    });
    expect(await t.owner`select version, secret from credentials where connection_id = ${connectionId}`).toEqual(before);
    expect((await connectionRow(connectionId))?.["status"]).toBe("reauth");

    expect(await connect("4711001", { connectionId })).toEqual({ outcome: "connected", connectionId });
    expect((await connectionRow(connectionId))?.["status"]).toBe("active");
    expect((await t.owner`select pause_reasons from streams where id = ${t.scene.stream}`)[0]?.["pause_reasons"]).toEqual(["customer"]);
  });

  test("disconnected and connected again it is the same connection, with its streams where they stood", async () => {
    const first = await connect("4711001");
    if (first.outcome !== "connected") throw new Error(first.outcome);
    const { connectionId } = first;
    await disconnect(ctx(), { connectionId });
    await t.owner`delete from credentials where connection_id = ${connectionId}`;
    expect(await connect("4711001")).toEqual({ outcome: "connected", connectionId });
    expect(await connectionRow(connectionId)).toMatchObject({ status: "active", disconnected_at: null });
    expect((await (await source(connectionId)).readPage(null)).records).toHaveLength(100);
    const other = await connect("4711003");
    expect(other).toMatchObject({ outcome: "connected" });
    expect(other).not.toMatchObject({ connectionId });
  });

  test("of somebody else does not exist", async () => {
    const stranger = await createScene(t.owner, { records: 0 });
    expect(await codeOf(begin({ connectionId: stranger.connection }))).toBe("not_found");
    expect(await codeOf(disconnect(ctx(), { connectionId: stranger.connection }))).toBe("not_found");
  });
});
