import type postgres from "postgres";
import { beforeEach, describe, expect, test } from "vitest";
import type { CustomerCtx, Deps } from "#server/lib/context";
import { newId, type StreamId } from "#server/lib/ids";
import type { FieldChoices } from "#server/mapping/overrides";
import { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, memberCtx, type Scene } from "#tests/support/world";
import { publishMapping } from "../mappings/publish-mapping";
import { saveDraft } from "../mappings/save-draft";
import { overridesHistory } from "./overrides-history";
import { revertOverrides } from "./revert-overrides";
import { saveOverrides } from "./save-overrides";
import { settleConflict } from "./settle-conflict";
import { settleDrift } from "./settle-drift";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: CustomerCtx;
let streamId: StreamId;
const poked: string[] = [];

usingDatabase((opened) => {
  ({ owner } = opened);
  const given = opened.web;
  const pokeStream = async ({ streamId }: { streamId: string }) => poked.push(streamId) > 0;
  deps = { ...given, keeping: { ...given.keeping, pokeStream } };
});

const MODEL = [
  { key: "email", name: "E-mail", type: "string", required: true },
  { key: "firstName", name: "First name", type: "string", required: false },
  { key: "phone", name: "Phone", type: "string", required: false },
  { key: "tier", name: "Loyalty tier", type: "string", required: false },
  { key: "points", name: "Points", type: "number", required: false },
  { key: "inner", name: "Inner id", type: "string", required: false },
];
const field = (target: string, from: string, rest: object = {}): FieldMapping =>
  FieldMapping.parse({ target, from, onError: "null", ...rest });
const FIELDS = [
  field("email", "properties.email", { required: true, onError: "quarantine" }),
  field("firstName", "properties.firstname"),
  field("phone", "properties.phone"),
  field("inner", "properties.hs_object_id"),
];
const CHOICES: FieldChoices = {
  email: { customer: "choose" },
  firstName: { customer: "choose" },
  phone: { customer: "optional" },
  tier: { customer: "choose", prompt: "Which of your fields holds the loyalty tier?" },
  points: { customer: "choose" },
  inner: { customer: "hidden" },
};

beforeEach(async () => {
  scene = await createScene(owner);
  ctx = customerCtx(deps, scene);
  streamId = scene.stream;
  poked.length = 0;
  await owner`update models set fields = ${owner.json(MODEL)} where id = ${scene.model}`;
  await owner`update mappings set fields = ${owner.json(FIELDS as never)}, choices = ${owner.json(CHOICES as never)} where id = ${scene.mapping}`;
});

const save = (n: number, fields: Record<string, FieldMapping | null | "template">) => saveOverrides(ctx, { streamId, n, fields });
const row = async () =>
  (await owner`select n, overrides, conflicts, created_by from stream_overrides where stream_id = ${streamId} order by n desc limit 1`)[0];
const stream = async () => (await owner`select mapping_version, mapped_version, reread from streams where id = ${streamId}`)[0];
const refused = (work: Promise<unknown>) =>
  work.then(
    () => "taken",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const publish = async (fields: FieldMapping[]) => {
  const vendor = memberCtx(deps, scene);
  const ref = { templateId: scene.template, streamKey: "contacts" };
  await saveDraft(vendor, { ...ref, fields });
  await owner`update mappings set choices = ${owner.json(CHOICES as never)} where template_id = ${scene.template} and status = 'draft'`;
  await publishMapping(vendor, ref);
};

describe("a customer's changes", () => {
  test("become a revision, are re-mapped from what is stored, and are poked; the same again changes nothing", async () => {
    expect(await save(0, { firstName: field("firstName", "properties.email") })).toEqual({ n: 1, warnings: [] });
    expect(await row()).toMatchObject({ n: 1, created_by: "customer", overrides: { firstName: { base: FIELDS[1] } } });
    expect(await stream()).toMatchObject({ mapping_version: 2, mapped_version: 1, reread: false });
    expect(poked).toEqual([streamId]);
    expect(await save(1, { firstName: field("firstName", "properties.email") })).toMatchObject({ n: 1 });
    expect(await stream()).toMatchObject({ mapping_version: 2 });
    expect(await save(1, { firstName: "template", phone: null })).toMatchObject({ n: 2 });
    expect((await row())?.["overrides"]).toEqual({ phone: { field: null, base: FIELDS[2] } });
  });

  test("read the source anew only for what it was never asked for", async () => {
    await save(0, { tier: field("tier", "properties.loyalty_tier") });
    expect(await stream()).toMatchObject({ reread: true });
    await owner`update streams set reread = false where id = ${streamId}`;
    await save(1, { points: field("points", "properties.loyalty_tier", { transforms: [{ type: "number" }] }) });
    expect(await stream()).toMatchObject({ reread: false, mapping_version: 3 });
  });

  test("are none where a remedy asks for what the template does by now", async () => {
    const converted = field("tier", "properties.tier", { transforms: [{ type: "string" }] });
    await owner`update mappings set fields = fields || ${owner.json([converted as never])} where id = ${scene.mapping}`;
    await owner`insert into connection_schemas (connection_id, object, environment_id, customer_id, fields)
      values (${scene.connection}, 'contact', ${scene.environment}, ${scene.customer}, '[{"path":"properties.tier","title":"Tier","type":"number"}]')`;
    const driftId = newId("drift");
    const detail = { kind: "type", path: "properties.tier", targets: ["tier"], message: "“Tier” was string and is now number." };
    await owner`insert into drifts (id, environment_id, customer_id, stream_id, kind, path, detail)
      values (${driftId}, ${scene.environment}, ${scene.customer}, ${streamId}, 'type', ${detail.path}, ${owner.json(detail)})`;
    expect(await settleDrift(ctx, { driftId, act: "accept" })).toEqual({ streamId, n: 0 });
    expect([await row(), await owner`select status from drifts where id = ${driftId}`]).toEqual([undefined, [{ status: "accepted" }]]);
  });

  test("made on an older revision are refused", async () => {
    await save(0, { phone: null });
    expect(await refused(save(0, { firstName: null }))).toContain("conflict: This mapping was changed in the meantime.");
  });

  test("are refused by field, with the remedy, and then nothing is changed", async () => {
    await owner`insert into connection_schemas (connection_id, object, environment_id, customer_id, fields)
      values (${scene.connection}, 'contact', ${scene.environment}, ${scene.customer}, ${owner.json([
        { path: "properties.firstname", title: "First name", type: "string" },
        { path: "properties.score", title: "Score", type: "number" },
      ])})`;
    const cases: [Record<string, FieldMapping | null>, string][] = [
      [{ email: null }, "“E-mail” is needed for every record and cannot be left out. Choose where it comes from."],
      [{ phone: field("phone", "x") }, "“Phone” can be left out, but not changed. Leave it as it is, or leave it out."],
      [{ inner: field("inner", "x") }, "“inner” is not a field you can fill. Choose one of the fields that are offered."],
      [{ nonsense: field("nonsense", "x") }, "“nonsense” is not a field you can fill."],
      [
        { tier: field("tier", "properties.score") },
        "“Loyalty tier” takes text, but “Score” holds numbers. Add the step “To text”, or choose another field.",
      ],
      [{ tier: FieldMapping.parse({ target: "tier", expression: "firstname.nothing(" }) }, "“Loyalty tier” cannot work: "],
      [
        { tier: FieldMapping.parse({ target: "tier", expression: "[1,2].all(a, [1].all(b, [1].all(c, true)))" }) },
        "“Loyalty tier” cannot work: ",
      ],
      [
        { tier: FieldMapping.parse({ target: "tier", from: "x", transforms: [{ type: "parseDate", pattern: "qq" }] }) },
        "“Loyalty tier” cannot work: ",
      ],
    ];
    for (const [fields, message] of cases) {
      const told = await refused(save(0, fields));
      expect(told).toContain("invalid: ");
      expect(told).toContain(message);
    }
    expect(await row()).toBeUndefined();
    expect((await save(0, { tier: field("tier", "properties.score", { transforms: [{ type: "string" }] }) })).warnings).toEqual([]);
    expect((await save(1, { tier: field("tier", "properties.unheard") })).warnings).toMatchObject([{ target: "tier" }]);
  });

  test("cannot make optional what the template needs", async () => {
    await save(0, { email: field("email", "properties.work_email") });
    expect((await row())?.["overrides"].email.field).toMatchObject({ from: "properties.work_email", required: true });
  });

  test("go on when the vendor has taken a field out of the model", async () => {
    await save(0, { tier: field("tier", "properties.loyalty_tier") });
    await owner`update models set fields = ${owner.json(MODEL.filter((one) => one.key !== "tier"))} where id = ${scene.model}`;
    await save(1, { phone: null });
    expect((await row())?.["overrides"]).toEqual({ phone: { field: null, base: FIELDS[2] } });
    await revertOverrides(ctx, { streamId, n: 2, to: 1 });
    expect((await row())?.["overrides"]).toEqual({});
  });

  test("go on when what is gone from the model is filled by the template, or was to be chosen", async () => {
    const left = MODEL.filter((one) => one.key !== "inner" && one.key !== "tier");
    await owner`update models set fields = ${owner.json(left)} where id = ${scene.model}`;
    await owner`update mappings set choices = ${owner.json({ ...CHOICES, tier: { customer: "must_choose" } } as never)} where id = ${scene.mapping}`;
    expect(await save(0, { phone: null })).toEqual({ n: 1, warnings: [] });
    expect((await row())?.["overrides"]).toEqual({ phone: { field: null, base: FIELDS[2] } });
  });

  test("cannot hold a value for when it is empty that the model does not take", async () => {
    const refusal = await saveOverrides(ctx, {
      streamId,
      n: 0,
      fields: { points: field("points", "properties.points", { default: "abc" }) },
    }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "invalid",
      details: { issues: [{ path: "points", message: expect.stringMatching(/the text "abc"/) }] },
    });
  });

  test.each(["push", "two_way"])("on a stream that writes (%s) are refused where they have no way back", async (direction) => {
    await owner`update streams set direction = ${direction} where id = ${streamId}`;
    const fixed = FieldMapping.parse({ target: "firstName", constant: "Ada" });
    const cases: [Record<string, FieldMapping | null>, string][] = [
      [
        { firstName: field("firstName", "id") },
        "“First name” has to be written in this account too, and cannot be: “id” cannot be changed there.",
      ],
      [
        { firstName: field("firstName", "properties.firstname", { transforms: [{ type: "titlecase" }] }) },
        "the step “Title Case” cannot be undone.",
      ],
      [
        { firstName: FieldMapping.parse({ target: "firstName", template: "{properties.firstname} {properties.lastname}" }) },
        "cannot be taken apart.",
      ],
      [{ firstName: fixed }, "it is always the same value."],
      [{ firstName: FieldMapping.parse({ target: "firstName", expression: "properties.firstname" }) }, "it is computed."],
      [{ tier: field("tier", "properties.phone") }, "“properties.phone” is filled by “Phone” already."],
    ];
    for (const [fields, message] of cases) {
      const told = await refused(save(0, fields));
      expect(told).toContain("invalid: ");
      expect(told).toContain(message);
    }
    expect(await row()).toBeUndefined();
    expect(await save(0, { firstName: field("firstName", "properties.lastname"), phone: null })).toMatchObject({ n: 1 });
    // What cannot be written is not gone back to either.
    await owner`update stream_overrides set overrides = ${owner.json({ firstName: { field: fixed, base: FIELDS[1] } } as never)} where stream_id = ${streamId}`;
    await save(1, { firstName: "template" });
    expect(await refused(revertOverrides(ctx, { streamId, n: 2, to: 1 }))).toContain("it is always the same value.");
  });

  test("of another customer's stream are not found", async () => {
    const other = await createScene(owner);
    expect(await refused(saveOverrides(ctx, { streamId: other.stream, n: 0, fields: {} }))).toContain("not_found");
  });
});

describe("where both have changed", () => {
  beforeEach(async () => {
    await save(0, { firstName: field("firstName", "properties.nickname") });
    await publish(FIELDS.map((one) => (one.target === "firstName" ? field("firstName", "properties.givenname") : one)));
  });

  test("the customer's stands until somebody decides: for the customer", async () => {
    expect(await row()).toMatchObject({ n: 2, conflicts: [{ target: "firstName" }] });
    await settleConflict(ctx, { streamId, n: 2, target: "firstName", keep: "customer" });
    expect(await row()).toMatchObject({
      n: 3,
      conflicts: [],
      overrides: { firstName: { field: { from: "properties.nickname" }, base: { from: "properties.givenname" } } },
    });
    expect(await refused(settleConflict(ctx, { streamId, n: 3, target: "firstName", keep: "customer" }))).toContain("nothing to decide");
  });

  test("or for the template", async () => {
    await settleConflict(memberCtx(deps, scene, "support"), { streamId, n: 2, target: "firstName", keep: "template" });
    expect(await row()).toMatchObject({ n: 3, conflicts: [], overrides: {}, created_by: "owner@acme.example" });
  });

  test("and still after the customer's source has gone by another name", async () => {
    const [driftId, to] = [newId("drift"), "properties.alias"];
    const detail = { kind: "renamed", path: "properties.nickname", to, targets: ["firstName"], message: "gone" };
    await owner`insert into drifts (id, environment_id, customer_id, stream_id, kind, path, detail)
      values (${driftId}, ${scene.environment}, ${scene.customer}, ${streamId}, 'renamed', ${detail.path}, ${owner.json(detail)})`;
    await settleDrift(ctx, { driftId, act: "accept" });
    const customer = expect.objectContaining({ from: to });
    expect(await row()).toMatchObject({
      n: 3,
      overrides: { firstName: { field: customer, base: FIELDS[1] } },
      conflicts: [{ target: "firstName", base: FIELDS[1], template: { from: "properties.givenname" }, customer }],
    });
    await settleConflict(ctx, { streamId, n: 3, target: "firstName", keep: "template" });
    expect(await row()).toMatchObject({ n: 4, conflicts: [], overrides: {} });
  });

  test("or by a new choice", async () => {
    await save(2, { firstName: field("firstName", "properties.firstname") });
    expect(await row()).toMatchObject({ n: 3, conflicts: [] });
  });
});

describe("history", () => {
  test("says who changed what, and can be gone back to", async () => {
    await save(0, { firstName: field("firstName", "properties.nickname") });
    await saveOverrides(memberCtx(deps, scene, "support"), {
      streamId,
      n: 1,
      fields: { phone: null, firstName: field("firstName", "properties.alias") },
    });
    await revertOverrides(ctx, { streamId, n: 2, to: 1 });
    expect((await row())?.["overrides"]).toMatchObject({ firstName: { field: { from: "properties.nickname" } } });
    expect(await revertOverrides(ctx, { streamId, n: 3, to: 0 })).toEqual({ n: 4 });
    expect((await row())?.["overrides"]).toEqual({});
    const told = await overridesHistory(ctx, { streamId });
    expect(
      told.map(({ n, by, who, changes }) => [n, by, who, changes.map((one) => `${one.name}: ${one.beforeText} → ${one.afterText}`)]),
    ).toEqual([
      [4, "customer", null, ["First name: nickname → First name"]],
      [3, "customer", null, ["First name: alias → nickname", "Phone: left out → Phone number"]],
      [2, "team", null, ["First name: nickname → alias", "Phone: Phone number → left out"]],
      [1, "customer", null, ["First name: First name → nickname"]],
    ]);
    expect((await overridesHistory(memberCtx(deps, scene), { streamId }))[2]).toMatchObject({ by: "team", who: "owner@acme.example" });
    expect(await refused(revertOverrides(ctx, { streamId, n: 4, to: 9 }))).toContain("not_found");
  });

  test("does not go back to where a needed field was missing", async () => {
    await owner`update mappings set choices = ${owner.json({ ...CHOICES, tier: { customer: "must_choose" } } as never)} where id = ${scene.mapping}`;
    await save(0, { tier: field("tier", "properties.loyalty_tier") });
    expect(await refused(revertOverrides(ctx, { streamId, n: 1, to: 0 }))).toContain("invalid: “Loyalty tier” has to be chosen.");
  });
});
