import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { Ctx, Deps } from "#server/lib/context";
import { type CustomerId, newId } from "#server/lib/ids";
import { FieldMapping as Field, type FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, customerCtx, insert, memberCtx, type Scene } from "#tests/support/world";
import { ensureCustomer } from "../customers/ensure-customer";
import { publishMapping } from "../mappings/publish-mapping";
import { saveDraft } from "../mappings/save-draft";
import { settleConflict } from "../overrides/settle-conflict";
import { getMappingEditor } from "../templates/get-mapping-editor";
import { advanceRollout } from "./advance-rollout";
import { listRollouts } from "./list-rollouts";
import { previewRollout } from "./preview-rollout";
import { startRollout } from "./start-rollout";
import { finishRollout, pauseRollout, resumeRollout, rollBack } from "./steer-rollout";

const OTHERS = 20;

let owner: postgres.Sql;
let deps: Deps;
let worker: Deps;
let scene: Scene;
let ctx: Ctx;
/** The stream of the vendor's own customer. */
let internal: string;

usingDatabase((opened) => {
  ({ owner, web: deps, worker } = opened);
});
beforeEach(async () => {
  scene = await createScene(owner, { records: 100 });
  ctx = memberCtx(deps, scene, "developer");
  const home = await createCustomer(owner, scene.environment, "Acme itself");
  const [row] = await owner`select external_id from customers where id = ${home}`;
  await ensureCustomer(ctx, { externalId: row?.["external_id"], internal: true });
  internal = (await createConnection(owner, { ...scene, customer: home }, { record_count: 100 })).stream;
  for (let i = 1; i < OTHERS; i++)
    await createConnection(
      owner,
      { ...scene, customer: await createCustomer(owner, scene.environment, `Customer ${i}`) },
      { record_count: 100 },
    );
});

const field = (target: string, from: string): FieldMapping => Field.parse({ target, from });
const ref = () => ({ templateId: scene.template, streamKey: "contacts" });
const V2 = [field("email", "properties.email"), field("firstName", "properties.fullname")];
const begin = async (watchMs = 0) => {
  await saveDraft(ctx, { ...ref(), fields: V2 });
  const { rolloutId } = await startRollout(ctx, { ...ref(), watchMs });
  return rolloutId;
};
const turn = (rolloutId: string) => advanceRollout(worker, { vendorId: scene.vendor, environmentId: scene.environment, rolloutId });
/** As keepers do: everything moved is re-mapped. */
const remap = () => owner`update streams set mapped_version = mapping_version where environment_id = ${scene.environment}`;
const at = async (version: number) =>
  (await owner`select id from streams where environment_id = ${scene.environment} and template_version = ${version}`).map(
    (row) => row["id"] as string,
  );
const now = async () => (await listRollouts(ctx, { limit: 10 })).items[0];
const statusOf = async (version: number) =>
  (await owner`select status from mappings where template_id = ${scene.template} and version = ${version}`)[0]?.["status"];
const holdBack = (externalId: string, when: string) =>
  owner`insert into quarantine (id, environment_id, customer_id, stream_id, external_id, code, message, field, source, first_seen_at)
        select ${newId("quarantine")}, environment_id, customer_id, id, ${externalId}, 'mapping_failed', 'empty', 'email', '{}', ${new Date(when)}
          from streams where id = ${internal}`;
/** So many records of a stream, each with an e-mail, every other one with a first name. */
async function hold(stream: string, records: number): Promise<void> {
  await owner`delete from records where stream_id = ${stream}`;
  await owner`
    insert into records (stream_id, external_id, environment_id, customer_id, hash, data, source, mapping_version, seq, updated_at)
    select s.id, 'r' || i, s.environment_id, s.customer_id, '00000000-0000-0000-0000-000000000001',
           jsonb_build_object('email', 'a@b.c', 'firstName', case when i % 2 = 1 then 'Ada' end), '{}', 1, i + 1, now()
      from streams s, generate_series(0, ${records - 1}::int) i where s.id = ${stream}`;
}
const override = (overrides: object) =>
  owner`insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, created_by)
        values (${scene.stream}, 1, ${scene.environment}, ${scene.customer}, ${owner.json(overrides as never)}, 'customer')`;
const inForce = async () =>
  (await owner`select n, overrides, conflicts from stream_overrides where stream_id = ${scene.stream} order by n desc limit 1`)[0];

test("the vendor's own customers first, then five in a hundred, then all; each step after the re-mapping of the one before", async () => {
  const rolloutId = await begin();
  expect(await at(2)).toEqual([]);
  expect(await turn(rolloutId)).toMatchObject({ done: false });
  expect(await at(2)).toEqual([internal]);
  await turn(rolloutId); // not re-mapped yet
  expect((await now())?.figures).toMatchObject({ streams: OTHERS + 1, moved: 1, pending: 1, records: 100 });
  await remap();
  await turn(rolloutId);
  expect(await now()).toMatchObject({ step: 1, status: "running" });
  await turn(rolloutId);
  expect(await at(2)).toHaveLength(2);
  await remap();
  await turn(rolloutId);
  await turn(rolloutId);
  expect(await at(2)).toHaveLength(OTHERS + 1);
  await remap();
  expect(await turn(rolloutId)).toMatchObject({ done: true });
  expect(await now()).toMatchObject({ status: "done", step: 2, figures: null });
  expect(await statusOf(2)).toBe("published");
  expect(await turn(rolloutId)).toMatchObject({ done: true });
});

test("a step is watched to its end, from when its streams were moved", async () => {
  const rolloutId = await begin(60_000);
  await owner`update rollouts set step_at = now() - interval '1 hour' where id = ${rolloutId}`; // no worker was there
  await turn(rolloutId);
  await remap();
  await turn(rolloutId);
  expect(await now()).toMatchObject({ step: 0 });
  await owner`update rollouts set step_at = now() - interval '2 minutes' where id = ${rolloutId}`;
  await turn(rolloutId);
  expect(await now()).toMatchObject({ step: 1 });
});

test("a field that goes empty, though nothing is held back, halts it and moves everybody back", async () => {
  const rolloutId = await begin();
  await hold(internal, 20);
  await remap();
  await turn(rolloutId);
  expect(await at(2)).toEqual([internal]);
  await owner`update records set data = '{"email": null, "firstName": "Ada"}' where stream_id = ${internal} and external_id > 'r1'`;
  await turn(rolloutId); // not re-mapped yet: what is stored may be of the version before
  expect(await now()).toMatchObject({ status: "running" });
  await remap();
  expect(await turn(rolloutId)).toMatchObject({ done: true });
  expect(await now()).toMatchObject({
    status: "rolled_back",
    reason: "“email” is filled in 2 of 20 records, where about 20 were before. See where it comes from in the new version.",
  });
  expect(await at(2)).toEqual([]);
});

test("a field that goes empty for one customer alone halts it, with their name", async () => {
  const large = await createCustomer(owner, scene.environment, "A large one");
  const { stream } = await createConnection(owner, { ...scene, customer: large }, { record_count: 100 });
  await owner`update customers set internal = true where id = ${large}`;
  const rolloutId = await begin();
  await hold(internal, 20);
  await hold(stream, 100);
  await remap();
  await turn(rolloutId);
  await owner`update records set data = '{"email": null, "firstName": "Ada"}' where stream_id = ${internal}`;
  await remap();
  await turn(rolloutId);
  const reason =
    "“email” is filled in 0 of 20 records of Acme itself, where about 20 were before. See where it comes from in the new version.";
  expect(await now()).toMatchObject({ status: "rolled_back", reason });
});

test("records newly held back halt it and move everybody back; those held back before do not", async () => {
  const rolloutId = await begin();
  await owner`update streams set quarantine_count = 50 where id = ${internal}`;
  for (let i = 0; i < 50; i++) await holdBack(`old-${i}`, "2020-01-01");
  await turn(rolloutId);
  await remap();
  for (let i = 0; i < 3; i++) await holdBack(`new-${i}`, "2100-01-01");
  await turn(rolloutId);
  expect(await now()).toMatchObject({ figures: { heldBack: 3, records: 150 }, step: 1 });
  await holdBack("new-4", "2100-01-01");
  expect(await turn(rolloutId)).toMatchObject({ done: true });
  expect(await now()).toMatchObject({ status: "rolled_back", reason: expect.stringContaining("4 of 150 records were newly held back") });
  expect(await at(1)).toHaveLength(OTHERS + 1);
  expect(await statusOf(2)).toBe("withdrawn");

  // The next draft goes on from what is in force, under a number of its own.
  expect((await getMappingEditor(ctx, ref())).published?.version).toBe(1);
  await saveDraft(ctx, { ...ref(), fields: V2 });
  expect(await publishMapping(ctx, ref())).toMatchObject({ version: 3, streams: OTHERS + 1 });
});

test("one customer whose records are mostly held back halts it, however few they are among all, and is named", async () => {
  await owner`update streams set record_count = 20 where id = ${internal}`;
  const other = await createCustomer(owner, scene.environment, "A large one");
  const large = await createConnection(owner, { ...scene, customer: other }, { record_count: 10_000 });
  await owner`update customers set internal = true where id = ${other}`;
  const rolloutId = await begin(60_000);
  await turn(rolloutId);
  expect((await at(2)).sort()).toEqual([internal, large.stream].sort());
  for (let i = 0; i < 10; i++) await holdBack(`${i}`, "2100-01-01");
  expect(await turn(rolloutId)).toMatchObject({ done: false });
  expect((await now())?.figures).toMatchObject({ worst: { customer: "Acme itself", records: 20, heldBack: 10 } });
  await holdBack("10", "2100-01-01");
  expect(await turn(rolloutId)).toMatchObject({ done: true });
  const reason = expect.stringContaining("11 of 20 records of Acme itself were newly held back");
  expect(await now()).toMatchObject({ status: "rolled_back", reason });
  expect(await at(2)).toEqual([]);
});

test("a run that failed for its mapping rolls back; one that failed for the third party does not", async () => {
  const rolloutId = await begin(60_000);
  await turn(rolloutId);
  const [row] = await owner`select environment_id, customer_id from streams where id = ${internal}`;
  const fail = (code: string) =>
    insert(owner, "runs", {
      ...row,
      id: newId("run"),
      stream_id: internal,
      kind: "remap",
      trigger: "mapping",
      status: "failed",
      error_code: code,
    });
  await fail("provider_unavailable");
  expect(await turn(rolloutId)).toMatchObject({ done: false });
  await fail("config_invalid");
  expect(await turn(rolloutId)).toMatchObject({ done: true });
  expect(await now()).toMatchObject({ status: "rolled_back", reason: expect.stringContaining("1 run failed") });
});

test("paused nothing moves; resumed it goes on; finished at once, all are there; and nothing else is published meanwhile", async () => {
  const rolloutId = await begin();
  await pauseRollout(ctx, { rolloutId });
  await turn(rolloutId);
  expect(await at(2)).toEqual([]);
  await saveDraft(ctx, { ...ref(), fields: V2.slice(0, 1) });
  await expect(publishMapping(ctx, ref())).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("Version 2 is still"),
  });
  await expect(startRollout(ctx, ref())).rejects.toMatchObject({ code: "conflict" });
  await resumeRollout(ctx, { rolloutId });
  await expect(resumeRollout(ctx, { rolloutId })).rejects.toMatchObject({ code: "conflict" });
  expect(await finishRollout(ctx, { rolloutId })).toEqual({ streams: OTHERS + 1 });
  await expect(rollBack(ctx, { rolloutId })).rejects.toMatchObject({ code: "conflict" });
  expect(await publishMapping(ctx, ref())).toMatchObject({ version: 3 });
});

test("who turns it on meanwhile gets the version before, and is taken along at the end", async () => {
  const rolloutId = await begin();
  const late = await createCustomer(owner, scene.environment, "Late");
  const place = await connectOnly(late);
  await activateTemplate(customerCtx(deps, scene, late), { connectionId: place, templateId: scene.template });
  expect(await at(1)).toHaveLength(OTHERS + 2);
  await finishRollout(ctx, { rolloutId });
  expect(await at(2)).toHaveLength(OTHERS + 2);
});

test("after a roll-back, too, what is turned on anew gets the version before", async () => {
  const rolloutId = await begin();
  await turn(rolloutId);
  expect(await rollBack(ctx, { rolloutId })).toEqual({ streams: 1 });
  const late = await createCustomer(owner, scene.environment, "Late");
  await activateTemplate(customerCtx(deps, scene, late), { connectionId: await connectOnly(late), templateId: scene.template });
  expect(await at(1)).toHaveLength(OTHERS + 2);
});

test("a roll-back gives customers back what the new version had made needless, and lifts conflicts", async () => {
  await owner`update customers set internal = true where id = ${scene.customer}`;
  const base = field("firstName", "properties.firstname");
  const own = {
    firstName: { field: field("firstName", "properties.fullname"), base },
    email: { field: field("email", "properties.mail"), base: field("email", "properties.other") },
  };
  await override(own);
  const before = await previewRollout(ctx, ref());
  expect(before).toMatchObject({ streams: OTHERS + 1, withOwn: 1 });
  const rolloutId = await begin();
  const reach = await previewRollout(ctx, ref());
  expect(reach.diverging).toMatchObject([
    {
      ...{ customerName: "Globex", connectionId: scene.connection, internal: true, records: 100 },
      ...{ fields: ["E-mail", "First name"], conflicts: ["E-mail"], needless: ["First name"] },
    },
  ]);
  expect(reach.others).toHaveLength(OTHERS); // everybody it reaches is named
  expect(reach.others[0]).toMatchObject({ customerName: "Acme itself", internal: true, fields: [], conflicts: [] });
  await turn(rolloutId);
  expect(await inForce()).toMatchObject({ overrides: { email: own.email }, conflicts: [{ target: "email" }] });
  expect(Object.keys((await inForce())?.["overrides"])).toEqual(["email"]);
  await rollBack(ctx, { rolloutId });
  expect((await inForce())?.["overrides"]).toEqual(own);
});

test.each(["template", "customer"] as const)(
  "a conflict settled meanwhile (%s) is undone by a roll-back: the customer has what they had",
  async (keep) => {
    await owner`update customers set internal = true where id = ${scene.customer}`;
    const own = {
      firstName: { field: field("firstName", "properties.nickname"), base: field("firstName", "properties.firstname") },
      email: { field: field("email", "properties.mail"), base: field("email", "properties.email") },
    };
    await owner`update mappings set fields = ${owner.json([own.email.base, own.firstName.base] as never)} where id = ${scene.mapping}`;
    await override(own);
    const rolloutId = await begin();
    await turn(rolloutId);
    expect(await inForce()).toMatchObject({ n: 2, conflicts: [{ target: "firstName" }] });
    const customer = customerCtx(deps, scene, scene.customer);
    await settleConflict(customer, { streamId: scene.stream, n: 2, target: "firstName", keep });
    await rollBack(ctx, { rolloutId });
    expect(await inForce()).toMatchObject({ overrides: own, conflicts: [] });
  },
);

async function connectOnly(customer: CustomerId) {
  const { connection, installation } = await createConnection(owner, { ...scene, customer });
  await owner`delete from installations where id = ${installation}`;
  return connection;
}
