import { afterEach, beforeEach, expect, test } from "vitest";
import { getDryRun } from "#server/domains/dry-runs/get-dry-run";
import { startDryRun } from "#server/domains/dry-runs/start-dry-run";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { getAdaptation } from "#server/domains/overrides/get-adaptation";
import { mappingDocument } from "#server/domains/overrides/mapping-document";
import { saveOverrides } from "#server/domains/overrides/save-overrides";
import { settleConflict } from "#server/domains/overrides/settle-conflict";
import type { Ctx } from "#server/lib/context";
import type { StreamId } from "#server/lib/ids";
import { FieldMapping } from "#server/mapping/schema";
import { eventually, type Live, startLive, truthOf } from "#tests/support/live";
import { ownNamespace } from "#tests/support/temporal";

const KEY = "sbx_demo_key";
const RECORDS = 300;

let live: Live;
beforeEach(async () => {
  live = await startLive(ownNamespace());
});
afterEach(() => live.stop());

const at = (record: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], record);

test("a customer maps a field of their own, tries it, turns it on, and settles what a new version of the template makes of it", async () => {
  await live.control({ service: "sandbox-crm", key: KEY, records: RECORDS });
  live.startWorker();
  const { ctx, connectionId, templateId, streamKey } = await live.connectOnly("globex", KEY);
  const place = { connectionId, templateId };
  const adaptation = async () => (await getAdaptation(ctx, place)).streams[0]!;

  // Connected: the account's own fields are there within seconds, and records to try the mapping on.
  const looked = await eventually(adaptation, ({ schema }) => schema.state === "ready");
  expect(looked.sourceFields.map((field) => field.path)).toContain("custom.plan");
  expect(looked.samples.length).toBeGreaterThan(0);
  expect(looked.fields.find((field) => field.target === "loyaltyTier")).toMatchObject({ state: "missing", choice: { customer: "choose" } });

  const loyaltyTier = FieldMapping.parse({ target: "loyaltyTier", from: "custom.plan", onError: "null" });
  const dryRun = await startDryRun(ctx, { ...place, streamKey, fields: { loyaltyTier } });
  const tried = await eventually(
    () => getDryRun(ctx, dryRun),
    ({ status }) => status !== "pending",
  );
  expect(tried).toMatchObject({ status: "done", result: { create: RECORDS, quarantine: 0 } });

  const { streamIds } = await activateTemplate(ctx, { ...place, adaptations: { [streamKey]: { loyaltyTier } } });
  const streamId = streamIds[0] as StreamId;
  const stream = async () => (await live.owner`select * from streams where id = ${streamId}`)[0] as Record<string, unknown>;
  const settled = () =>
    eventually(
      stream,
      (row) => row["phase"] === "incremental" && row["run_id"] === null && row["mapped_version"] === row["mapping_version"],
    );
  const records = async () =>
    new Map(
      (await live.owner`select external_id, data from records where stream_id = ${streamId} and deleted_at is null`).map((row) => [
        String(row["external_id"]),
        row["data"] as Record<string, unknown>,
      ]),
    );
  await settled();
  const truth = await truthOf(live.simulator.origin, KEY);
  const first = await records();
  expect(first.size).toBe(RECORDS);
  for (const [id, data] of first) expect(data["loyaltyTier"] ?? null).toBe(at(truth.get(id), "custom", "plan") ?? null);
  expect(new Set([...first.values()].map((data) => data["loyaltyTier"])).size).toBeGreaterThan(1);

  // The customer changes a field; then the vendor publishes a version that changes the same one, and another.
  const jobTitle = FieldMapping.parse({
    target: "jobTitle",
    from: "properties.jobtitle",
    transforms: [{ type: "uppercase" }],
    onError: "null",
  });
  await saveOverrides(ctx, { streamId, n: 1, fields: { jobTitle } });
  await settled();
  for (const [id, data] of await records())
    expect(data["jobTitle"] ?? null).toBe(String(at(truth.get(id), "properties", "jobtitle")).toUpperCase());

  const vendor: Ctx = {
    ...ctx,
    actor: { type: "system", reason: "test" },
    scope: { vendorId: ctx.scope.vendorId, environmentId: ctx.scope.environmentId },
  };
  const [published] = await live.owner`select fields from mappings where template_id = ${templateId} and stream_key = ${streamKey}`;
  const fields = ((published?.["fields"] ?? []) as FieldMapping[]).map((field): FieldMapping => {
    if (field.target === "jobTitle") return { ...field, transforms: [{ type: "lowercase" }] };
    return field.target === "city" ? { ...field, transforms: [{ type: "uppercase" }] } : field;
  });
  await saveDraft(vendor, { templateId, streamKey, fields });
  await publishMapping(vendor, { templateId, streamKey });
  await settled();
  const { overrides, templateVersion } = await adaptation();
  expect([templateVersion, overrides.conflicts.map((conflict) => conflict.target)]).toEqual([2, ["jobTitle"]]);
  for (const [id, data] of await records()) {
    const [title, city] = [at(truth.get(id), "properties", "jobtitle"), at(truth.get(id), "address", "city")];
    expect([data["jobTitle"] ?? null, data["city"] ?? null]).toEqual([
      String(title).toUpperCase(),
      city ? String(city).toUpperCase() : null,
    ]);
    expect(data["loyaltyTier"] ?? null).toBe(at(truth.get(id), "custom", "plan") ?? null);
  }
  await settleConflict(ctx, { streamId, n: overrides.n, target: "jobTitle", keep: "template" });
  await settled();
  for (const [id, data] of await records())
    expect(data["jobTitle"] ?? null).toBe(String(at(truth.get(id), "properties", "jobtitle")).toLowerCase());
  expect((await mappingDocument(ctx, { connectionId })).markdown).toContain("| Loyalty tier (own) | Plan |");
}, 180_000);
