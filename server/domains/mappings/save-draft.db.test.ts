import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, memberCtx, type Scene } from "#tests/support/world";
import { getMappingEditor } from "../templates/get-mapping-editor";
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

const email = { target: "email", from: "properties.email", transforms: [], required: true, onError: "quarantine" };
const save = (firstName: Record<string, unknown>) =>
  saveDraft(ctx, { templateId: scene.template, streamKey: "contacts", fields: [email, { target: "firstName", ...firstName }] });

test.each([
  ["a brace without its other half", { template: "{properties.firstname" }, /\{ without its \}/],
  ["a path that is none", { template: "{a..b}" }, /single dots/],
  ["an expression that does not compile", { expression: "properties.firstname +" }, /./],
  ["two sources", { template: "x", constant: "y" }, /exactly one/],
])("%s is refused by the name of its field, and the draft stays", async (_, field, words) => {
  const before = await save({ template: "{properties.firstname}" });
  await expect(save(field)).rejects.toMatchObject({
    code: "invalid",
    details: { issues: [{ path: "firstName", message: expect.stringMatching(words) }] },
  });
  const [row] = await owner`select fields from mappings where id = ${before.id}`;
  expect(row!["fields"]).toMatchObject([email, { template: "{properties.firstname}" }]);
});

test("two people on one mapping: the second is told, and nothing of the first is lost", async () => {
  const ref = { templateId: scene.template, streamKey: "contacts" };
  const opened = (await getMappingEditor(ctx, ref)).basis;
  const theirs = await saveDraft(ctx, { ...ref, fields: [email, { target: "firstName", from: "properties.firstname" }], basis: opened });
  await expect(saveDraft(ctx, { ...ref, fields: [email], basis: opened })).rejects.toMatchObject({ code: "conflict" });
  expect((await getMappingEditor(ctx, ref)).basis).toBe(theirs.basis);
  await expect(publishMapping(ctx, { ...ref, basis: opened })).rejects.toMatchObject({ code: "conflict" });
  const { version } = await publishMapping(ctx, { ...ref, basis: theirs.basis });
  await expect(saveDraft(ctx, { ...ref, fields: [email], basis: theirs.basis })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(`version ${version} is in force`),
  });
  await expect(saveDraft(ctx, { ...ref, fields: [email], basis: (await getMappingEditor(ctx, ref)).basis })).resolves.toMatchObject({
    version: version + 1,
  });
});
