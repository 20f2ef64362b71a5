import fc from "fast-check";
import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import { performCall } from "#server/domains/actions/perform-call";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { saveModel } from "#server/domains/models/save-model";
import type { ModelField } from "#server/domains/models/schema";
import { startRollout } from "#server/domains/rollouts/start-rollout";
import type { Ctx, Deps } from "#server/lib/context";
import type { ActionCallId } from "#server/lib/ids";
import { FieldMapping } from "#server/mapping/schema";
import { tallyOf } from "#server/mapping/tally";
import { codeOf } from "#tests/support/connecting";
import { usingDatabase } from "#tests/support/database";
import { samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { createScene, customerCtx, memberCtx, type Scene } from "#tests/support/world";
import { beginLeg } from "../streams/begin-leg";
import { claimRun } from "../streams/claim-run";
import { finishRun } from "../streams/finish-run";
import { streamCtx } from "../streams/internal";
import { pullPages } from "../streams/pull-pages";
import { remapRecords } from "../streams/remap-records";
import { getDryRun } from "./get-dry-run";
import { DRY_RUN_SAMPLES, type DryRunResult } from "./schema";
import { startDraftDryRun, startDryRun } from "./start-dry-run";

let owner: postgres.Sql;
let web: Deps;
let worker: Deps;
let scene: Scene;
let ctx: Ctx;
let isWorking: boolean;

usingDatabase(async (opened) => {
  ({ owner, worker, web } = opened);
  web.keeping.performCall = async (ref, { start }) => {
    if (start && isWorking) await performCall(worker, ref);
    return true;
  };
});
beforeEach(async () => {
  isWorking = true;
  scene = await createScene(owner, { records: 0, connectorKey: "sandbox-crm" });
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId: scene.stream };
  ctx = streamCtx(worker, ref, "test");
  const fields = ["email", "firstName", "age", "secret"].map((key) => ({
    key,
    name: key,
    type: key === "age" ? "number" : "string",
    required: key === "email",
  }));
  await owner`update models set fields = ${owner.json(fields)} where id = ${scene.model}`;
  await owner`update streams set phase = 'backfill', due_at = now(), next_seq = 1, record_count = 0, quarantine_count = 0 where id = ${scene.stream}`;
  await owner`delete from quarantine where stream_id = ${scene.stream}`;
});

const pace = () => ({ beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal });
const which = () => ({ connectionId: scene.connection, templateId: scene.template, streamKey: "contacts" });
const member = () => memberCtx(web, scene);

async function run(work: (runId: string) => Promise<unknown>) {
  const claim = await claimRun(ctx, { streamId: scene.stream });
  if (claim.kind !== "run") throw new Error(`expected a run, got ${JSON.stringify(claim)}`);
  await work(claim.runId);
  await finishRun(ctx, { streamId: scene.stream, runId: claim.runId, outcome: { kind: "succeeded" } });
  const [row] = await owner`select seen, created, updated, deleted, skipped, unchanged, quarantined from runs where id = ${claim.runId}`;
  return row;
}
async function leg(runId: string) {
  const begun = await beginLeg(ctx, { streamId: scene.stream, runId });
  if (!begun) throw new Error("the leg did not begin");
  return begun;
}
async function pull(count: number) {
  const people = samplePeople(count).map((person, n) => ({
    ...person,
    ...(n % 7 === 0 ? { email: "" } : {}),
    ...(n % 3 === 0 ? { age: n % 2 === 0 ? String(n) : "old" } : {}),
  }));
  await owner`update streams set due_at = now(), reread = false, cursor = null where id = ${scene.stream}`;
  return run(async (runId) =>
    pullPages(
      ctx,
      { streamId: scene.stream, runId, leg: { ...(await leg(runId)), cursor: null }, source: scriptedSource(people, 20) },
      pace(),
    ),
  );
}
const remap = () => run(async (runId) => remapRecords(ctx, { streamId: scene.stream, runId, leg: await leg(runId) }, pace()));
const everything = async () =>
  (
    await owner`select md5(string_agg(t, '' order by t)) as sum from (
    select r::text as t from records r union all select q::text from quarantine q union all select s::text from streams s union all select c::text from changes c) x`
  )[0];

async function result(started: Promise<{ callId: ActionCallId }>, as: Ctx = member()): Promise<DryRunResult> {
  const view = await getDryRun(as, await started);
  if (view.status !== "done") throw new Error(JSON.stringify(view));
  return view.result;
}

const map = (target: string, rest: object) => FieldMapping.parse({ target, ...rest });
const anyField = (target: string) =>
  fc
    .record(
      {
        from: fc.constantFrom("properties.email", "properties.firstname", "properties.age", "id", "properties.gone"),
        transforms: fc.constantFrom([], [{ type: "lowercase" }], [{ type: "number" }]),
        onError: fc.constantFrom("null", "quarantine", "default"),
        default: fc.constant(target === "age" ? 7 : "x"),
        required: fc.boolean(),
      },
      { requiredKeys: ["from"] },
    )
    .map((rest) => map(target, rest));
const anyMapping = fc.record({
  fields: fc.tuple(anyField("email"), fc.option(anyField("firstName"), { nil: null }), fc.option(anyField("age"), { nil: null })),
  filter: fc.constantFrom(null, null, 'id < "p000030"', 'properties.firstname != "First 3"', 'properties.email == ""', "properties.age"),
});

test("a dry run counts what the real re-mapping then does, for any mapping and filter, and writes nothing", async () => {
  await pull(60);
  await fc.assert(
    fc.asyncProperty(anyMapping, async ({ fields: some, filter }) => {
      const fields = some.flatMap((field) => field ?? []);
      const [stream] = await owner`select record_count + quarantine_count as held from streams where id = ${scene.stream}`;
      if (stream?.["held"] < 10) await pull(60);
      const before = await everything();
      const dry = await result(startDraftDryRun(member(), { ...which(), fields, filter }));
      expect(await everything()).toEqual(before);
      await saveDraft(member(), { ...which(), fields, filter });
      await publishMapping(member(), which());
      // Somebody has said that they may go, and that so many may be held back.
      await owner`update streams set deletes_allowed = record_count, circuit_off_at = mapping_version where id = ${scene.stream}`;
      expect({
        seen: dry.read,
        created: dry.create,
        updated: dry.update,
        deleted: dry.remove,
        skipped: dry.skip + dry.remove,
        unchanged: dry.same,
        quarantined: dry.quarantine,
      }).toEqual(await remap());
      const shown = new Set(dry.samples.map((sample) => sample.what));
      for (const kind of ["create", "update", "same", "skip", "remove", "quarantine"] as const) expect(shown.has(kind)).toBe(dry[kind] > 0);
      expect(dry.samples.length).toBeLessThanOrEqual(DRY_RUN_SAMPLES);
    }),
    { numRuns: 25 },
  );
}, 120_000);

test("samples show a record as it is and as it would become, and why one is held back", async () => {
  await pull(30);
  const fields = [
    map("email", { from: "properties.email" }),
    map("firstName", { from: "properties.firstname", transforms: [{ type: "uppercase" }] }),
  ];
  const dry = await result(startDraftDryRun(member(), { ...which(), fields, filter: 'id != "p000001"' }));
  expect(dry).toMatchObject({ over: "stored", read: 30, update: 24, quarantine: 5, remove: 1, more: false, reread: true });
  expect(dry.samples.find((sample) => sample.what === "update")).toEqual({
    what: "update",
    externalId: "p000002",
    before: { email: "p2@example.com", firstName: "First 2" },
    after: { email: "p2@example.com", firstName: "FIRST 2" },
    message: null,
  });
  expect(dry.samples.find((sample) => sample.what === "remove")).toMatchObject({ externalId: "p000001", after: null });
  expect(dry.samples.find((sample) => sample.what === "quarantine")?.message).toContain("email is required");
});

test("records that share a value in a field that should be unique are counted, with one of the values", async () => {
  await pull(10);
  await owner`update models set fields = jsonb_set(jsonb_set(fields, '{0,unique}', 'true'), '{1,unique}', 'true') where id = ${scene.model}`;
  const fields = [map("email", { from: "properties.email" }), map("firstName", { constant: "Ada" })];
  const dry = await result(startDraftDryRun(member(), { ...which(), fields, filter: null }));
  expect(dry.repeats).toEqual([{ field: "firstName", records: dry.read - dry.quarantine, example: "Ada" }]);
});

test("a field that the model begins to require and nothing fills: dry run, worker and publishing say the same", async () => {
  await pull(10);
  const [before] = await owner<{ fields: ModelField[] }[]>`select fields from models where id = ${scene.model}`;
  const phone: ModelField = { key: "phone", name: "Phone", type: "string", required: true };
  await saveModel(member(), {
    key: "contact",
    name: "Contact",
    description: "",
    fields: [...(before?.fields ?? []), phone],
    acceptBreaking: true,
  });
  const email = map("email", { from: "properties.email" });
  const dry = await result(startDraftDryRun(member(), { ...which(), fields: [email], filter: null }));
  expect(dry).toMatchObject({ read: 10, quarantine: 10 });
  expect(dry.samples.map(({ message }) => message)).toContainEqual(expect.stringContaining("phone is required, but nothing fills it"));
  expect(await remap()).toMatchObject({ seen: 10, quarantined: 10 });
  const preview = tallyOf({ fields: new Map([["email", email]]), filter: null }, [...(before?.fields ?? []), phone], samplePeople(10));
  expect(preview.count).toMatchObject({ held: 10, whole: 0 });
  const [why] =
    await owner`select field, message from quarantine where stream_id = ${scene.stream} and field = 'phone' and external_id = 'p000001'`;
  expect(why?.["message"]).toBe("phone is required, but nothing fills it; choose where it comes from in the mapping");

  await saveDraft(member(), { ...which(), fields: [email] });
  for (const publish of [publishMapping(member(), which()), startRollout(member(), { ...which() })])
    expect(await publish.catch((error) => [error.code, error.message])).toEqual([
      "invalid",
      expect.stringContaining("Phone: required by the model"),
    ]);
  const asked = { phone: { customer: "must_choose" as const } }; // whoever has to choose it fills it
  await saveDraft(member(), { ...which(), fields: [email], choices: asked });
  await publishMapping(member(), which());
});

test("a customer tries their own wishes, as far as they may, and sees nothing of what is hidden", async () => {
  await pull(10);
  const choices = { firstName: { customer: "choose" }, secret: { customer: "hidden" } };
  await owner`update mappings set choices = ${owner.json(choices)}, fields = fields || ${owner.json([map("secret", { from: "id" })] as never)} where template_id = ${scene.template}`;
  const me = customerCtx(web, scene);
  const wish = { firstName: map("firstName", { from: "properties.email" }) };
  const dry = await result(startDryRun(me, { ...which(), fields: wish }), me);
  expect(dry.update).toBe(8);
  const [sample] = dry.samples.filter((one) => one.what === "update");
  expect(sample?.after).toEqual({ email: "p1@example.com", firstName: "p1@example.com" });
  const theirs = await startDryRun(member(), { ...which(), fields: wish });
  expect((await result(Promise.resolve(theirs))).samples.find((one) => one.what === "update")?.after).toHaveProperty("secret");
  expect(await codeOf(getDryRun(me, theirs))).toBe("not_found");
  const refused = await startDryRun(me, { ...which(), fields: { email: wish.firstName, secret: null } }).catch((error) => error);
  expect([refused.code, refused.details.issues.map((issue: { path: string }) => issue.path)]).toEqual(["invalid", ["email", "secret"]]);
});

test("a dry run that nobody waits for ends by itself; several at once are refused; it is never seen from outside", async () => {
  await pull(10);
  isWorking = false;
  const started = await startDryRun(member(), which());
  expect(await getDryRun(member(), started)).toEqual({ status: "pending" });
  await owner`update action_calls set asked_at = now() - interval '21 seconds' where id = ${started.callId}`;
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, callId: started.callId };
  await performCall(worker, ref);
  expect(await getDryRun(member(), started)).toMatchObject({
    status: "failed",
    code: "conflict",
    text: expect.stringContaining("Nobody waited"),
  });
  for (let n = 0; n < 3; n++) await startDryRun(member(), which());
  expect(await codeOf(startDryRun(member(), which()))).toBe("quota_exceeded");
  // The last call of those before it: who still waits asks again, the others make room.
  await owner`update action_calls set asked_at = asked_at - interval '6 seconds' where connection_id = ${scene.connection}`;
  expect(await startDryRun(member(), which())).toBeTruthy();
  const other = await createScene(owner, { name: "Other", records: 0 });
  expect(await codeOf(getDryRun(memberCtx(web, other), started))).toBe("not_found");
  expect(await codeOf(startDryRun(memberCtx(web, other), which()))).toBe("not_found");
});
