import { beforeEach, expect, test } from "vitest";
import { performCall } from "#server/domains/actions/perform-call";
import type { ConnectionId, StreamId } from "#server/lib/ids";
import { FieldMapping } from "#server/mapping/schema";
import { connecting } from "#tests/support/connecting";
import { memberCtx } from "#tests/support/world";
import { activateTemplate } from "../installations/activate-template";
import { publishMapping } from "../mappings/publish-mapping";
import { saveDraft } from "../mappings/save-draft";
import { newestLook } from "../schemas/look-state";
import { startLook } from "../schemas/start-look";
import { claimRun } from "../streams/claim-run";
import { finishRun } from "../streams/finish-run";
import { streamCtx } from "../streams/internal";
import { syncLeg } from "../streams/sync-leg";
import { getConnection } from "../views/get-connection";
import { driftFleet } from "./drift-fleet";
import { getAdaptation } from "./get-adaptation";
import { listDrifts } from "./list-drifts";
import { overridesHistory } from "./overrides-history";
import { settleDrift } from "./settle-drift";

const t = connecting();
beforeEach(() => {
  t.web.keeping.performCall = async (ref, { start }) => {
    if (start) await performCall(t.worker, ref);
    return true;
  };
});

const MODEL = [
  { key: "email", name: "E-mail", type: "string", required: true },
  { key: "firstName", name: "First name", type: "string", required: false },
  { key: "tier", name: "Loyalty tier", type: "string", required: false },
  { key: "loud", name: "Loud tier", type: "string", required: false },
];
const EMAIL = FieldMapping.parse({ target: "email", from: "properties.email", required: true });
/** Of the template, and computed from what only some accounts have. */
const LOUD = { target: "loud", expression: "properties.loyalty_tier.upperAscii()", transforms: [], required: false, onError: "null" };

/** Has the worker do what its keeper would, until there is nothing to do; the kinds of the runs. */
async function work(streamId: StreamId): Promise<string[]> {
  const ref = { vendorId: t.scene.vendor, environmentId: t.scene.environment, customerId: t.scene.customer, streamId };
  const ctx = streamCtx(t.worker, ref, "test");
  const kinds: string[] = [];
  for (;;) {
    const claim = await claimRun(ctx, { streamId });
    if (claim.kind !== "run") return kinds;
    const { runId } = claim;
    const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
    await syncLeg(ctx, { ...ref, runId }, pace);
    await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
    kinds.push((await t.owner`select kind from runs where id = ${runId}`)[0]?.["kind"]);
  }
}

async function look(connectionId: ConnectionId): Promise<void> {
  await expect.poll(async () => (await newestLook(t.ctx(), connectionId))?.status, { timeout: 20_000 }).not.toBe("looking");
  await startLook(t.ctx(), { connectionId });
  await expect.poll(async () => (await newestLook(t.ctx(), connectionId))?.status, { timeout: 20_000 }).toBe("done");
}

/** An account of forty records, looked at, with the template's fields and filter as given. */
async function account(choices: object, own: { fields: object[]; filter: string | null }): Promise<ConnectionId> {
  const { model, mapping, stream, installation } = t.scene;
  await t.control({ service: "hubspot", portal: "4711001", records: 40 });
  await t.owner`delete from streams where id = ${stream}`;
  await t.owner`delete from installations where id = ${installation}`;
  await t.owner`update models set fields = ${t.owner.json(MODEL)} where id = ${model}`;
  await t.owner`update mappings set choices = ${t.owner.json(choices as never)}, fields = fields || ${t.owner.json(own.fields as never)}, filter = ${own.filter}
    where id = ${mapping}`;
  const outcome = await t.connect();
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  await look(outcome.connectionId);
  return outcome.connectionId;
}

test("a filter on a field that only some accounts have takes the records it is for, though nothing maps that field", async () => {
  const { template } = t.scene;
  const connectionId = await account({}, { fields: [], filter: 'properties.loyalty_tier == "gold"' });
  const { streamIds } = await activateTemplate(t.ctx(), { connectionId, templateId: template });
  const streamId = streamIds[0]!;
  await work(streamId);
  const tiers = await t.owner`
    select source::jsonb #>> '{properties,loyalty_tier}' as tier, count(*)::int > 0 as some from records where stream_id = ${streamId} group by 1`;
  expect(tiers).toEqual([{ tier: "gold", some: true }]);

  // Renamed there, nobody passes: it is told, and no click of the customer's could mend it.
  await t.control({ service: "hubspot", portal: "4711001", renamed: { loyalty_tier: "loyalty_tiers" } });
  await look(connectionId);
  const [drift] = (await getAdaptation(t.ctx(), { connectionId, templateId: template })).streams[0]!.drifts;
  expect(drift).toMatchObject({ kind: "renamed", path: "properties.loyalty_tier", targets: [], filter: true, remedy: { kind: "vendor" } });
  for (const act of ["accept", "dismiss"] as const)
    await expect(settleDrift(t.ctx(), { driftId: drift!.id, act })).rejects.toMatchObject({ code: "invalid" });
  // It is the vendor who is told, and led to the filter; the customer's own list of things to decide stays empty.
  const vendor = memberCtx(t.web, t.scene);
  expect(await driftFleet(vendor)).toMatchObject([
    { path: "properties.loyalty_tier", filters: [{ templateId: template, streamKey: "contacts" }] },
  ]);
  expect((await listDrifts(vendor, { status: "open", limit: 5 })).items).toMatchObject([{ id: drift!.id, filter: true }]);
  expect(await getConnection(t.ctx(), { connectionId })).toMatchObject({ streams: [{ decisions: 0 }] });

  // The vendor mends the filter, the worker brings the stream to it, and it is nobody's task any more.
  const ref = { templateId: template, streamKey: "contacts" };
  await saveDraft(vendor, { ...ref, fields: [EMAIL], filter: 'properties.loyalty_tiers == "gold"' });
  await publishMapping(vendor, ref);
  await work(streamId);
  expect(await driftFleet(vendor)).toEqual([]);
}, 90_000);

test("a field that a customer mapped goes by another name: told, followed by one click, read and right again", async () => {
  const { template } = t.scene;
  const connectionId = await account({ tier: { customer: "must_choose" } }, { fields: [], filter: null });
  const adaptation = async () => (await getAdaptation(t.ctx(), { connectionId, templateId: template })).streams[0]!;

  // The account's own field is suggested, with the reason, and taken.
  const [suggestion] = (await adaptation()).suggestions;
  expect(suggestion).toMatchObject({ target: "tier", path: "properties.loyalty_tier", reasons: expect.arrayContaining(["the same name"]) });
  await t.owner`update mappings set fields = fields || ${t.owner.json([LOUD])} where id = ${t.scene.mapping}`;
  const { streamIds } = await activateTemplate(t.ctx(), {
    connectionId,
    templateId: template,
    adaptations: { contacts: { tier: suggestion!.field } },
  });
  const streamId = streamIds[0]!;
  const tiers = async () =>
    (
      await t.owner`select concat_ws(' ', data->>'tier', data->>'loud') as tiers from records where stream_id = ${streamId} group by 1 order by 1`
    ).map((row) => row["tiers"]);
  expect(await work(streamId)).toEqual(["backfill"]);
  expect(await tiers()).toEqual(["bronze BRONZE", "gold GOLD", "silver SILVER"]);

  // Replaced at the source. What nobody reads is not told.
  await t.control({ service: "hubspot", portal: "4711001", renamed: { loyalty_tier: "loyalty_tiers", website: "homepage" } });
  await look(connectionId);
  const [drift, ...others] = (await adaptation()).drifts;
  expect(others).toEqual([]);
  expect(drift).toMatchObject({
    kind: "renamed",
    targets: expect.arrayContaining(["tier", "loud"]),
    message: "“Loyalty tier” is gone; “Loyalty tiers” looks like the same field.",
    remedy: {
      kind: "patch",
      label: "Use “Loyalty tiers” instead",
      fields: { tier: { from: "properties.loyalty_tiers" }, loud: { expression: "properties.loyalty_tiers.upperAscii()" } },
    },
  });

  // Until somebody decides, all other fields flow on, and no record is held back for this one.
  await t.owner`update records set data = '{}' where stream_id = ${streamId}`;
  await t.owner`update streams set reread = true, due_at = now() where id = ${streamId}`;
  await work(streamId);
  const [flowing] = await t.owner`
    select count(data->>'email')::int as emails, count(data->>'tier')::int as tiers, (select quarantine_count from streams where id = ${streamId}) as held
      from records where stream_id = ${streamId}`;
  expect(flowing).toEqual({ emails: 40, tiers: 0, held: 0 });

  expect(await settleDrift(t.ctx(), { driftId: drift!.id, act: "accept" })).toEqual({ streamId, n: 2 });
  // Read anew, for it was never asked for under this name; re-mapped after, for what the reading did not show.
  expect(await work(streamId)).toEqual(["backfill", "remap"]);
  expect(await tiers()).toEqual(["bronze BRONZE", "gold GOLD", "silver SILVER"]);
  const [row] = await t.owner`select quarantine_count, mapping_version = mapped_version as done from streams where id = ${streamId}`;
  expect(row).toEqual({ quarantine_count: 0, done: true });
  await look(connectionId);
  expect((await adaptation()).drifts).toEqual([]);
  const [newest] = await overridesHistory(t.ctx(), { streamId });
  expect(newest?.changes.map((change) => change.afterText).sort()).toEqual(["Loyalty tiers", "worked out from Loyalty tiers"]);
}, 90_000);
