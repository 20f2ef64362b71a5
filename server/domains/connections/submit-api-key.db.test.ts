import { beforeEach, describe, expect, test } from "vitest";
import { codeOf, connecting } from "#tests/support/connecting";
import { memberCtx, type Scene } from "#tests/support/world";
import { disconnect } from "./disconnect";
import { revokeDisconnected } from "./revoke-disconnected";
import { submitApiKey } from "./submit-api-key";

const t = connecting();
const { connect, connectionRow, control, ctx, simStats, source } = t;

describe("a key", () => {
  const submit = (fields: Record<string, string>, connectionId?: Scene["connection"]) =>
    submitApiKey(ctx(), { integrationId: t.scene.integration, connectionId, fields });
  beforeEach(() => t.owner`update integrations set connector_key = 'sandbox-crm', auth_key = 'key' where id = ${t.scene.integration}`);

  test("is tried before it is kept", async () => {
    const refused = await submit({ key: "not-a-key" }).catch((error) => error);
    expect([refused.code, refused.details.fields]).toEqual([
      "invalid",
      [{ path: "key", message: "Sandbox CRM does not accept this key." }],
    ]);
    for (const fields of [
      {},
      { key: "" },
      { key: "sbx_a\r\nX-Admin: 1" },
      { key: "sbx_demo_key", extra: "1" },
      { key: "x".repeat(5_000) },
    ]) {
      expect(await codeOf(submit(fields as Record<string, string>))).toBe("invalid");
    }
    await control({ fail: { match: "/v1/me", status: 503, count: 9 } });
    expect(await codeOf(submit({ key: "sbx_demo_key" }))).toBe("provider_unavailable");
    expect(await t.owner`select 1 from credentials where environment_id = ${t.scene.environment}`).toHaveLength(0);
  });

  test("connects, is not connected twice, reads, and is replaced by one of the same account only", async () => {
    const first = await submit({ key: " sbx_demo_key " });
    if (first.outcome !== "connected") throw new Error(first.outcome);
    expect(await submit({ key: "sbx_demo_key" })).toEqual({ outcome: "duplicate", connectionId: first.connectionId });
    expect(await submit({ key: "sbx_other" }, first.connectionId)).toMatchObject({
      outcome: "different_account",
      expected: "Demo workspace",
    });
    expect(await submit({ key: "sbx_demo_key" }, first.connectionId)).toEqual({ outcome: "connected", connectionId: first.connectionId });
    const open = await source(first.connectionId);
    const page = await open.readPage(null);
    expect([page.records.length, page.total, page.faults.length]).toEqual([250, 2_000, 0]);
    await control({ fail: { status: 401, count: 9 } });
    expect(await codeOf(open.readPage(page.cursor))).toBe("reauth_required");
    expect((await connectionRow(first.connectionId))?.["status"]).toBe("reauth");
  });
});

describe("disconnecting", () => {
  test("stops the streams at once; the worker gives the grant back and destroys the secret", async () => {
    const first = await connect();
    if (first.outcome !== "connected") throw new Error(first.outcome);
    const { connectionId } = first;
    await t.owner`update streams set connection_id = ${connectionId} where id = ${t.scene.stream}`;
    await disconnect(memberCtx(t.web, t.scene), { connectionId });
    await disconnect(ctx(), { connectionId });
    expect(await connectionRow(connectionId)).toMatchObject({ status: "disconnected" });
    expect((await t.owner`select status from streams where id = ${t.scene.stream}`)[0]?.["status"]).toBe("off");
    expect(await codeOf(source(connectionId))).toBe("not_found");

    await control({ fail: { match: "/oauth/v1/refresh-tokens", status: 503 } });
    expect(await revokeDisconnected(t.worker)).toBe(0);
    await control({ fail: null });
    const before = (await simStats()).revocations;
    expect(await revokeDisconnected(t.worker)).toBe(1);
    expect((await simStats()).revocations).toBe(before + 1);
    expect(await t.owner`select 1 from credentials where connection_id = ${connectionId}`).toHaveLength(0);
    expect(await connect()).toMatchObject({ outcome: "connected" });
  });
});
