import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { getManifest } from "#server/connectors/index";
import type { TemplateId } from "#server/lib/ids";
import { connecting } from "#tests/support/connecting";
import { readerOf } from "#tests/support/ready/oracle";
import { truthOf } from "#tests/support/ready/truth";
import { memberCtx } from "#tests/support/world";
import { submitApiKey } from "../connections/submit-api-key";
import { createInboundEndpoint } from "../inbox/create-inbound-endpoint";
import { processInbox } from "../inbox/process-inbox";
import { createIngress } from "../inbox/receive-call";
import { activateTemplate } from "../installations/activate-template";
import { claimRun } from "../streams/claim-run";
import { finishRun } from "../streams/finish-run";
import { streamCtx } from "../streams/internal";
import { syncLeg } from "../streams/sync-leg";
import { createReadyTemplate } from "./create-ready-template";
import { isAsked, readyTemplates } from "./ready-list";
import { setTemplateStatus } from "./set-template-status";

// Ready templates on connectors that nobody can ask: the third party calls. The others are proven in ready-proof.db.test.ts.
const t = connecting();
const ACCOUNT = "northwind";

const called = readyTemplates().flatMap((ready) =>
  ready.stands.flatMap((stand) => {
    const { objects } = getManifest(stand.connector);
    const brought = stand.streams.some(({ object }) => !isAsked(objects[object]));
    return brought ? [[`${ready.key} on ${stand.connector}`, { ready, stand }] as const] : [];
  }),
);

/** The template made, on offer and turned on by the customer; how to call it, and what is there. */
async function turnedOn({ ready, stand }: (typeof called)[number][1]) {
  const { scene, owner } = t;
  const [auth = ""] = Object.keys(getManifest(stand.connector).auth);
  await owner`update integrations set connector_key = ${stand.connector}, auth_key = ${auth}, sandbox_origin = null, client_id = null, client_secret = null where id = ${scene.integration}`;
  const member = memberCtx(t.web, scene, "developer");
  const made = await createReadyTemplate(member, { key: ready.key, integrationId: scene.integration });
  const templateId = made.id as TemplateId;
  await setTemplateStatus(member, { templateId, status: "published" });
  const connected = await submitApiKey(t.ctx(), { integrationId: scene.integration, fields: { account: ACCOUNT } });
  if (connected.outcome !== "connected") throw new Error(connected.outcome);
  const { streamIds } = await activateTemplate(t.ctx(), { connectionId: connected.connectionId, templateId });
  const [streamId = ""] = streamIds;
  const endpoint = await createInboundEndpoint(member, { integrationId: scene.integration, generateSecret: true });
  return { streamId, endpoint };
}

async function keep(streamId: string): Promise<void> {
  const { scene, owner } = t;
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId };
  const ctx = streamCtx(t.worker, ref, "test");
  for (;;) {
    await owner`update runs set started_at = started_at - interval '10 seconds' where stream_id = ${streamId}`;
    const claim = await claimRun(ctx, { streamId });
    if (claim.kind !== "run") return;
    const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
    await syncLeg(ctx, { ...ref, runId: claim.runId }, pace);
    await finishRun(ctx, { streamId, runId: claim.runId, outcome: { kind: "succeeded" } });
  }
}

async function send(endpoint: { url: string; secret: string | null }, record: unknown): Promise<number> {
  const raw = Buffer.from(JSON.stringify({ type: "record.saved", account: ACCOUNT, record }));
  const ts = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", endpoint.secret ?? "")
    .update(`${ts}.`)
    .update(raw)
    .digest("hex");
  const headers: Record<string, string> = { "x-webhook-timestamp": ts, "x-webhook-signature": `v1=${signature}` };
  const { pathname } = new URL(endpoint.url);
  const reply = await createIngress(t.web).receive({
    ...{ method: "POST", connector: "generic-webhook-in", token: pathname.split("/").at(-1) ?? "", target: pathname },
    header: (name) => headers[name] ?? null,
    read: async () => raw,
  });
  return reply.status;
}

test.each(called)("%s: what is called in is there as it says", { timeout: 60_000 }, async (_name, { ready, stand }) => {
  const { streamId, endpoint } = await turnedOn({ ready, stand });
  await keep(streamId);
  const expected = stand.expects?.records ?? [];
  const records = [{ ...expected[0] }, { ...expected[0], id: "1002", email: "BO@contoso.example", phone: null }];
  for (const record of records) expect(await send({ url: endpoint.url, secret: endpoint.secret ?? null }, record)).toBe(200);
  expect(await processInbox(t.worker)).toMatchObject({ failed: 0 });
  await keep(streamId);
  const { gives } = truthOf(ready.key, stand.connector, stand.streams[0]?.key ?? "");
  const rows = await t.owner`select data from records where stream_id = ${streamId} and deleted_at is null order by external_id`;
  expect(rows.map(({ data }) => data)).toEqual(records.map((record) => expect.objectContaining(gives(readerOf(record)))));
  expect(await t.owner`select 1 from quarantine where stream_id = ${streamId}`).toHaveLength(0);
});
