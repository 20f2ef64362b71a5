import type postgres from "postgres";
import { describe, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, memberCtx, type Scene } from "#tests/support/world";
import { archiveModel } from "./archive-model";
import { getModel } from "./get-model";
import { listModels } from "./list-models";
import { previewModel } from "./preview-model";
import { saveModel } from "./save-model";
import type { ModelField } from "./schema";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
const poked: string[] = [];

const email: ModelField = { key: "email", name: "E-mail", type: "string", required: true };
const firstName: ModelField = { key: "firstName", name: "First name", type: "string", required: false };
const phone: ModelField = { key: "phone", name: "Phone", type: "string", required: false };
const contact = (fields: ModelField[]) => ({ key: "contact", name: "Contact", description: "", fields });
const ctx = () => memberCtx(deps, scene, "developer");
const revision = async () =>
  (await owner`select mapping_version from streams where id = ${scene.stream}`)[0]?.["mapping_version"] as number;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  deps.keeping = { ...deps.keeping, pokeStream: async (ref) => poked.push(ref.streamId) > 0 };
  scene = await createScene(owner, { records: 4 });
});

describe("a model", () => {
  test("is made, gets versions only by changes, and keeps what it was", async () => {
    const order = { key: "order", name: "Order", description: "", fields: [{ ...email, key: "number" }] };
    expect(await saveModel(ctx(), { ...order, version: 0 })).toMatchObject({ version: 1, created: true });
    expect(await saveModel(ctx(), order)).toMatchObject({ version: 1, created: false });
    await expect(saveModel(ctx(), { ...order, version: 0 })).rejects.toMatchObject({ code: "conflict" });
    expect(await saveModel(ctx(), { ...order, fields: [...order.fields, phone], version: 1 })).toMatchObject({ version: 2 });
    const known = await getModel(ctx(), { key: "order" });
    expect(known).toMatchObject({ version: 2, history: [{ version: 1, fields: order.fields }] });
    await expect(saveModel(ctx(), { ...order, version: 1 })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/version 2 now/),
    });
  });

  test("says who is affected before a breaking change, and refuses it unasked", async () => {
    const without = contact([email]);
    const { changes } = await previewModel(ctx(), without);
    expect(changes).toEqual([
      expect.objectContaining({
        field: "firstName",
        kind: "removed",
        breaking: true,
        templates: ["Contacts to Acme"],
        customers: 1,
        names: ["Globex"],
        records: 4,
        overrides: 0,
      }),
    ]);
    await expect(saveModel(ctx(), without)).rejects.toMatchObject({
      code: "conflict",
      details: { breaking: [expect.objectContaining({ field: "firstName" })] },
    });
    expect((await getModel(ctx(), { key: "contact" })).version).toBe(1);
  });

  test("a field that becomes required reaches who does not fill it", async () => {
    const { changes } = await previewModel(ctx(), contact([email, firstName, { ...phone, required: true }]));
    expect(changes[0]).toMatchObject({ field: "phone", kind: "added", breaking: true, templates: ["Contacts to Acme"], customers: 1 });
  });

  test("counts customers who have mapped the field themselves", async () => {
    const patch = { target: "phone", from: "properties.phone", transforms: [], required: false, onError: "null" };
    await saveModel(ctx(), contact([email, firstName, phone]));
    await owner`
      insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, created_by)
      select id, 1, environment_id, customer_id, ${owner.json({ phone: { field: patch, base: null } })}, 'test' from streams where id = ${scene.stream}`;
    const { changes } = await previewModel(ctx(), contact([email, firstName]));
    expect(changes[0]).toMatchObject({ field: "phone", kind: "removed", templates: [], customers: 1, overrides: 1 });
  });

  test("a change that reaches records has them mapped anew; one of words does not", async () => {
    const before = await revision();
    const now = await getModel(ctx(), { key: "contact" });
    await saveModel(ctx(), { ...contact(now.fields), name: "Person" });
    expect(await revision()).toBe(before);
    await saveModel(ctx(), { ...contact([{ ...email, type: "reference" }, firstName, phone]), acceptBreaking: true });
    expect(await revision()).toBe(before + 1);
    expect(poked).toContain(scene.stream);
  });

  test("cannot be put away while a template fills it", async () => {
    await expect(archiveModel(ctx(), { key: "contact", archived: true })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/Contacts to Acme/),
    });
    await archiveModel(ctx(), { key: "order", archived: true });
    const items = await listModels(ctx());
    expect(items.map(({ key, archivedAt, templates }) => [key, archivedAt !== null, templates])).toEqual([
      ["contact", false, 1],
      ["order", true, 0],
    ]);
  });

  test("of another vendor is not found", async () => {
    const other = await createScene(owner, { name: "Other" });
    const theirs = memberCtx(deps, other, "developer");
    await expect(getModel(theirs, { key: "order" })).rejects.toMatchObject({ code: "not_found" });
    await expect(archiveModel(theirs, { key: "order", archived: false })).rejects.toMatchObject({ code: "not_found" });
    expect((await listModels(theirs)).map(({ key }) => key)).toEqual(["contact"]);
  });
});
