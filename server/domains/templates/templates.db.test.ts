import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { createDatabase } from "#tests/support/postgres";
import { createScene, memberCtx, type Scene, testDeps } from "#tests/support/world";
import { previewCustomer } from "../mappings/preview-customer";
import { publishMapping } from "../mappings/publish-mapping";
import { saveDraft } from "../mappings/save-draft";
import { addStream } from "./add-stream";
import { createTemplate } from "./create-template";
import { getTemplate } from "./get-template";
import { listObjects } from "./list-objects";
import { removeStream } from "./remove-stream";
import { setTemplateStatus } from "./set-template-status";
import { updateTemplate } from "./update-template";

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
const stopped: string[] = [];
const ctx = () => memberCtx(deps, scene, "developer");
const email = { target: "email", from: "properties.email" };
const inForce = async (): Promise<Record<string, unknown>> => (await owner`select * from streams where id = ${scene.stream}`)[0]!;

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  deps = testDeps(database.url);
  deps.keeping = { ...deps.keeping, stopStream: async (ref) => stopped.push(ref.streamId) > 0 };
  scene = await createScene(owner, { records: 4 });
});
afterAll(async () => {
  await deps.db.close();
  await owner.end();
  await database.drop();
});

describe("a template of one's own", () => {
  let id: TemplateId;

  test("begins empty and off offer, and cannot be offered before there is something to offer", async () => {
    ({ id } = await createTemplate(ctx(), { integrationId: scene.integration, name: "People" }));
    await expect(setTemplateStatus(ctx(), { templateId: id, status: "published" })).rejects.toMatchObject({ code: "invalid" });
    const objects = await listObjects(ctx(), { integrationId: scene.integration });
    expect(objects.find(({ key }) => key === "contact")?.fields.length).toBeGreaterThan(3);
  });

  test("gets streams with a mapping, whose keys are free ones, and goes on offer", async () => {
    expect(await addStream(ctx(), { templateId: id, object: "contact", model: "contact", fields: [email] })).toMatchObject({
      streamKey: "contact",
    });
    expect(await addStream(ctx(), { templateId: id, object: "contact", model: "contact", fields: [email] })).toMatchObject({
      streamKey: "contact_2",
    });
    await setTemplateStatus(ctx(), { templateId: id, status: "published" });
    const { status, streams } = await getTemplate(ctx(), { templateId: id });
    expect([status, streams.map(({ key, mappingVersion }) => `${key} ${mappingVersion}`)]).toEqual([
      "published",
      ["contact 1", "contact_2 1"],
    ]);
  });

  test("on offer takes no stream that could not work", async () => {
    const add = addStream(ctx(), { templateId: id, object: "contact", model: "contact", fields: [] });
    await expect(add).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/E-mail: required/) });
    await expect(addStream(ctx(), { templateId: id, object: "nothing", model: "contact", fields: [email] })).rejects.toMatchObject({
      code: "invalid",
    });
    await expect(addStream(ctx(), { templateId: id, object: "contact", model: "nothing", fields: [email] })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  test("a stream that comes back goes on with the number of its mapping", async () => {
    await removeStream(ctx(), { templateId: id, streamKey: "contact_2" });
    await addStream(ctx(), { templateId: id, object: "contact", model: "contact", fields: [email] });
    const { streams } = await getTemplate(ctx(), { templateId: id });
    expect(streams.map(({ key, mappingVersion }) => `${key} ${mappingVersion}`)).toEqual(["contact 1", "contact_2 2"]);
  });

  test("nobody runs it, so it may be put away", async () => {
    await setTemplateStatus(ctx(), { templateId: id, status: "archived" });
    expect((await getTemplate(ctx(), { templateId: id })).status).toBe("archived");
    await expect(setTemplateStatus(ctx(), { templateId: scene.template, status: "archived" })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a template that customers run", () => {
  test("its schedule is taken over at once, its label kept, a version seen before refused", async () => {
    const { version } = await getTemplate(ctx(), { templateId: scene.template });
    const streams = [{ key: "contacts", label: "People", intervalMs: 20_000, backfillDays: 90 }];
    expect(await updateTemplate(ctx(), { templateId: scene.template, version, streams })).toEqual({ version: version + 1, paced: 1 });
    const row = await inForce();
    expect(row["interval_ms"]).toBe(20_000);
    expect((row["due_at"] as Date).getTime()).toBeLessThanOrEqual(Date.now() + 21_000);
    expect((await getTemplate(ctx(), { templateId: scene.template })).streams[0]).toMatchObject({
      label: "People",
      backfillDays: 90,
      running: 1,
      records: 4,
    });
    await expect(updateTemplate(ctx(), { templateId: scene.template, version, name: "x" })).rejects.toMatchObject({ code: "conflict" });
    await expect(updateTemplate(ctx(), { templateId: scene.template, streams: [] })).rejects.toMatchObject({ code: "invalid" });
  });

  test("choices and filter are drafted, kept by later drafts, and come with the published version", async () => {
    const ref = { templateId: scene.template, streamKey: "contacts" };
    const fields = [{ ...email, required: true }];
    const choices = { firstName: { customer: "must_choose" as const, prompt: "Which is the first name?" } };
    await saveDraft(ctx(), { ...ref, fields, filter: "properties.email != null", choices });
    await saveDraft(ctx(), { ...ref, fields });
    await publishMapping(ctx(), ref);
    const { streams } = await getTemplate(ctx(), { templateId: scene.template });
    expect(streams[0]).toMatchObject({ mappingVersion: 2, filter: "properties.email != null", choices: { must_choose: 1 } });
    const wrong = saveDraft(ctx(), { ...ref, fields, choices: { nothing: { customer: "choose" } } });
    await expect(wrong).rejects.toMatchObject({ code: "invalid", details: { issues: [{ path: "nothing", message: expect.any(String) }] } });
    const hidden = saveDraft(ctx(), { ...ref, fields: [], choices: { email: { customer: "hidden" } } });
    await expect(hidden).rejects.toMatchObject({ code: "invalid", details: { issues: [{ path: "email", message: expect.any(String) }] } });
    await saveDraft(ctx(), { ...ref, fields });
    expect((await owner`select choices from mappings where template_id = ${scene.template} and status = 'draft'`)[0]?.["choices"]).toEqual(
      choices,
    );
  });

  test("a stream is only taken out with what that does to them", async () => {
    const remove = { templateId: scene.template, streamKey: "contacts" };
    await setTemplateStatus(ctx(), { templateId: scene.template, status: "draft" });
    await expect(removeStream(ctx(), remove)).rejects.toMatchObject({ code: "conflict", details: { running: 1 } });
    expect(await removeStream(ctx(), { ...remove, stopRunning: true })).toMatchObject({ stopped: 1 });
    expect((await inForce())["status"]).toBe("off");
    expect(stopped).toEqual([scene.stream]);
    expect((await owner`select count(*)::int as n from records where stream_id = ${scene.stream}`)[0]?.["n"]).toBe(4);
  });
});

test("who looks at a customer's records to try a mapping is noted", async () => {
  const other = await createScene(owner, { name: "Other", records: 3 });
  const member = memberCtx(deps, other, "developer");
  const preview = await previewCustomer(member, { templateId: other.template, streamKey: "contacts", connectionId: other.connection });
  expect(preview.samples.map(({ label }) => label)).toContain("Newest");
  expect(preview.sourceFields.map(({ path }) => path)).toContain("properties.email");
  const [entry] = await owner`select * from audit_entries where environment_id = ${other.environment}`;
  expect(entry).toMatchObject({
    customer_id: other.customer,
    action: "records.preview",
    subject: other.connection,
    actor: expect.stringMatching(/@/),
  });
  const stranger = previewCustomer(member, { templateId: other.template, streamKey: "contacts", connectionId: scene.connection });
  await expect(stranger).rejects.toMatchObject({ code: "not_found" });
});
