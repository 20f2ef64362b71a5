import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { FieldMapping as Field, type FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, type Scene } from "#tests/support/world";
import { getAdaptation } from "../overrides/get-adaptation";
import { saveOverrides } from "../overrides/save-overrides";
import { previewRollout } from "../rollouts/preview-rollout";
import { beginLeg } from "../streams/begin-leg";
import { streamCtx } from "../streams/internal";
import { getConnection } from "../views/get-connection";
import { publishMapping } from "./publish-mapping";
import { saveDraft } from "./save-draft";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: Ctx;

usingDatabase((opened) => {
  ({ owner, worker: deps } = opened);
});
beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId: scene.stream };
  ctx = streamCtx(deps, ref, "test");
});

const field = (target: string, from: string): FieldMapping => Field.parse({ target, from });
const fieldsOf = async () =>
  (await owner`select fields from mappings where template_id = ${scene.template} and version = 1`)[0]?.fields as FieldMapping[];
const override = (overrides: object) =>
  owner`insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, created_by)
        values (${scene.stream}, 1, ${scene.environment}, ${scene.customer}, ${owner.json(overrides as never)}, 'test')`;
const publish = async (fields: FieldMapping[]) => {
  const ref = { templateId: scene.template, streamKey: "contacts" };
  await saveDraft(ctx, { ...ref, fields });
  return publishMapping(ctx, ref);
};
const inForce = async () =>
  (await owner`select n, overrides, conflicts from stream_overrides where stream_id = ${scene.stream} order by n desc limit 1`)[0];

test("a leg maps by the template's version in force and the customer's newest patches", async () => {
  const v1 = await fieldsOf();
  const firstName = v1.find((one) => one.target === "firstName") ?? null;
  await override({ firstName: { field: field("firstName", "properties.nickname"), base: firstName } });
  await owner`insert into runs (id, environment_id, customer_id, stream_id, kind, trigger) values ('run_x', ${scene.environment}, ${scene.customer}, ${scene.stream}, 'incremental', 'vendor')`;
  await owner`update streams set run_id = 'run_x' where id = ${scene.stream}`;
  const leg = await beginLeg(ctx, { streamId: scene.stream, runId: "run_x" });
  const mapped = leg?.mapping.apply({ id: "1", properties: { email: "a@example.com", firstname: "Ada", nickname: "Adi" } });
  expect(mapped).toMatchObject({ ok: true, data: { firstName: "Adi" } });
});

test("a field that is newly left to customers: who runs the stream keeps what fills it, and is asked where nothing does", async () => {
  const ref = { templateId: scene.template, streamKey: "contacts" };
  const [v1, model] = [await fieldsOf(), (await owner`select fields from models where id = ${scene.model}`)[0]?.["fields"]];
  await owner`update models set fields = ${owner.json([...model, { key: "tier", name: "Tier", type: "string", required: false }] as never)} where id = ${scene.model}`;
  const firstName = v1.find((one) => one.target === "firstName");
  const choices = { firstName: { customer: "must_choose" as const }, tier: { customer: "must_choose" as const } };
  await saveDraft(ctx, { ...ref, fields: v1.filter((one) => one.target !== "firstName"), choices });
  const reach = await previewRollout(ctx, ref);
  expect(reach).toMatchObject({ toChoose: 1, asked: [{ name: "Tier", needed: false }], others: [{ toChoose: ["Tier"] }] });
  await publishMapping(ctx, ref);
  expect(await inForce()).toMatchObject({ n: 1, overrides: { firstName: { field: firstName, base: null } }, conflicts: [] });

  const me = customerCtx(deps, scene);
  const [stream] = (await getAdaptation(me, { connectionId: scene.connection, templateId: scene.template })).streams;
  expect(stream?.fields.filter(({ choice }) => choice.customer === "must_choose").map(({ target, state }) => [target, state])).toEqual([
    ["firstName", "own"],
    ["tier", "missing"],
  ]);
  const decisions = async () => (await getConnection(me, { connectionId: scene.connection })).streams[0]?.decisions;
  expect(await decisions()).toBe(1);
  await saveOverrides(me, { streamId: scene.stream, n: 1, fields: { tier: field("tier", "properties.tier") } });
  expect(await decisions()).toBe(0);
  expect(await previewRollout(ctx, ref)).toMatchObject({ toChoose: 0, asked: [] });
});

test("a new version keeps the customer's patches, drops what it makes needless, and notes where both changed", async () => {
  const v1 = await fieldsOf();
  const base = v1.find((one) => one.target === "firstName") ?? null;
  await override({ firstName: { field: field("firstName", "properties.nickname"), base } });

  await publish([...v1.filter((one) => one.target !== "firstName"), field("firstName", "properties.fullname")]);
  expect(await inForce()).toMatchObject({
    n: 2,
    overrides: { firstName: { field: { from: "properties.nickname" } } },
    conflicts: [{ target: "firstName", template: { from: "properties.fullname" }, customer: { from: "properties.nickname" } }],
  });

  const done = await publish([...v1.filter((one) => one.target !== "firstName"), field("firstName", "properties.nickname")]);
  expect(done).toMatchObject({ version: 3, streams: 1 });
  expect(await inForce()).toMatchObject({ n: 3, overrides: {}, conflicts: [] });
  const [stream] = await owner`select template_version, mapping_version from streams where id = ${scene.stream}`;
  expect(stream).toEqual({ template_version: 3, mapping_version: 3 });
});

test("fields that the source was never asked for are read before what is stored is re-mapped; others need no reading", async () => {
  const state = async () => (await owner`select reread, remap_after, trigger from streams where id = ${scene.stream}`)[0];
  const v1 = await fieldsOf();
  await publish([...v1.filter((one) => one.target === "email"), field("firstName", "properties.email")]);
  expect(await state()).toMatchObject({ reread: false, remap_after: null });
  await publish([...v1.filter((one) => one.target === "email"), field("firstName", "properties.nickname_of_theirs")]);
  expect(await state()).toMatchObject({ reread: true, remap_after: "reread", trigger: "mapping" });
  await publish(v1); // not read yet: it stays to be read
  expect(await state()).toMatchObject({ reread: true, remap_after: "reread" });
});

test.each(["push", "two_way"])(
  "a version that takes the place of a customer's own field (%s) is told before, and left to them",
  async (direction) => {
    const ref = { templateId: scene.template, streamKey: "contacts" };
    const model = (await owner`select fields from models where id = ${scene.model}`)[0]?.["fields"];
    const more = ["nick", "alias"].map((key) => ({ key, name: key, type: "string", required: false }));
    await owner`update models set fields = ${owner.json([...model, ...more] as never)} where id = ${scene.model}`;
    await owner`update templates set streams = jsonb_set(streams, '{0,direction}', ${owner.json(direction)}) where id = ${scene.template}`;
    await owner`update streams set direction = ${direction} where id = ${scene.stream}`;
    await owner`update mappings set choices = '{"nick": {"customer": "choose"}}' where template_id = ${scene.template}`;
    const nick = field("nick", "properties.nickname");
    await override({ nick: { field: nick, base: null } });
    const v2 = [...(await fieldsOf()), field("alias", "properties.nickname")];
    await saveDraft(ctx, { ...ref, fields: v2 });
    expect(await previewRollout(ctx, ref)).toMatchObject({ conflicts: 1, diverging: [{ conflicts: ["nick"], unwritten: ["nick"] }] });
    await publish(v2);
    expect(await inForce()).toMatchObject({ overrides: { nick: { field: nick } }, conflicts: [{ target: "nick", takenBy: "alias" }] });

    const me = customerCtx(deps, scene);
    const [told] = (await getAdaptation(me, { connectionId: scene.connection, templateId: scene.template })).streams;
    expect(told?.overrides.conflicts).toMatchObject([{ target: "nick", takenBy: "alias" }]);
    await saveOverrides(me, { streamId: scene.stream, n: 2, fields: { nick: field("nick", "properties.jobtitle") } });
    expect(await inForce()).toMatchObject({ conflicts: [], overrides: { nick: { field: { from: "properties.jobtitle" } } } });
  },
);
