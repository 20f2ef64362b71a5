import type postgres from "postgres";
import { beforeEach, describe, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { newId, type RolloutId } from "#server/lib/ids";
import { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, insert, memberCtx, type Scene } from "#tests/support/world";
import { saveDraft } from "../mappings/save-draft";
import { addStream } from "../templates/add-stream";
import { getTemplate } from "../templates/get-template";
import { publishTemplate } from "../templates/publish-template";
import { updateTemplate } from "../templates/update-template";
import { advanceRollout } from "./advance-rollout";
import { listRollouts } from "./list-rollouts";
import { finishRollout, rollBack } from "./steer-rollout";

const OTHERS = 3;

let owner: postgres.Sql;
let deps: Deps;
let worker: Deps;
let scene: Scene;
let ctx: Ctx;

usingDatabase((opened) => {
  ({ owner, web: deps, worker } = opened);
});
/** One customer of the vendor's own, and three others. */
beforeEach(async () => {
  scene = await createScene(owner, { records: 10 });
  ctx = memberCtx(deps, scene, "developer");
  await owner`update customers set internal = true where id = ${scene.customer}`;
  for (let i = 0; i < OTHERS; i++) {
    const customer = await createCustomer(owner, scene.environment, `Customer ${i}`);
    await createConnection(owner, { ...scene, customer }, { record_count: 10 });
  }
});

const field = (target: string, from: string): FieldMapping => FieldMapping.parse({ target, from });
const V2 = [field("email", "properties.email"), field("firstName", "properties.fullname")];
const whole = () => getTemplate(ctx, { templateId: scene.template });
const turn = (rolloutId: string) => advanceRollout(worker, { vendorId: scene.vendor, environmentId: scene.environment, rolloutId });
const versionStatus = async (version: number) =>
  (await owner`select status from template_versions where template_id = ${scene.template} and version = ${version}`)[0]?.["status"];
const at = async (version: number) =>
  (await owner`select id from streams where environment_id = ${scene.environment} and template_version = ${version}`).length;
const paces = async () =>
  (
    await owner`select interval_ms as ms, count(*)::int as n from streams where environment_id = ${scene.environment} group by 1 order by 1`
  ).map(({ ms, n }) => [ms, n]);

/** A version with another name and pace, and one stream more. */
async function begin(): Promise<RolloutId> {
  const { template: templateId } = scene;
  await addStream(ctx, { templateId, object: "contact", model: "contact", fields: V2 });
  const streams = [
    { key: "contacts", label: "Contacts", intervalMs: 30_000 },
    { key: "contact", label: "People", intervalMs: 60_000 },
  ];
  await updateTemplate(ctx, { templateId, name: "Renamed", streams });
  const { rollouts } = await publishTemplate(ctx, { templateId, rollout: { watchMs: 0 } });
  expect(rollouts.map(({ streamKey }) => streamKey)).toEqual(["contacts"]);
  return rollouts[0]!.rolloutId;
}

test("goes step by step: settings with their streams, the rest when everybody has them", async () => {
  const rolloutId = await begin();
  await turn(rolloutId);
  expect(await paces()).toEqual([
    [30_000, 1],
    [300_000, OTHERS],
  ]);
  expect(await whole()).toMatchObject({ version: 1, name: "Contacts to Acme", streams: [{ key: "contacts" }] });
  const [open] = (await listRollouts(ctx, { limit: 1 })).items;
  expect(open?.figures).toMatchObject({ moved: 1, pending: 0 }); // nothing is mapped anew
  await expect(publishTemplate(ctx, { templateId: scene.template })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/Version 2 is still being rolled out/),
  });
  await finishRollout(ctx, { rolloutId });
  expect(await paces()).toEqual([[30_000, OTHERS + 1]]);
  expect(await whole()).toMatchObject({
    ...{ version: 2, name: "Renamed" },
    streams: [{ intervalMs: 30_000 }, { key: "contact", mappingVersion: 2 }],
  });
  expect(await versionStatus(2)).toBe("published");
});

test("rolled back, leaves nothing behind, in none of its streams", async () => {
  // A second stream, which the others run instead, and a version that changes both.
  const { streamKey } = await addStream(ctx, { templateId: scene.template, object: "contact", model: "contact", fields: V2 });
  await publishTemplate(ctx, { templateId: scene.template });
  await owner`update streams set key = ${streamKey}, template_version = 2 where environment_id = ${scene.environment} and id <> ${scene.stream}`;
  await saveDraft(ctx, { templateId: scene.template, streamKey: "contacts", fields: V2 });
  await saveDraft(ctx, { templateId: scene.template, streamKey, fields: [field("email", "properties.email")] });
  await updateTemplate(ctx, { templateId: scene.template, name: "Renamed" });
  const { rollouts, version } = await publishTemplate(ctx, { templateId: scene.template, rollout: {} });
  expect([version, rollouts]).toMatchObject([3, [{ streamKey: "contacts" }, { streamKey }]]);
  await finishRollout(ctx, { rolloutId: rollouts[0]!.rolloutId });
  expect([await at(3), await whole()]).toMatchObject([1, { version: 2, name: "Contacts to Acme" }]);
  await rollBack(ctx, { rolloutId: rollouts[1]!.rolloutId });
  expect([await at(1), await at(2), await at(3)]).toEqual([1, OTHERS, 0]);
  expect(await whole()).toMatchObject({ version: 2, name: "Contacts to Acme", streams: [{ mappingVersion: 1 }, { mappingVersion: 2 }] });
  expect(await versionStatus(3)).toBe("withdrawn");
  expect((await listRollouts(ctx, { limit: 10 })).items.map(({ status }) => status)).toEqual(["rolled_back", "rolled_back"]);
});

test("a stream that stood still when it was moved is not the version's doing: it is moved, and no part of the watch", async () => {
  const rolloutId = await begin();
  await owner`update streams set pause_reasons = '{quarantine}' where id = ${scene.stream}`;
  await turn(rolloutId);
  const { environment: environment_id, customer: customer_id, stream: stream_id } = scene;
  const place = { environment_id, customer_id, stream_id };
  const run = { id: newId("run"), kind: "incremental", trigger: "mapping", status: "failed", error_code: "record_invalid" };
  const held = { id: newId("quarantine"), external_id: "late", code: "record_invalid", message: "empty", field: "email", source: "{}" };
  await insert(owner, "runs", { ...place, ...run, started_at: new Date("2100-01-01") });
  await insert(owner, "quarantine", { ...place, ...held, first_seen_at: new Date("2100-01-01") });
  await turn(rolloutId);
  expect((await listRollouts(ctx, { limit: 1 })).items[0]).toMatchObject({
    ...{ status: "running", step: 1 },
    figures: { moved: 1, records: 0, heldBack: 0, failedRuns: 0 },
  });
});

describe("what is written at the third party", () => {
  const place = async () => (await owner`select environment_id, customer_id from streams where id = ${scene.stream}`)[0];
  /** Runs of writing: so many wishes were fulfilled. */
  const fulfil = async (n: number) =>
    insert(owner, "runs", {
      ...(await place()),
      ...{
        id: newId("run"),
        stream_id: scene.stream,
        kind: "push",
        trigger: "mapping",
        status: "succeeded",
        started_at: new Date("2100-01-01"),
      },
      ...{ updated: n, unchanged: 1_000 }, // for these nothing was sent
    });
  const refuse = async (ownId: string, state: string, when = "2100-01-01") =>
    insert(owner, "outbox", {
      ...(await place()),
      ...{ stream_id: scene.stream, own_id: ownId, op: "put", version: 1, state, code: "record_invalid", updated_at: new Date(when) },
    });
  const now = async () => (await listRollouts(ctx, { limit: 1 })).items[0];
  const started = async () => {
    await owner`update streams set direction = 'push', record_count = 0 where id = ${scene.stream}`;
    const rolloutId = await begin();
    await owner`update rollouts set watch_ms = 60000 where id = ${rolloutId}`;
    await turn(rolloutId);
    return rolloutId;
  };

  test("writes that were newly refused halt it, few as the records are that were read; those refused before and those that wait do not", async () => {
    const rolloutId = await started();
    await fulfil(98);
    await refuse("old", "held", "2020-01-01");
    await refuse("next", "waiting");
    await refuse("a", "held");
    await refuse("b", "unknown");
    expect(await turn(rolloutId)).toMatchObject({ done: false });
    expect((await now())?.figures).toMatchObject({ writes: 100, heldWrites: 2, heldBack: 0 });
    await refuse("c", "held");
    expect(await turn(rolloutId)).toMatchObject({ done: true });
    const reason = expect.stringContaining("3 of 101 writes were newly refused or are in doubt");
    expect(await now()).toMatchObject({ status: "rolled_back", reason });
  });

  test("wishes that wait when the step's first run begins are gone through before the step is over; later ones are not waited for", async () => {
    const rolloutId = await started();
    await owner`update rollouts set watch_ms = 0 where id = ${rolloutId}`;
    await owner`update streams set mapped_version = mapping_version where id = ${scene.stream}`;
    await refuse("first", "waiting");
    const wait = async () => {
      await turn(rolloutId);
      return now();
    };
    expect(await wait()).toMatchObject({ step: 0, figures: { pending: 1 } });
    const run = { id: newId("run"), stream_id: scene.stream, kind: "push", trigger: "mapping", status: "running" };
    await insert(owner, "runs", { ...(await place()), ...run });
    await owner`update outbox set state = 'sending' where stream_id = ${scene.stream}`;
    expect(await wait()).toMatchObject({ step: 0, figures: { pending: 1 } });
    await owner`delete from outbox where stream_id = ${scene.stream}`;
    await refuse("later", "waiting");
    await owner`update outbox set due_at = now() where stream_id = ${scene.stream}`;
    expect(await wait()).toMatchObject({ step: 1 });
  });

  test.each([
    ["since the step began", "2100-01-01", false],
    ["before it", "2020-02-01", true],
  ])("of a run that was open already what it fulfilled %s counts", async (_when, at, halts) => {
    const rolloutId = await started();
    const run = { id: newId("run"), stream_id: scene.stream, kind: "push", trigger: "schedule", status: "running" };
    await insert(owner, "runs", { ...(await place()), ...run, started_at: new Date("2020-01-01"), updated: 997 });
    const page = { run_id: run.id, n: 1, seen: 98, created: 40, updated: 58, quarantined: 0, facts: {}, at: new Date(at) };
    await insert(owner, "run_pages", { ...(await place()), ...page });
    for (const id of ["a", "b"]) await refuse(id, "held");
    expect(await turn(rolloutId)).toMatchObject({ done: halts });
    expect(await now()).toMatchObject({ status: halts ? "rolled_back" : "running" });
  });

  test("one customer whose writes are mostly refused halts it, however few they are among all, and is named", async () => {
    const rolloutId = await started();
    await owner`update rollouts set max_error_percent = 100 where id = ${rolloutId}`;
    await fulfil(10);
    for (let i = 0; i < 10; i++) await refuse(`${i}`, "held");
    expect(await turn(rolloutId)).toMatchObject({ done: false });
    expect((await now())?.figures).toMatchObject({ worst: { customer: "Globex", of: "writes", records: 20, heldBack: 10 } });
    await refuse("10", "held");
    expect(await turn(rolloutId)).toMatchObject({ done: true });
    const reason = expect.stringContaining("11 of 21 writes of Globex were newly refused or are in doubt");
    expect(await now()).toMatchObject({ status: "rolled_back", reason });
  });
});
