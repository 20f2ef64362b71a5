import { expect, test } from "vitest";
import { openLink } from "#server/domains/connect-links/open-link";
import { connecting } from "#tests/support/connecting";
import { createEmbedContext } from "./embed/context";
import { createEmbedCaller } from "./embed/router";

const t = connecting();
const HOST = "http://localhost:4600";

/** The marketplace's door, as whoever holds this token. */
const by = (token: string) =>
  createEmbedCaller(createEmbedContext(t.web, { headers: new Headers({ authorization: `Bearer ${token}`, "x-inlay-host-origin": HOST }) }));

/** The customer's own session, and the environment's key. */
async function sender() {
  await t.owner`update integrations set connector_key = 'sandbox-crm', auth_key = 'key' where id = ${t.scene.integration}`;
  const [environment] =
    await t.owner`update environments set allowed_origins = ${[HOST]} where id = ${t.scene.environment} returning publishable_key`;
  const session = await t.otherSession();
  const caller = createEmbedCaller({ requestId: "req", responseHeaders: new Headers(), authenticate: async () => session });
  return { caller, publishableKey: String(environment?.["publishable_key"]), integrationId: t.scene.integration };
}
const secretOf = (url: string) => new URL(url).hash.slice(1);

test("who was sent a link connects the one account, once, and does nothing else", async () => {
  const { caller, publishableKey, integrationId } = await sender();
  expect(await caller.connect.invited({ integrationId })).toBeNull();
  const { url } = await caller.connect.invite({ integrationId });
  expect(url).toMatch(new RegExp(`^http://127.0.0.1:4600/connect/link/${publishableKey}#lnk_`));
  expect(await caller.connect.invited({ integrationId })).toMatchObject({ state: "sent", connectionId: null });

  const { token, origin } = await openLink(t.web, { publishableKey, token: secretOf(url) });
  expect(origin).toBe(HOST);
  expect(await caller.connect.invited({ integrationId })).toMatchObject({ state: "opened" });
  const admin = by(token);
  expect(await admin.session.bootstrap()).toMatchObject({ customerName: expect.any(String) });
  expect(await admin.marketplace.get({ integrationId })).toMatchObject({ connections: [], templates: [] });
  for (const other of [
    () => admin.marketplace.list(),
    () => admin.connections.get({ connectionId: t.scene.connection }),
    () => admin.connections.disconnect({ connectionId: t.scene.connection }),
    () => admin.problems.list({ connectionId: t.scene.connection }),
    () => admin.connect.invite({ integrationId }),
  ])
    await expect(other()).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(
    admin.connect.submitKey({ integrationId, connectionId: t.scene.connection, fields: { key: "sbx_x" } }),
  ).rejects.toMatchObject({
    code: "NOT_FOUND",
  });

  const result = await admin.connect.submitKey({ integrationId, fields: { key: "sbx_admins_key" } });
  if (result.outcome !== "connected") throw new Error(result.outcome);
  expect(await caller.connect.invited({ integrationId })).toMatchObject({ state: "connected", connectionId: result.connection.id });
  expect(await caller.connections.get({ connectionId: result.connection.id })).toMatchObject({ state: "active" });
  await expect(by(token).connect.submitKey({ integrationId, fields: { key: "sbx_another" } })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(openLink(t.web, { publishableKey, token: secretOf(url) })).rejects.toMatchObject({ code: "not_found" });
});

test("a link opened by two people at once connects one account", async () => {
  const { caller, publishableKey, integrationId } = await sender();
  const { url } = await caller.connect.invite({ integrationId });
  const connect = async (key: string) => {
    const { token } = await openLink(t.web, { publishableKey, token: secretOf(url) });
    return () => by(token).connect.submitKey({ integrationId, fields: { key } });
  };
  const both = await Promise.all([connect("sbx_of_one"), connect("sbx_of_two")]);
  const before = await t.owner`select 1 from credentials where environment_id = ${t.scene.environment}`;
  const results = await Promise.allSettled(both.map((submit) => submit()));
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "FORBIDDEN" } });
  expect(await t.owner`select 1 from credentials where environment_id = ${t.scene.environment}`).toHaveLength(before.length + 1);
});

test("a link that was replaced, is too old, or is tried at another vendor opens nothing", async () => {
  const { caller, publishableKey, integrationId } = await sender();
  const first = await caller.connect.invite({ integrationId });
  const { token } = await openLink(t.web, { publishableKey, token: secretOf(first.url) });
  const second = await caller.connect.invite({ integrationId });
  await expect(openLink(t.web, { publishableKey, token: secretOf(first.url) })).rejects.toMatchObject({ code: "not_found" });
  await expect(by(token).session.bootstrap()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(openLink(t.web, { publishableKey: "pk_test_other", token: secretOf(second.url) })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(JSON.stringify(await t.owner`select * from connect_links`)).not.toContain(secretOf(second.url));
  await t.owner`update connect_links set expires_at = now() - interval '1 second' where environment_id = ${t.scene.environment}`;
  await expect(openLink(t.web, { publishableKey, token: secretOf(second.url) })).rejects.toMatchObject({ code: "not_found" });
  expect(await caller.connect.invited({ integrationId })).toMatchObject({ state: "expired" });
});
