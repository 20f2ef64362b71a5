import type postgres from "postgres";
import { describe, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createScene, memberCtx, type Scene } from "#tests/support/world";
import { previewCustomer } from "../mappings/preview-customer";
import { publishMapping } from "../mappings/publish-mapping";
import { saveDraft } from "../mappings/save-draft";
import { addStream } from "./add-stream";
import { adoptTemplateVersion } from "./adopt-version";
import { createTemplate } from "./create-template";
import { discardTemplateDraft } from "./discard-template-draft";
import { getTemplate } from "./get-template";
import { getTemplateDraft } from "./get-template-draft";
import { listObjects } from "./list-objects";
import { publishTemplate } from "./publish-template";
import { removeStream } from "./remove-stream";
import { setTemplateStatus } from "./set-template-status";
import { getTemplateVersion, listTemplateVersions } from "./template-versions";
import { updateTemplate } from "./update-template";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
const stopped: string[] = [];
const ctx = () => memberCtx(deps, scene, "developer");
const email = { target: "email", from: "properties.email" };
const inForce = async (): Promise<Record<string, unknown>> => (await owner`select * from streams where id = ${scene.stream}`)[0]!;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  deps.keeping = { ...deps.keeping, stopStream: async (ref) => stopped.push(ref.streamId) > 0 };
  scene = await createScene(owner, { records: 4 });
});

describe("a template of one's own", () => {
  let id: TemplateId;

  test("begins empty and off offer, and cannot be offered before there is something to offer", async () => {
    ({ id } = await createTemplate(ctx(), { integrationId: scene.integration, name: "People" }));
    await expect(setTemplateStatus(ctx(), { templateId: id, status: "published" })).rejects.toMatchObject({ code: "invalid" });
    const objects = await listObjects(ctx(), { integrationId: scene.integration });
    expect(objects.find(({ key }) => key === "contact")?.fields.length).toBeGreaterThan(3);
  });

  test("gets streams with a mapping, whose keys are free ones; its first version comes with the offer", async () => {
    expect(await addStream(ctx(), { templateId: id, object: "contact", model: "contact", fields: [email] })).toMatchObject({
      streamKey: "contact",
    });
    expect(await addStream(ctx(), { templateId: id, object: "contact", model: "contact", fields: [email] })).toMatchObject({
      streamKey: "contact_2",
    });
    expect(await getTemplate(ctx(), { templateId: id })).toMatchObject({ version: 0, streams: [] });
    await setTemplateStatus(ctx(), { templateId: id, status: "published" });
    const { version, status, streams } = await getTemplate(ctx(), { templateId: id });
    expect([version, status, streams.map(({ key, mappingVersion }) => `${key} ${mappingVersion}`)]).toEqual([
      1,
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

  test("is designed with how a stream writes, and says which setting cannot be so", async () => {
    const { id: written } = await createTemplate(ctx(), { integrationId: scene.integration, name: "Written" });
    const contact = (await listObjects(ctx(), { integrationId: scene.integration })).find(({ key }) => key === "contact");
    expect(contact?.writing).toMatchObject({ directions: ["pull", "push", "two_way"], spec: { writes: { fields: expect.any(Array) } } });
    const both = { templateId: written, object: "contact", model: "contact", direction: "two_way", fields: [email] } as const;
    const owners = { default: "manual", fields: { email: "ours" } } as const;
    const owned = { ...both, match: "email", owners, deletes: "keep", intervalMs: 60_000 } as const;
    const { streamKey } = await addStream(ctx(), owned);
    await expect(addStream(ctx(), { ...both, match: "phone" })).rejects.toMatchObject({ details: { issues: [{ path: "match" }] } });
    await expect(addStream(ctx(), { ...both, owners: { default: "ours", fields: { shoe: "theirs" } } })).rejects.toMatchObject({
      details: { issues: [{ path: "owners" }] },
    });
    const lookups = [{ key: "size", action: "no_such", input: {}, onError: "null" as const }];
    await expect(addStream(ctx(), { ...both, lookups })).rejects.toMatchObject({ details: { issues: [{ path: "lookups" }] } });
    // What the model requires is not filled by a stream that only sends, and need not be.
    const push = { templateId: written, object: "contact", model: "contact", direction: "push" } as const;
    const sent = [{ target: "firstName", from: "properties.firstname" }];
    const { streamKey: sending } = await addStream(ctx(), { ...push, fields: sent });
    // It sends what it is given.
    const offers = { filters: [{ path: "properties.score", label: "Score", values: [{ value: "1", label: "One" }] }] };
    await expect(addStream(ctx(), { ...push, fields: sent, offers })).rejects.toMatchObject({
      message: expect.stringContaining("only writes"),
      details: { issues: [{ path: "offers.filters" }] },
    });
    const filtered = saveDraft(ctx(), { templateId: written, streamKey: sending, fields: sent, filter: 'id != "1"' });
    await expect(filtered).rejects.toMatchObject({ code: "invalid", details: { issues: [{ path: "filter" }] } });
    await owner`update mappings set filter = 'id != "1"' where template_id = ${written} and stream_key = ${sending}`; // stored before
    await saveDraft(ctx(), { templateId: written, streamKey: sending, fields: sent, filter: 'id != "1"' });
    expect(await owner`select filter from mappings where template_id = ${written} and stream_key = ${sending}`).toEqual([{ filter: null }]);
    const choices = { email: { customer: "optional" as const } };
    await saveDraft(ctx(), { templateId: written, streamKey: sending, fields: sent, choices });
    await expect(saveDraft(ctx(), { templateId: written, streamKey, fields: [email], choices })).rejects.toMatchObject({ code: "invalid" });
    await publishTemplate(ctx(), { templateId: written });
    const [stream] = (await getTemplate(ctx(), { templateId: written })).streams;
    expect(stream).toMatchObject({ key: streamKey, direction: "two_way", match: "email", owners, deletes: "keep", intervalMs: 60_000 });
  });

  test("a stream goes and comes back with versions of the whole, and bears their number", async () => {
    await removeStream(ctx(), { templateId: id, streamKey: "contact_2" });
    await publishTemplate(ctx(), { templateId: id });
    expect((await getTemplate(ctx(), { templateId: id })).streams.map(({ key }) => key)).toEqual(["contact"]);
    await addStream(ctx(), { templateId: id, object: "contact", model: "contact", fields: [email] });
    await publishTemplate(ctx(), { templateId: id });
    const { version, streams } = await getTemplate(ctx(), { templateId: id });
    expect([version, streams.map(({ key, mappingVersion }) => `${key} ${mappingVersion}`)]).toEqual([3, ["contact 1", "contact_2 3"]]);
    await expect(publishTemplate(ctx(), { templateId: id })).rejects.toMatchObject({ code: "conflict" });
  });

  test("nobody runs it, so it may be put away", async () => {
    await setTemplateStatus(ctx(), { templateId: id, status: "archived" });
    expect((await getTemplate(ctx(), { templateId: id })).status).toBe("archived");
    await expect(setTemplateStatus(ctx(), { templateId: scene.template, status: "archived" })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a template that customers run", () => {
  test("what is changed waits for its publication, which its author sees whole; a version seen before is refused", async () => {
    const templateId = scene.template;
    const { version } = await getTemplate(ctx(), { templateId });
    const streams = [{ key: "contacts", label: "People", intervalMs: 20_000, backfillDays: 90, offers: {} }]; // no offers are no change
    await updateTemplate(ctx(), { templateId, version, streams });
    expect((await inForce())["interval_ms"]).toBe(300_000);
    expect((await getTemplate(ctx(), { templateId })).streams[0]).toMatchObject({ label: "Contacts" });
    const before = await getTemplateDraft(ctx(), { templateId });
    await saveDraft(ctx(), { templateId, streamKey: "contacts", fields: [{ ...email, required: true }] });
    const { changes, next, basis, reach } = await getTemplateDraft(ctx(), { templateId });
    expect(changes.map(({ what, key }) => `${what} ${key}`)).toEqual([
      "setting label",
      "setting intervalMs",
      "setting backfillDays",
      "field firstName",
    ]);
    expect(reach).toEqual([{ stream: "contacts", customers: 1, streams: 1 }]);
    await expect(publishTemplate(ctx(), { templateId, basis: before.basis })).rejects.toMatchObject({ code: "conflict" });
    await updateTemplate(ctx(), { templateId, basis: before.basis, description: "Everybody" }); // the mapping's draft is none of its business
    await expect(publishTemplate(ctx(), { templateId, basis })).rejects.toMatchObject({ code: "conflict" });
    const seen = (await getTemplateDraft(ctx(), { templateId })).basis;
    expect(await publishTemplate(ctx(), { templateId, basis: seen })).toMatchObject({ version: next, streams: 1, rollouts: [] });
    const row = await inForce();
    expect(row).toMatchObject({ interval_ms: 20_000, template_version: next });
    expect((row["due_at"] as Date).getTime()).toBeLessThanOrEqual(Date.now() + 21_000);
    expect(await getTemplate(ctx(), { templateId })).toMatchObject({
      ...{ version: next, description: "Everybody" },
      streams: [{ label: "People", backfillDays: 90, running: 1, records: 4, mappingVersion: next }],
    });
    await expect(updateTemplate(ctx(), { templateId, version, name: "x" })).rejects.toMatchObject({ code: "conflict" });
    await expect(updateTemplate(ctx(), { templateId, streams: [] })).rejects.toMatchObject({ code: "invalid" });
  });

  test("another schedule or name maps nothing anew", async () => {
    const { mapping_version: before } = await inForce();
    const streams = [{ key: "contacts", label: "Persons", intervalMs: 30_000, backfillDays: 90 }];
    await updateTemplate(ctx(), { templateId: scene.template, streams });
    await publishTemplate(ctx(), { templateId: scene.template });
    expect(await inForce()).toMatchObject({ interval_ms: 30_000, mapping_version: before });
  });

  test("versions say who made them, what they changed, and can be drafted again", async () => {
    const templateId = scene.template;
    const [newest, earlier] = await listTemplateVersions(ctx(), { templateId });
    expect(newest).toMatchObject({ version: 3, status: "published", createdBy: expect.stringMatching(/@/) });
    const { changes, before, document } = await getTemplateVersion(ctx(), { templateId, version: 3 });
    expect([before, changes.map(({ key }) => key), document.streams[0]?.mapping.version]).toEqual([
      earlier?.version,
      ["label", "intervalMs"],
      3,
    ]);
    await adoptTemplateVersion(ctx(), { templateId, version: earlier?.version ?? 0 });
    expect((await getTemplateDraft(ctx(), { templateId })).changes).toMatchObject([
      { what: "setting", key: "label", before: "Persons", after: "People" },
      { what: "setting", key: "intervalMs", before: 30_000, after: 20_000 },
    ]);
    await discardTemplateDraft(ctx(), { templateId });
    expect((await getTemplateDraft(ctx(), { templateId })).changes).toEqual([]);
  });

  test("choices and filter are drafted, kept by later drafts, and come with the published version", async () => {
    const ref = { templateId: scene.template, streamKey: "contacts" };
    const fields = [{ ...email, required: true }];
    const choices = { firstName: { customer: "must_choose" as const, prompt: "Which is the first name?" } };
    await saveDraft(ctx(), { ...ref, fields, filter: "properties.email != null", choices });
    await saveDraft(ctx(), { ...ref, fields });
    await publishMapping(ctx(), ref);
    const { streams } = await getTemplate(ctx(), { templateId: scene.template });
    expect(streams[0]).toMatchObject({ mappingVersion: 4, filter: "properties.email != null", choices: { must_choose: 1 } });
    const wrong = saveDraft(ctx(), { ...ref, fields, choices: { nothing: { customer: "choose" } } });
    await expect(wrong).rejects.toMatchObject({ code: "invalid", details: { issues: [{ path: "nothing", message: expect.any(String) }] } });
    const hidden = saveDraft(ctx(), { ...ref, fields: [], choices: { email: { customer: "hidden" } } });
    await expect(hidden).rejects.toMatchObject({ code: "invalid", details: { issues: [{ path: "email", message: expect.any(String) }] } });
    await saveDraft(ctx(), { ...ref, fields });
    expect((await owner`select choices from mappings where template_id = ${scene.template} and status = 'draft'`)[0]?.["choices"]).toEqual(
      choices,
    );
  });

  test("a stream is only taken out with what that does to them, and not before it is published", async () => {
    const templateId = scene.template;
    await setTemplateStatus(ctx(), { templateId, status: "draft" });
    await removeStream(ctx(), { templateId, streamKey: "contacts" });
    expect((await inForce())["status"]).toBe("active");
    await expect(publishTemplate(ctx(), { templateId })).rejects.toMatchObject({ code: "conflict", details: { running: 1 } });
    expect(await publishTemplate(ctx(), { templateId, stopRunning: true })).toMatchObject({ stopped: 1 });
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
