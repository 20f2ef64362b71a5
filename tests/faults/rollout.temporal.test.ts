import type { ChildProcess } from "node:child_process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { startRollout } from "#server/domains/rollouts/start-rollout";
import type { Ctx } from "#server/lib/context";
import { FieldMapping } from "#server/mapping/schema";
import { eventually, type Live, startLive, stopChild } from "#tests/support/live";
import { ownNamespace } from "#tests/support/temporal";

const KEYS = ["sbx_demo_key", "sbx_second_key"];
const CUSTOMERS = ["globex", "initech"];
const RECORDS = 200;
const WATCH_MS = 2_000;

let live: Live;
let worker: ChildProcess;
let vendor: Ctx;
let place: { templateId: Awaited<ReturnType<Live["connect"]>>["templateId"]; streamKey: string };

beforeEach(async () => {
  live = await startLive(ownNamespace());
  for (const key of KEYS) await live.control({ service: "sandbox-crm", key, records: RECORDS });
  worker = live.startWorker();
  for (const [i, customer] of CUSTOMERS.entries()) {
    const { ctx, templateId, streamKey } = await live.connect(customer, KEYS[i] as string);
    place = { templateId, streamKey };
    vendor = {
      ...ctx,
      actor: { type: "system", reason: "test" },
      scope: { vendorId: ctx.scope.vendorId, environmentId: ctx.scope.environmentId },
    };
  }
  await live.owner`update customers set internal = external_id = ${CUSTOMERS[0] as string}`;
  await settled();
});
afterEach(() => live.stop());

const streams = () => live.owner`select * from streams where template_id = ${place.templateId} and key = ${place.streamKey} order by id`;
const settled = () =>
  eventually(
    streams,
    (rows) =>
      rows.length === CUSTOMERS.length &&
      rows.every((row) => row["phase"] === "incremental" && row["run_id"] === null && row["mapped_version"] === row["mapping_version"]),
  );
const rolloutRow = async (id: string) => (await live.owner`select * from rollouts where id = ${id}`)[0] as Record<string, unknown>;
const cities = async () =>
  (
    await live.owner`select r.data->>'city' as city from records r join streams s on s.id = r.stream_id
    where s.template_id = ${place.templateId} and r.deleted_at is null and r.data->>'city' is not null`
  ).map((row) => row["city"] as string);

/** Begins to roll out a version in which the city is as `change` says. */
async function begin(change: Partial<FieldMapping>): Promise<string> {
  const [published] =
    await live.owner`select fields from mappings where template_id = ${place.templateId} and stream_key = ${place.streamKey}`;
  const fields = ((published?.["fields"] ?? []) as FieldMapping[]).map((field) =>
    field.target === "city" ? FieldMapping.parse({ ...field, ...change }) : field,
  );
  await saveDraft(vendor, { ...place, fields });
  return (await startRollout(vendor, { ...place, watchMs: WATCH_MS })).rolloutId;
}

test("a good version reaches everybody, although the worker dies in between", async () => {
  const id = await begin({ transforms: [{ type: "uppercase" }] });
  await eventually(
    () => rolloutRow(id),
    (row) => row["step"] === 1,
  );
  await stopChild(worker);
  expect((await streams()).map((row) => row["template_version"])).toContain(1);
  worker = live.startWorker();
  expect(
    await eventually(
      () => rolloutRow(id),
      (row) => row["finished_at"] !== null,
    ),
  ).toMatchObject({ status: "done" });
  await settled();
  expect((await streams()).map((row) => row["template_version"])).toEqual([2, 2]);
  const all = await cities();
  expect(all.length).toBeGreaterThan(RECORDS);
  expect(all.every((city) => city === city.toUpperCase())).toBe(true);
}, 240_000);

test("a version that holds records back is rolled back by itself, before it reaches another customer; all records are as before", async () => {
  const before = (await cities()).toSorted();
  const id = await begin({ from: "address.nowhere", transforms: [], required: true, onError: "quarantine" });
  const row = await eventually(
    () => rolloutRow(id),
    (seen) => seen["finished_at"] !== null,
  );
  expect(row).toMatchObject({ status: "rolled_back", step: 0, reason: expect.stringContaining("newly held back") });
  const after = await settled();
  expect(after.map((stream) => [stream["template_version"], stream["quarantine_count"]])).toEqual([
    [1, 0],
    [1, 0],
  ]);
  expect(
    (
      await live.owner`select count(*)::int as n from runs where kind = 'remap' and stream_id = ${
        (await live.owner`select s.id from streams s join customers c on c.id = s.customer_id where not c.internal`)[0]?.["id"]
      }`
    )[0],
  ).toEqual({ n: 0 });
  expect((await cities()).toSorted()).toEqual(before);
}, 240_000);
