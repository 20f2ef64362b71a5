import { beforeEach, expect, test, vi } from "vitest";
import { performCall } from "#server/domains/actions/perform-call";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { Wishes } from "#server/domains/overrides/schema";
import type { ConnectionId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import { FieldMapping } from "#server/mapping/schema";
import { codeOf, connecting } from "#tests/support/connecting";
import { claimRun } from "../streams/claim-run";
import { finishRun } from "../streams/finish-run";
import { streamCtx } from "../streams/internal";
import { syncLeg } from "../streams/sync-leg";
import { getDryRun } from "./get-dry-run";
import { runDryRun } from "./run-dry-run";
import type { DryRunView } from "./schema";
import { startDryRun } from "./start-dry-run";

const t = connecting();

beforeEach(() => {
  t.web.keeping.performCall = async (ref, { start }) => {
    if (start) await performCall(t.worker, ref);
    return true;
  };
});

async function connected(): Promise<ConnectionId> {
  const outcome = await t.connect();
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  return outcome.connectionId;
}
async function tried(connectionId: ConnectionId, fields: Wishes = {}): Promise<DryRunView> {
  return getDryRun(t.ctx(), await startDryRun(t.ctx(), { connectionId, templateId: t.scene.template, streamKey: "contacts", fields }));
}
const held = () => t.owner`select count(*)::int as n from records where environment_id = ${t.scene.environment}`;

test("before anything is synced the first records of the account are tried: as many and the same as the first sync then takes", async () => {
  await t.control({ records: 700 });
  const connectionId = await connected();
  const view = await tried(connectionId);
  if (view.status !== "done") throw new Error(JSON.stringify(view));
  const { result } = view;
  expect(result).toMatchObject({ over: "source", update: 0, same: 0, remove: 0, reread: false });
  expect((await held())[0]?.["n"]).toBe(0);

  const { streamIds } = await activateTemplate(t.ctx(), { connectionId, templateId: t.scene.template });
  const [streamId = ""] = streamIds;
  const ref = { vendorId: t.scene.vendor, environmentId: t.scene.environment, customerId: t.scene.customer, streamId };
  const ctx = streamCtx(t.worker, ref, "test");
  const claim = await claimRun(ctx, { streamId });
  if (claim.kind !== "run") throw new Error(claim.kind);
  const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
  await syncLeg(ctx, { ...ref, runId: claim.runId }, pace);
  await finishRun(ctx, { streamId, runId: claim.runId, outcome: { kind: "succeeded" } });
  const [run] = await t.owner`select seen, created, quarantined from runs where id = ${claim.runId}`;
  expect(result.more).toBe(false);
  expect(run).toEqual({ seen: result.read, created: result.create, quarantined: result.quarantine });
  const created = result.samples.filter((sample) => sample.what === "create");
  expect(created.length).toBeGreaterThan(0);
  for (const { externalId, before, after } of created) {
    const [row] = await t.owner`select data from records where stream_id = ${streamId} and external_id = ${externalId}`;
    expect([before, after]).toEqual([null, row?.["data"]]);
  }
  // From now on what is stored is tried.
  expect(await tried(connectionId)).toMatchObject({ status: "done", result: { over: "stored", same: run?.["created"], create: 0 } });

  // A field that the source was never asked for is not in what is stored: it is read, and held against it.
  await t.owner`update mappings set choices = '{"firstName":{"customer":"choose"}}' where template_id = ${t.scene.template}`;
  const own = await vi.waitFor(async () => {
    // The look that connecting began goes on beside all this.
    const rows = await t.owner<{ fields: SourceField[] }[]>`select fields from connection_schemas where connection_id = ${connectionId}`;
    const field = rows[0]?.fields.find((one) => one.custom && one.type === "string" && one.example !== undefined);
    return field ?? Promise.reject(new Error(`no own field yet: ${JSON.stringify(rows)}`));
  }, 20_000);
  const wish = { firstName: FieldMapping.parse({ target: "firstName", from: own.path }) };
  const anew = await tried(connectionId, wish);
  if (anew.status !== "done") throw new Error(JSON.stringify(anew));
  expect(anew.result).toMatchObject({ over: "source", create: 0, more: false });
  expect(anew.result.samples.some((one) => one.what === "update" && one.after?.["firstName"] === own.example)).toBe(true);
}, 60_000);

test("of a large account it reads the first thousand, and says that there are more", async () => {
  await t.control({ records: 3_000 });
  const view = await tried(await connected());
  expect(view).toMatchObject({ status: "done", result: { more: true, over: "source" } });
  if (view.status === "done") expect([view.result.read >= 1_000, view.result.read <= 1_200]).toEqual([true, true]);
}, 60_000);

test("a third party that allows no more after some pages gives what was read by then", async () => {
  await t.control({ records: 3_000 });
  const connectionId = await connected();
  await t.control({ fail: { match: "/objects/contacts", status: 429, everyNth: 5, retryAfter: 3_600 } });
  const view = await tried(connectionId);
  expect(view).toMatchObject({ status: "done", result: { more: true } });
  if (view.status === "done") expect([view.result.read > 0, view.result.read < 1_000]).toEqual([true, true]);
}, 60_000);

test("why it did not come about is told in the words of who asks; a slow account gives what was read in time", async () => {
  const connectionId = await connected();
  await t.control({ fail: { match: "/crm/v3/objects/contacts", status: 403, count: 9 } });
  expect(await tried(connectionId)).toEqual({
    status: "failed",
    code: "insufficient_scope",
    text: "The connected account does not allow us to see this. Reconnect with one that does, then try again.",
    detail: null,
    next: "Reconnect",
  });
  await t.control({ fail: { match: "/crm/", status: 503, count: 99 } });
  expect(await tried(connectionId)).toMatchObject({
    status: "failed",
    code: "provider_unavailable",
    text: expect.stringContaining("try again"),
  });
  await t.control({ fail: null });
  const [call] = await t.owner`select id from action_calls where kind = 'dry_run' and connection_id = ${connectionId} limit 1`;
  const content = {
    audience: "customer",
    since: null,
    unasked: false,
    streamId: null,
    object: "contact",
    fields: [],
    filter: null,
    model: [],
    hidden: [],
    reread: false,
  };
  const ref = { vendorId: t.scene.vendor, environmentId: t.scene.environment, customerId: t.scene.customer, streamId: "" };
  const work = { callId: call?.["id"], connectionId, content };
  await t.owner`update action_calls set asked_at = now() where id = ${call?.["id"]}`;
  expect(await codeOf(runDryRun(streamCtx(t.worker, ref, "test"), work, undefined, 1))).toBe("provider_unavailable");
  await t.owner`update connections set status = 'reauth' where id = ${connectionId}`;
  expect(await tried(connectionId)).toMatchObject({ status: "failed", code: "reauth_required", next: "Reconnect" });
}, 60_000);
