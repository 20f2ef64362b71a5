import type postgres from "postgres";
import { beforeEach, describe, expect, test } from "vitest";
import type { CustomerCtx, Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import type { Drift } from "#server/mapping/drift";
import type { FieldChoices } from "#server/mapping/overrides";
import { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createCustomer, createScene, customerCtx, memberCtx, type Scene } from "#tests/support/world";
import { getAdaptation } from "./get-adaptation";
import { listDrifts } from "./list-drifts";
import { mappingDocument } from "./mapping-document";
import { overridesHistory } from "./overrides-history";
import { revertOverrides } from "./revert-overrides";
import { saveOverrides } from "./save-overrides";
import { settleDrift } from "./settle-drift";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: CustomerCtx;

usingDatabase((opened) => {
  ({ owner, web: deps } = opened);
});

const MODEL = [
  { key: "email", name: "E-mail", type: "string", required: true },
  { key: "firstName", name: "First name", type: "string", required: false },
  { key: "tier", name: "Loyalty tier", type: "enum", required: false, values: ["gold", "silver"] },
  { key: "points", name: "Loyalty points", type: "number", required: false },
  { key: "inner", name: "Inner id", type: "string", required: false },
];
const field = (target: string, from: string, rest: object = {}): FieldMapping =>
  FieldMapping.parse({ target, from, onError: "null", ...rest });
const FIELDS = [
  field("email", "properties.email", { required: true, onError: "quarantine" }),
  field("firstName", "properties.firstname"),
  field("inner", "properties.hs_object_id"),
];
const CHOICES: FieldChoices = {
  firstName: { customer: "choose" },
  tier: { customer: "must_choose", prompt: "Which of your fields holds the loyalty tier?" },
  points: { customer: "choose" },
  inner: { customer: "hidden" },
};
const ACCOUNT: SourceField[] = [
  { path: "properties.email", title: "Email", type: "string", example: "p1@globex.example" },
  { path: "properties.firstname", title: "First name", type: "string" },
  { path: "properties.loyalty_tier", title: "Loyalty tier", type: "string", custom: true, values: ["gold", "silver"] },
  { path: "properties.loyalty_points", title: "Loyalty points", type: "string", custom: true },
];

beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  ctx = customerCtx(deps, scene);
  await owner`update models set fields = ${owner.json(MODEL)} where id = ${scene.model}`;
  await owner`update mappings set fields = ${owner.json(FIELDS as never)}, choices = ${owner.json(CHOICES as never)} where id = ${scene.mapping}`;
});

const look = (fields: SourceField[]) =>
  owner`insert into connection_schemas (connection_id, object, environment_id, customer_id, fields)
    values (${scene.connection}, 'contact', ${scene.environment}, ${scene.customer}, ${owner.json(fields as never)})
    on conflict (connection_id, object) do update set fields = excluded.fields`;
const drift = async (detail: Drift) => {
  const id = newId("drift");
  await owner`insert into drifts (id, environment_id, customer_id, stream_id, kind, path, detail)
    values (${id}, ${scene.environment}, ${scene.customer}, ${scene.stream}, ${detail.kind}, ${detail.path}, ${owner.json(detail as never)})`;
  return id;
};
const records = async () => {
  for (const n of [1, 2, 3]) {
    const source = JSON.stringify({ id: String(n), properties: { email: `p${n}@globex.example`, custom_colour: "red" } });
    await owner`insert into records (stream_id, external_id, environment_id, customer_id, hash, data, source, mapping_version, seq, updated_at)
      values (${scene.stream}, ${String(n)}, ${scene.environment}, ${scene.customer}, gen_random_uuid(), '{}', ${source}, 1, ${n}, now())`;
    await owner`insert into changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
      values (${scene.stream}, ${n}, ${scene.environment}, ${scene.customer}, ${String(n)}, 'created', now())`;
  }
};
const ask = (as: Parameters<typeof getAdaptation>[0] = ctx) =>
  getAdaptation(as, { connectionId: scene.connection, templateId: scene.template });
const contacts = async (as?: Parameters<typeof getAdaptation>[0]) => (await ask(as)).streams[0]!;

describe("what a customer is shown of a mapping", () => {
  test("its fields as they stand, the account's own, and what would fit; nothing that is hidden", async () => {
    await look(ACCOUNT);
    await owner`update streams set status = 'off' where id = ${scene.stream}`;
    const shown = await contacts();
    expect(shown.fields.map(({ target, state, choice }) => [target, state, choice.customer])).toEqual([
      ["email", "template", "fixed"],
      ["firstName", "template", "choose"],
      ["tier", "missing", "must_choose"],
      ["points", "missing", "choose"],
    ]);
    expect(shown.model.fields.map((one) => one.key)).not.toContain("inner");
    expect(JSON.stringify(await ask())).not.toContain("inner");
    expect(shown.sourceFields).toEqual(ACCOUNT);
    expect(shown).toMatchObject({ isOn: false, streamId: scene.stream, schema: { state: "ready" }, overrides: { n: 0, conflicts: [] } });
    expect(shown.suggestions.map(({ target, path, field: made }) => [target, path, made.transforms])).toEqual([
      ["tier", "properties.loyalty_tier", []],
      ["points", "properties.loyalty_points", [{ type: "number" }]],
    ]);
    expect((await contacts(memberCtx(deps, scene))).fields.map((one) => one.target)).toContain("inner");
  });

  test("the customer's own in place of the template's", async () => {
    await saveOverrides(ctx, {
      streamId: scene.stream,
      n: 0,
      fields: { firstName: field("firstName", "properties.nickname"), points: null },
    });
    const { fields, overrides } = await contacts();
    expect(overrides.n).toBe(1);
    expect(fields.find((one) => one.target === "firstName")).toMatchObject({
      state: "own",
      template: { from: "properties.firstname" },
      current: { from: "properties.nickname" },
    });
    expect(fields.find((one) => one.target === "points")).toMatchObject({ state: "left_out", current: null });
  });

  test("before anybody has looked: what every account has, and what stored records show; records to those who may see them", async () => {
    await records();
    const shown = await contacts();
    expect(shown.schema).toEqual({ state: "never", takenAt: null, message: null });
    expect(shown.sourceFields.find((one) => one.path === "properties.custom_colour")).toMatchObject({ custom: true, example: "red" });
    expect(shown.samples.map((one) => one.label)).toContain("Newest");
    const support = await contacts(memberCtx(deps, scene, "support"));
    expect(support.samples).toEqual([]);
    expect(JSON.stringify(support)).not.toContain("globex.example");
  });

  test("is not found for others", async () => {
    const other = await createCustomer(owner, scene.environment, "Initech");
    await expect(ask(customerCtx(deps, scene, other))).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what has changed at the source comes with what can be done", () => {
  const first = async () => (await contacts()).drifts[0];

  test("renamed, gone, of another type", async () => {
    await look([...ACCOUNT, { path: "properties.first_name", title: "Given name", type: "string" }]);
    await drift({ kind: "renamed", path: "properties.firstname", targets: ["firstName"], to: "properties.first_name", message: "gone" });
    expect(await first()).toMatchObject({
      remedy: { kind: "patch", label: "Use “Given name” instead", fields: { firstName: { from: "properties.first_name" } } },
    });
    await owner`delete from drifts`;
    await drift({ kind: "removed", path: "properties.email", targets: ["email"], message: "gone" });
    expect(await first()).toMatchObject({
      remedy: { kind: "explain", label: expect.stringContaining("“E-mail” is needed for every record") },
    });
    await owner`delete from drifts`;
    await drift({ kind: "removed", path: "properties.firstname", targets: ["firstName"], message: "gone" });
    expect(await first()).toMatchObject({ remedy: { kind: "patch", fields: { firstName: null } } });
    await owner`delete from drifts`;
    await look([{ path: "properties.firstname", title: "First name", type: "number" }]);
    await drift({ kind: "type", path: "properties.firstname", targets: ["firstName"], message: "was string" });
    expect(await first()).toMatchObject({ remedy: { kind: "patch", fields: { firstName: { transforms: [{ type: "string" }] } } } });
  });

  test("in hidden fields is not told to customers", async () => {
    await drift({ kind: "removed", path: "properties.hs_object_id", targets: ["inner"], message: "gone" });
    expect(await first()).toBeUndefined();
    expect((await contacts(memberCtx(deps, scene))).drifts).toHaveLength(1);
  });
});

describe("one click", () => {
  const status = async () =>
    (await owner`select status, settled_by from drifts where stream_id = ${scene.stream}`).map((one) => [one["status"], one["settled_by"]]);
  const current = async (target: string) => (await contacts()).fields.find((one) => one.target === target)?.current;
  const renamed: Drift = { kind: "renamed", path: "properties.email", targets: ["email"], to: "properties.mail", message: "gone" };

  test("follows a renamed field, fixed or not, as a revision that can be gone back from", async () => {
    await look([{ path: "properties.mail", title: "Mail", type: "string" }]);
    const driftId = await drift(renamed);
    expect(await settleDrift(ctx, { driftId, act: "accept" })).toEqual({ streamId: scene.stream, n: 1 });
    expect(await current("email")).toMatchObject({ from: "properties.mail", required: true });
    expect(await status()).toEqual([["accepted", "customer"]]);
    expect((await contacts()).drifts).toEqual([]);
    expect((await overridesHistory(ctx, { streamId: scene.stream }))[0]?.changes).toMatchObject([{ name: "E-mail", afterText: "Mail" }]);
    await revertOverrides(ctx, { streamId: scene.stream, n: 1, to: 0 });
    expect(await current("email")).toMatchObject({ from: "properties.email" });
    await expect(settleDrift(ctx, { driftId, act: "accept" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("leaves all as it is when dismissed", async () => {
    const driftId = await drift(renamed);
    expect(await settleDrift(memberCtx(deps, scene, "support"), { driftId, act: "dismiss" })).toMatchObject({ n: 0 });
    expect(await status()).toEqual([["dismissed", "owner@acme.example"]]);
  });

  test("says what a person has to do where it cannot help", async () => {
    const driftId = await drift({ kind: "removed", path: "properties.email", targets: ["email"], message: "gone" });
    await expect(settleDrift(ctx, { driftId, act: "accept" })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("“E-mail” is needed for every record. Choose another field for it"),
    });
    expect(await status()).toEqual([["open", null]]);
  });

  test("takes what new values are with us, and only what there is", async () => {
    const tier = field("tier", "properties.loyalty_tier", { values: { Gold: "gold" } });
    await saveOverrides(ctx, { streamId: scene.stream, n: 0, fields: { tier } });
    const driftId = await drift({
      kind: "values",
      path: "properties.loyalty_tier",
      targets: ["tier"],
      values: ["Silver", "Bronze"],
      message: "new",
    });
    expect((await contacts()).drifts[0]?.remedy).toMatchObject({
      kind: "values",
      values: ["Silver", "Bronze"],
      options: ["gold", "silver"],
    });
    const accept = (to: Record<string, string>) => settleDrift(ctx, { driftId, act: "accept", to });
    await expect(accept({ Silver: "silver" })).rejects.toMatchObject({ message: expect.stringContaining("still open: Bronze") });
    await expect(accept({ Silver: "silver", Bronze: "bronze" })).rejects.toMatchObject({
      message: expect.stringContaining("“bronze” is none of the values"),
    });
    expect(await accept({ Silver: "silver", Bronze: "silver" })).toMatchObject({ n: 2 });
    expect(await current("tier")).toMatchObject({ values: { Gold: "gold", Silver: "silver", Bronze: "silver" } });
  });

  test("is not for others", async () => {
    const driftId = await drift(renamed);
    const other = customerCtx(deps, scene, await createCustomer(owner, scene.environment, "Initech"));
    await expect(settleDrift(other, { driftId, act: "accept" })).rejects.toMatchObject({ code: "not_found" });
    expect((await listDrifts(other, { limit: 10 })).items).toEqual([]);
  });

  test("the fleet's, newest first, page by page", async () => {
    for (const path of ["a", "b", "c"]) await drift({ kind: "removed", path, targets: ["email"], message: `${path} is gone` });
    const vendor = memberCtx(deps, scene, "viewer");
    const first = await listDrifts(vendor, { status: "open", limit: 2 });
    const rest = await listDrifts(vendor, { status: "open", limit: 2, cursor: first.next ?? undefined });
    expect([...first.items, ...rest.items].map((one) => one.path)).toEqual(["c", "b", "a"]);
    expect(first.items[0]).toMatchObject({ customerName: "Globex", streamLabel: "Contacts", integrationName: "HubSpot" });
    expect(rest.next).toBeNull();
  });
});

describe("the document", () => {
  test("says of every stream what goes where, in words; nothing hidden, and nothing that is markup", async () => {
    await look(ACCOUNT);
    await records();
    await owner`update records set data = ${owner.json({ email: "a|b@globex.example" })} where stream_id = ${scene.stream}`;
    const trimmed = field("firstName", "properties.firstname", { transforms: [{ type: "trim" }], default: "friend" });
    await saveOverrides(ctx, { streamId: scene.stream, n: 0, fields: { firstName: trimmed, points: null } });
    const { streams, markdown } = await mappingDocument(ctx, { connectionId: scene.connection });
    expect(streams[0]?.rows).toEqual([
      {
        target: "email",
        field: "E-mail",
        from: "Email",
        to: null,
        path: "properties.email",
        how: "as it is",
        whenEmpty: "the record is held back",
        example: "a|b@globex.example",
        own: false,
      },
      {
        target: "firstName",
        field: "First name",
        from: "First name",
        to: null,
        path: "properties.firstname",
        how: "Trim spaces",
        whenEmpty: "“friend” is taken",
        example: null,
        own: true,
      },
      {
        target: "points",
        field: "Loyalty points",
        from: null,
        to: null,
        path: null,
        how: "left out",
        whenEmpty: "left empty",
        example: null,
        own: true,
      },
    ]);
    expect(markdown).toContain("| E-mail | Email | as it is | the record is held back | a\\|b@globex.example |");
    expect(markdown).not.toContain("Inner id");
    const support = await mappingDocument(memberCtx(deps, scene, "support"), { connectionId: scene.connection });
    expect(support.markdown).not.toContain("globex.example |");
    expect(support.streams[0]?.rows.map((one) => one.field)).toContain("Inner id");
  });
});
