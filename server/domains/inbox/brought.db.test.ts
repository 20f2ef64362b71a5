import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { claimRun } from "#server/domains/streams/claim-run";
import { finishRun } from "#server/domains/streams/finish-run";
import { streamCtx } from "#server/domains/streams/internal";
import { syncLeg } from "#server/domains/streams/sync-leg";
import type { TemplateId } from "#server/lib/ids";
import { connecting } from "#tests/support/connecting";
import { memberCtx } from "#tests/support/world";
import { removeInboundEndpoint, rotateInboundSecret } from "./change-inbound-endpoint";
import { createInboundEndpoint } from "./create-inbound-endpoint";
import { listInboundEndpoints } from "./list-inbound-endpoints";
import { processInbox } from "./process-inbox";
import { createIngress } from "./receive-call";

const t = connecting();

/** A customer of "Incoming webhook" named northwind, with a stream of records; and its address. */
async function opened() {
  const { scene, owner } = t;
  await owner`update integrations set connector_key = 'generic-webhook-in', auth_key = 'sender', sandbox_origin = null, client_id = null, client_secret = null where id = ${scene.integration}`;
  await owner`update templates set streams = ${owner.json([{ key: "contacts", object: "record", model: "contact", label: "Records", intervalMs: 3_600_000 }])} where id = ${scene.template}`;
  await owner`update mappings set fields = ${owner.json([
    { target: "email", from: "email", transforms: [], required: true, onError: "quarantine" },
    { target: "firstName", from: "name", transforms: [], required: false, onError: "null" },
  ])} where template_id = ${scene.template}`;
  const connected = await submitApiKey(t.ctx(), { integrationId: scene.integration, fields: { account: "northwind" } });
  if (connected.outcome !== "connected") throw new Error(connected.outcome);
  const { streamIds } = await activateTemplate(t.ctx(), { connectionId: connected.connectionId, templateId: scene.template as TemplateId });
  const [streamId = ""] = streamIds;
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId };
  const ctx = streamCtx(t.worker, ref, "test");
  const keep = async () => {
    for (;;) {
      await owner`update runs set started_at = started_at - interval '10 seconds' where stream_id = ${streamId}`;
      const claim = await claimRun(ctx, { streamId });
      if (claim.kind !== "run") return;
      const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
      await syncLeg(ctx, { ...ref, runId: claim.runId }, pace);
      await finishRun(ctx, { streamId, runId: claim.runId, outcome: { kind: "succeeded" } });
    }
  };
  const member = memberCtx(t.web, scene, "developer");
  const endpoint = await createInboundEndpoint(member, { integrationId: scene.integration, generateSecret: true });
  const ingress = createIngress(t.web);
  const send = async (body: unknown, { secret = endpoint.secret ?? "", at = Date.now(), signed = true } = {}) => {
    const raw = Buffer.from(JSON.stringify(body));
    const ts = String(Math.floor(at / 1_000));
    const headers: Record<string, string> = { "x-webhook-timestamp": ts };
    if (signed) headers["x-webhook-signature"] = `v1=${createHmac("sha256", secret).update(`${ts}.`).update(raw).digest("hex")}`;
    const { pathname } = new URL(endpoint.url);
    const reply = await ingress.receive({
      ...{ method: "POST", connector: "generic-webhook-in", token: pathname.split("/").at(-1) ?? "", target: pathname },
      header: (name) => headers[name] ?? null,
      read: async () => raw,
    });
    return reply.status;
  };
  const records = async () =>
    (
      await owner`select external_id as id, data ->> 'firstName' as name from records where stream_id = ${streamId} and deleted_at is null order by 1`
    ).map((row) => `${row["id"]} ${row["name"]}`);
  return { member, endpoint, send, keep, records, integrationId: scene.integration };
}

const saved = (id: string, name: string, more: object = {}) => ({
  type: "record.saved",
  account: "northwind",
  record: { id, email: `${id}@northwind.example`, name, ...more },
});

test("a signed call's record is in the stream, changes with the next one, keeps the newest, and goes when it is said to", {
  timeout: 60_000,
}, async () => {
  const { send, keep, records } = await opened();
  const arrive = async () => {
    expect(await processInbox(t.worker)).toMatchObject({ failed: 0 });
    await keep();
  };
  await keep(); // the first pass finds nothing to ask
  expect(await send(saved("1001", "Nadia", { updatedAt: "2026-11-21T12:00:00Z" }))).toBe(200);
  expect(await send(saved("1002", "Bo"))).toBe(200);
  await arrive();
  expect(await records()).toEqual(["1001 Nadia", "1002 Bo"]);
  expect(await send(saved("1001", "Older", { updatedAt: "2026-11-21T11:00:00Z" }))).toBe(200);
  expect(await send(saved("1002", "First"))).toBe(200);
  expect(await send(saved("1002", "Second"))).toBe(200);
  await arrive();
  expect(await records()).toEqual(["1001 Nadia", "1002 Second"]);
  expect(await send({ type: "record.deleted", account: "northwind", record: { id: "1002" } })).toBe(200);
  expect(await send({ ...saved("1003", "Stranger"), account: "somebody-else" })).toBe(200);
  await arrive();
  expect(await records()).toEqual(["1001 Nadia"]);
});

test("how calls fare is told with the address, and why those that were refused were", { timeout: 60_000 }, async () => {
  const { member, endpoint, send, integrationId } = await opened();
  const told = async () => {
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // sums are written every two seconds
    return (await listInboundEndpoints(member, { integrationId }))[0];
  };
  expect(await send(saved("1", "A"))).toBe(200);
  expect(await send({ type: "record.saved", account: "northwind", record: "nothing" })).toBe(200);
  await processInbox(t.worker);
  expect(await send(saved("1", "A"), { signed: false })).toBe(401);
  expect(await told()).toMatchObject({
    ...{ proof: "endpoint", secretSet: true, accepted: 2, refused: 1, lastRefusal: "missing" },
    ...{ unreadable: 1, lastUnreadable: "it does not say which record it is about" },
  });
  expect(await send(saved("1", "A"), { at: Date.now() - 3_600_000 })).toBe(401);
  expect(await told()).toMatchObject({ refused: 2, lastRefusal: "time" });
  const { secret } = await rotateInboundSecret(member, { id: endpoint.id });
  await new Promise((resolve) => setTimeout(resolve, 5_100)); // what was looked up is fresh for five seconds
  expect(await send(saved("1", "A"))).toBe(401);
  expect(await send(saved("1", "A"), { secret: secret ?? "" })).toBe(200);
  expect(await told()).toMatchObject({ accepted: 3, refused: 3, lastRefusal: "signature" });
  await removeInboundEndpoint(member, { id: endpoint.id });
  expect(await listInboundEndpoints(member, { integrationId })).toEqual([]);
});
