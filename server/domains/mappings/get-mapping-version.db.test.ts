import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import type { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createScene, memberCtx, type Scene } from "#tests/support/world";
import { getMappingVersion } from "./get-mapping-version";
import { publishMapping } from "./publish-mapping";
import { saveDraft } from "./save-draft";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: Ctx;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner);
  ctx = memberCtx(deps, scene);
});

const email: FieldMapping = { target: "email", from: "properties.email", transforms: [], required: true, onError: "quarantine" };

test("a version is opened with what the one before said, and made a draft again; what was rolled back is followed by nobody", async () => {
  const ref = { templateId: scene.template, streamKey: "contacts" };
  const publish = async (filter: string | null) => {
    await saveDraft(ctx, { ...ref, fields: [email], filter });
    return (await publishMapping(ctx, ref)).version;
  };
  const first = await publish("properties.a == 1.0");
  const second = await publish("properties.a == 2.0");
  expect(await getMappingVersion(ctx, { ...ref, version: second })).toMatchObject({
    ...{ version: second, status: "published", filter: "properties.a == 2.0", fields: [email] },
    before: { version: first, filter: "properties.a == 1.0" },
  });

  await owner`update mappings set status = 'withdrawn' where template_id = ${scene.template} and version = ${second}`;
  const third = await publish(null);
  expect((await getMappingVersion(ctx, { ...ref, version: third })).before?.version).toBe(first);
  expect(await getMappingVersion(ctx, { ...ref, version: second })).toMatchObject({ status: "withdrawn", filter: "properties.a == 2.0" });

  const old = await getMappingVersion(ctx, { ...ref, version: first });
  const draft = await saveDraft(ctx, { ...ref, fields: old.fields, filter: old.filter, choices: old.choices });
  expect(draft.version).toBe(third + 1);
  expect(await getMappingVersion(ctx, { ...ref, version: draft.version })).toMatchObject({
    ...{ status: "draft", filter: "properties.a == 1.0" },
    before: { version: third, filter: null },
  });

  await expect(getMappingVersion(ctx, { ...ref, version: 99 })).rejects.toMatchObject({ code: "not_found" });
  const stranger = memberCtx(deps, await createScene(owner, { name: "Other" }));
  await expect(getMappingVersion(stranger, { ...ref, version: first })).rejects.toMatchObject({ code: "not_found" });
});
