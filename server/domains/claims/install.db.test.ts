import { beforeEach, describe, expect, test } from "vitest";
import { integrationCtx } from "#server/auth/integration-ctx";
import type { CustomerCtx } from "#server/lib/context";
import { answerConsent } from "#server/simulator/visitor";
import { createEmbedCaller } from "#server/trpc/embed/router";
import { codeOf, connecting } from "#tests/support/connecting";
import { createCustomer, createScene, customerCtx } from "#tests/support/world";
import { updateIntegration } from "../integrations/update-integration";
import { purgeOld } from "../retention/purge-old";
import { beginInstall } from "./begin-install";
import { dropClaim } from "./drop-claim";
import { endClaims } from "./end-claims";
import { lookAtClaim } from "./look-at-claim";
import { receiveInstall } from "./receive-install";
import { takeClaim } from "./take-claim";

const t = connecting();
beforeEach(async () => void (await t.owner`truncate claims, audit_entries`));
const PAGE = "http://localhost:4600/integrations?tab=all";

async function open() {
  const ctx = await integrationCtx(t.web, { integrationId: t.scene.integration, requestId: "req" });
  if (!ctx) throw new Error("no such integration");
  return ctx;
}
const claimPage = (url: string | null = PAGE) =>
  t.owner.begin(async (sql) => {
    await sql`update integrations set claim_url = ${url} where id = ${t.scene.integration}`;
    await sql`update environments set allowed_origins = '{http://localhost:4600}' where id = ${t.scene.environment}`;
  });
const begin = async (params: Record<string, string> = {}, browser: string | null = null) =>
  beginInstall(await open(), { integrationId: t.scene.integration, params, browser });
async function back(callback: URL, browser: string | null) {
  const query = Object.fromEntries(callback.searchParams);
  const { state = "", code, error, iss } = query;
  return receiveInstall(await open(), { integrationId: t.scene.integration, state, code, error, iss, params: query, browser });
}
/** The merchant installs from the store and allows access: the token that the vendor's page is opened with. */
async function installed(portal = "4711001"): Promise<string> {
  const { url, browser } = await begin();
  const result = await back(await answerConsent(url, { portal }), browser);
  if (result?.status !== "installed" || !result.url) throw new Error(JSON.stringify(result));
  return new URL(result.url).searchParams.get("inlay_claim") ?? "";
}
const claims = () => t.owner`select * from claims order by created_at`;
const actions = async () => (await t.owner`select action from audit_entries order by at`).map((row) => row["action"]);
const credentialsLeft = async () => (await t.owner`select 1 from claims where secret is not null`).length;

describe("an app that is installed from the third party's side", () => {
  test("waits, sealed, until the person says on the vendor's page whose it is; then it is a connection like any other", async () => {
    await claimPage();
    const { url, browser } = await begin();
    const result = await back(await answerConsent(url, { portal: "4711001" }), browser);
    const page = new URL((result as { url: string }).url);
    const token = page.searchParams.get("inlay_claim") ?? "";
    expect(page.href).toBe(`${PAGE}&inlay_claim=${token}`);
    const [row] = await claims();
    expect(JSON.stringify(row)).not.toContain(token);
    expect(row).toMatchObject({ status: "pending", account_id: "4711001", taken_by: null, verifier: null });
    expect((await t.owner`select 1 from connections where customer_id = ${t.scene.customer} and account_id = '4711001'`).length).toBe(0);

    const seen = await lookAtClaim(t.ctx(), { token });
    expect(seen).toMatchObject({ integrationId: t.scene.integration, account: row?.["account_label"], connectionId: null });
    expect(JSON.stringify(seen)).not.toContain("secret");
    const taken = await takeClaim(t.ctx(), { token });
    expect(taken).toMatchObject({ outcome: "connected" });
    const { connectionId } = taken as { connectionId: string };
    expect(await t.connectionRow(connectionId)).toMatchObject({ status: "active", account_id: "4711001", customer_id: t.scene.customer });
    const read = await (await t.source(connectionId)).readPage(null);
    expect(read.records.length).toBeGreaterThan(0);
    expect([await credentialsLeft(), await actions()]).toEqual([0, ["claim.installed", "claim.taken"]]);
    // The page is loaded again with the same address.
    expect(await takeClaim(t.ctx(), { token })).toEqual({ outcome: "connected", connectionId });
    expect(await lookAtClaim(t.ctx(), { token })).toMatchObject({ connectionId });
    expect(await codeOf(lookAtClaim(customerCtx(t.web, t.scene, await createCustomer(t.owner, t.scene.environment)), { token }))).toBe(
      "not_found",
    );
  });

  test("a state is good for one return, in the browser that began; a denial and a long wait keep nothing", async () => {
    await claimPage();
    const first = await begin();
    const callback = await answerConsent(first.url, { portal: "4711001" });
    expect(await back(callback, first.browser)).toMatchObject({ status: "installed" });
    expect(await back(callback, first.browser)).toBeNull();
    // Somebody else's consent, led through this person's browser.
    const theirs = await begin();
    const brought = await answerConsent(theirs.url, { portal: "4711001" });
    expect(await back(brought, (await begin()).browser)).toEqual({ status: "failed" });
    expect(await back(brought, theirs.browser)).toBeNull();
    const without = await begin();
    expect(await back(await answerConsent(without.url), null)).toEqual({ status: "failed" });
    const no = await begin();
    expect(await back(await answerConsent(no.url, { decision: "deny" }), no.browser)).toEqual({ status: "denied" });
    const late = await begin();
    await t.owner`update claims set expires_at = now() - interval '1 second' where status = 'waiting'`;
    expect(await back(await answerConsent(late.url), late.browser)).toEqual({ status: "expired" });
    expect(await credentialsLeft()).toBe(1);
  });

  test("without a page of the vendor's, or on an origin no longer allowed, nothing is asked of the third party and nothing kept", async () => {
    for (const url of [null, "https://elsewhere.example/claim"]) {
      await claimPage(url);
      const { url: consent, browser } = await begin();
      expect(await back(await answerConsent(consent), browser)).toEqual({ status: "installed", url: null });
    }
    expect([(await t.simStats()).token.calls, await credentialsLeft()]).toEqual([0, 0]);
  });

  test("two customers who have the same token: one has the account, the other nothing", async () => {
    await claimPage();
    const token = await installed();
    const other = customerCtx(t.web, t.scene, await createCustomer(t.owner, t.scene.environment, "Other"));
    const outcomes = await Promise.all([t.ctx(), other].map((ctx) => codeOf(takeClaim(ctx, { token }))));
    expect(outcomes.sort()).toEqual(["fine", "not_found"]);
    expect(
      (
        await t.owner`select 1 from connections where environment_id = ${t.scene.environment} and account_id = '4711001' and status = 'active'`
      ).length,
    ).toBe(1);
  });

  test("an account that is connected already gets the new credential, and is not connected twice", async () => {
    await claimPage();
    const before = (await t.connect()) as { connectionId: string };
    expect(await takeClaim(t.ctx(), { token: await installed() })).toEqual({ outcome: "duplicate", connectionId: before.connectionId });
    expect((await t.source(before.connectionId)) !== null).toBe(true);
  });

  test("a token of another environment, a used, an old and a made-up one are all the same: not there", async () => {
    await claimPage();
    const token = await installed();
    const elsewhere = await createScene(t.owner, { name: "Elsewhere", records: 0 });
    for (const verb of [lookAtClaim, takeClaim, dropClaim])
      expect(await codeOf(verb(customerCtx(t.web, elsewhere), { token }) as Promise<unknown>)).toBe("not_found");
    expect(await codeOf(takeClaim(t.ctx(), { token: `${token}x` }))).toBe("not_found");
    await t.owner`update claims set expires_at = now() - interval '1 second'`;
    expect(await codeOf(takeClaim(t.ctx(), { token }))).toBe("not_found");
  });

  test("whose account it is not says so: it is given back, destroyed, and nobody can take it", async () => {
    await claimPage();
    const token = await installed();
    await dropClaim(t.ctx(), { token });
    for (const verb of [lookAtClaim, takeClaim, dropClaim])
      expect(await codeOf(verb(t.ctx(), { token }) as Promise<unknown>)).toBe("not_found");
    expect(await endClaims(t.worker)).toBe(1);
    expect([await credentialsLeft(), (await t.simStats()).revocations]).toEqual([0, 1]);
    expect(await actions()).toEqual(["claim.installed", "claim.dropped"]);
  });

  test("what nobody takes in a day is given back and destroyed; but not an account that is in use here", async () => {
    await claimPage();
    await installed("4711001");
    expect(await endClaims(t.worker)).toBe(0);
    await t.owner`update claims set expires_at = now() - interval '1 second'`;
    expect(await endClaims(t.worker)).toBe(1);
    expect([await credentialsLeft(), (await t.simStats()).revocations]).toEqual([0, 1]);
    await installed("4711001");
    await t.connect("4711001");
    await t.owner`update claims set expires_at = now() - interval '1 second'`;
    expect(await endClaims(t.worker)).toBe(1);
    expect([await credentialsLeft(), (await t.simStats()).revocations]).toEqual([0, 1]);
    await t.owner`update claims set expires_at = now() - interval '2 days'`;
    await purgeOld(t.worker, { pauseMs: 0 });
    expect(await claims()).toHaveLength(0);
  });

  test("a session that a link has opened takes nothing up, and the page has to lie on an allowed origin", async () => {
    await claimPage();
    const token = await installed();
    const link = { id: "lnk_1", integrationId: t.scene.integration, connectionId: null, isDone: false };
    const byLink = { ...t.ctx(), actor: { ...t.ctx().actor, link } } as unknown as CustomerCtx;
    const caller = createEmbedCaller({ requestId: "req", responseHeaders: new Headers(), authenticate: async () => byLink });
    await expect(caller.claims.take({ token })).rejects.toMatchObject({ code: "FORBIDDEN" });
    const save = async (claimUrl: string) => updateIntegration(await open(), { id: t.scene.integration, claimUrl });
    for (const url of ["https://evil.example/", "javascript:alert(1)", "http://a:b@localhost:4600/", "nowhere"])
      expect(await codeOf(save(url))).toBe("invalid");
    expect(await save(PAGE)).toMatchObject({ claimUrl: PAGE });
    expect(await save("")).toMatchObject({ claimUrl: null });
  });
});
