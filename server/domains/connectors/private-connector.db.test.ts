import postgres from "postgres";
import { describe, expect, test } from "vitest";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { createIntegration } from "#server/domains/integrations/create-integration";
import { getIntegrationDetail } from "#server/domains/marketplace/get-integration-detail";
import { listMarketplace } from "#server/domains/marketplace/list-marketplace";
import { listRecords } from "#server/domains/records/list-records";
import { claimRun } from "#server/domains/streams/claim-run";
import { finishRun } from "#server/domains/streams/finish-run";
import { streamCtx } from "#server/domains/streams/internal";
import { syncLeg } from "#server/domains/streams/sync-leg";
import { createFromObject } from "#server/domains/templates/create-from-object";
import { getMappingEditor } from "#server/domains/templates/get-mapping-editor";
import { newId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import { guideManifest } from "#tests/support/hivewise";
import { edited, hivewiseScene, refusal } from "#tests/support/hivewise-scene";
import { createScene, customerCtx, insert, memberCtx } from "#tests/support/world";
import { compareVersions } from "./compare-versions";
import { getConnector, listConnectors } from "./list-connectors";
import { getVersion, listVersions } from "./list-versions";
import { publishVersion } from "./publish-version";
import { retireVersion } from "./retire-version";
import { saveVersion } from "./save-version";

const KEY = "x-hivewise";
const t = hivewiseScene();
const { ctx } = t;

async function published(source = guideManifest()): Promise<number> {
  const { version } = await saveVersion(ctx(), { source });
  await publishVersion(ctx(), { key: KEY, version, acceptBreaking: true });
  return version;
}

/** One run of a stream, to its end, as the worker does it. */
async function run(streamId: string) {
  const ref = { vendorId: t.scene.vendor, environmentId: t.scene.environment, customerId: t.scene.customer, streamId };
  const work = streamCtx(t.worker, ref, "test");
  await t.owner`update streams set due_at = now() where id = ${streamId}`;
  const claim = await claimRun(work, ref);
  if (claim.kind !== "run") throw new Error(claim.kind);
  const tally = await syncLeg(
    work,
    { ...ref, runId: claim.runId },
    { signal: new AbortController().signal, untilMs: performance.now() + 60_000, beat: () => {} },
  );
  await finishRun(work, { ...ref, runId: claim.runId, outcome: { kind: "succeeded" } });
  return tally;
}

async function connected() {
  const integration = await createIntegration(ctx(), { connectorKey: KEY, sandboxOrigin: t.hivewise.party.origin });
  const template = await createFromObject(ctx(), { integrationId: integration.id as never, object: "hive" });
  const outcome = await submitApiKey(customerCtx(t.web, t.scene), {
    integrationId: integration.id as never,
    fields: { region: "eu1", api_key: "hv-key-good-1" },
  });
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  const { streamIds } = await activateTemplate(customerCtx(t.web, t.scene), {
    connectionId: outcome.connectionId,
    templateId: template.id,
  });
  return { integration, template, connectionId: outcome.connectionId, streamId: streamIds[0] ?? "" };
}

describe("the guide", () => {
  test("leads from the file to records: upload, publish, integration, template, key, sync, changes", async () => {
    expect(await saveVersion(ctx(), { source: guideManifest() })).toEqual({ key: KEY, version: 1, created: true });
    await publishVersion(ctx(), { key: KEY, version: 1 });
    const { integration, template, streamId } = await connected();

    const cards = await listMarketplace(customerCtx(t.web, t.scene));
    expect(cards.find((card) => card.id === integration.id)).toMatchObject({
      name: "Hivewise",
      badge: "connected",
      categories: ["Agriculture"],
    });
    const detail = await getIntegrationDetail(customerCtx(t.web, t.scene), { integrationId: integration.id });
    expect(detail.fields.map((field) => [field.key, field.secret])).toEqual([
      ["region", false],
      ["api_key", true],
    ]);
    expect(detail.connections[0]).toMatchObject({ accountId: "AP-7", accountLabel: "Linden Row" });

    expect(await run(streamId)).toMatchObject({ seen: 230, done: true });
    const first = await listRecords(ctx(), { streamId: streamId as never, limit: 500 });
    expect(first.items.length).toBe(230);
    expect(first.items.find((item) => item.externalId === "H-003")?.data).toEqual({
      tag: "H-003",
      name: "Hive 3",
      frames: 10,
      year: 2025,
      marked: true,
    });

    t.hivewise.hives[2]!.name = "By the pond";
    t.hivewise.hives[2]!.modified = Math.floor(Date.now() / 1_000);
    expect(await run(streamId)).toMatchObject({ seen: 1, done: true });
    const again = await listRecords(ctx(), { streamId: streamId as never, limit: 500 });
    expect(again.items.find((item) => item.externalId === "H-003")?.data["name"]).toBe("By the pond");

    const editor = await getMappingEditor(ctx(), { templateId: template.id, streamKey: "hive" });
    expect(editor.sourceFields.map((field) => field.path)).toContain("queen.year");
  });

  test("its errors are those it shows", async () => {
    const error = await refusal(
      saveVersion(ctx(), {
        source: edited("path: /api/hives }", "path: api/hives }").replace("updatedAt: modified", "updateAt: modified"),
      }),
    );
    expect(error.message).toMatch(/line \d+, objects\.hive\.list\.path: must start with "\/"/);
    expect(error.message).toMatch(/line \d+, objects\.hive\.updateAt: is not known here; did you mean "updatedAt"\?/);
  });
});

describe("versions", () => {
  test("the same file is one version, the next has the next number, and a key is taken once", async () => {
    await saveVersion(ctx(), { source: guideManifest(), as: { kind: "new" } });
    expect(await saveVersion(ctx(), { source: guideManifest(), as: { kind: "next", key: KEY } })).toMatchObject({
      version: 1,
      created: false,
    });
    expect(await saveVersion(ctx(), { source: edited("Hives and", "All hives and") })).toMatchObject({ version: 2, created: true });
    expect((await refusal(saveVersion(ctx(), { source: guideManifest(), as: { kind: "new" } }))).code).toBe("conflict");
    expect((await refusal(saveVersion(ctx(), { source: guideManifest(), as: { kind: "next", key: "x-other" } }))).message).toMatch(
      /key: must be "x-other"/,
    );
    expect((await listVersions(ctx(), { key: KEY })).map((row) => [row.version, row.status])).toEqual([
      [2, "draft"],
      [1, "draft"],
    ]);
  });

  test("ten at once get ten numbers", async () => {
    const saved = await Promise.all(
      Array.from({ length: 10 }, (_, i) => saveVersion(ctx(), { source: edited("Hives and", `${i} hives and`) })),
    );
    expect(saved.map((one) => one.version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("their content cannot be changed or removed, by no role of the application", async () => {
    await saveVersion(ctx(), { source: guideManifest() });
    for (const role of ["inlay_web", "inlay_worker", "inlay_system"]) {
      const sql = postgres(t.db.url, { max: 1, connection: { role } as Record<string, string> });
      await sql`select set_config('app.vendor_id', ${t.scene.vendor}, false)`;
      await expect(sql`update connector_versions set manifest = '{}'`).rejects.toThrow(/permission denied/);
      await expect(sql`delete from connector_versions`).rejects.toThrow(/permission denied/);
      await sql.end();
    }
  });

  test("are nobody else's, and two vendors may use one key", async () => {
    await published();
    const other = await createScene(t.owner, { records: 0 });
    const theirs = memberCtx(t.web, other);
    expect((await refusal(getConnector(theirs, { key: KEY }))).code).toBe("not_found");
    expect((await refusal(getVersion(theirs, { key: KEY, version: 1 }))).code).toBe("not_found");
    expect((await refusal(createIntegration(theirs, { connectorKey: KEY }))).code).toBe("not_found");
    expect(await saveVersion(theirs, { source: edited("Hives and", "Their hives and") })).toMatchObject({ version: 1, created: true });
    await publishVersion(theirs, { key: KEY, version: 1 });
    const ref = { connectorKey: KEY, connectorVersion: null };
    expect([(await findManifest(ctx(), ref)).tagline, (await findManifest(theirs, ref)).tagline]).toEqual([
      "Hives and inspections",
      "Their hives and inspections",
    ]);
  });

  test("a draft is used by nobody; integrations follow what is published, or stay where they were put", async () => {
    await published();
    const [follows, stays] = [
      await createIntegration(ctx(), { connectorKey: KEY, name: "Follows" }),
      await createIntegration(ctx(), { connectorKey: KEY, name: "Stays", connectorVersion: 1 }),
    ];
    await saveVersion(ctx(), { source: edited("[Agriculture]", "[Farming]") });
    const seen = async () => {
      const refs = await t.owner<
        { id: string; v: number | null }[]
      >`select id, connector_version as v from integrations where id in ${t.owner([follows.id, stays.id])} order by name`;
      return Promise.all(refs.map(async ({ v }) => (await findManifest(ctx(), { connectorKey: KEY, connectorVersion: v })).categories[0]));
    };
    expect(await seen()).toEqual(["Agriculture", "Agriculture"]);
    await publishVersion(ctx(), { key: KEY, version: 2 });
    expect(await seen()).toEqual(["Farming", "Agriculture"]);
    expect((await refusal(retireVersion(ctx(), { key: KEY, version: 1 }))).message).toMatch(/stay with version 1/);
    await retireVersion(ctx(), { key: KEY, version: 2 });
    expect(await seen()).toEqual(["Agriculture", "Agriculture"]);
    await t.owner`update integrations set connector_version = null where id = ${stays.id}`;
    expect((await refusal(retireVersion(ctx(), { key: KEY, version: 1 }))).message).toMatch(/only published one/);
  });

  test("records that the former version could not read are read again with the next one; what did not fit the mapping is not", async () => {
    await published();
    const { streamId } = await connected();
    await run(streamId);
    const held = (id: string, field: string | null) => {
      const place = { stream_id: streamId, environment_id: t.scene.environment, customer_id: t.scene.customer };
      return insert(t.owner, "quarantine", {
        id: newId("quarantine"),
        ...place,
        external_id: id,
        code: "record_invalid",
        message: "no",
        field,
        source: "{}",
      });
    };
    const rereads = async () => (await t.owner`select reread from streams where id = ${streamId}`)[0]?.["reread"];
    await held("H-001", "frames");
    await saveVersion(ctx(), { source: edited("Hives and", "All hives and") });
    await publishVersion(ctx(), { key: KEY, version: 2 });
    expect(await rereads()).toBe(false);
    await held("H-002", null);
    await t.owner`update streams set quarantine_count = 2 where id = ${streamId}`;
    await saveVersion(ctx(), { source: edited("Hives and", "Many hives and") });
    await publishVersion(ctx(), { key: KEY, version: 3 });
    expect(await rereads()).toBe(true);
    expect(await run(streamId)).toMatchObject({ seen: 230, done: true });
    const left = await t.owner`select external_id from quarantine where stream_id = ${streamId}`;
    expect(left.map((row) => row["external_id"])).toEqual([]);
  });

  test("what takes something away is told, with how many it touches, and published only when accepted", async () => {
    await published();
    await connected();
    await saveVersion(ctx(), {
      source: edited("      - { path: frames, type: number, title: Frames }\n", "")
        .replace("id: tag", "id: name")
        .replace("x-hive-key", "X-Key"),
    });
    const { breaking, changes } = await compareVersions(ctx(), { key: KEY, to: 2 });
    expect(breaking.map(({ path, connections, streams }) => [path, connections, streams])).toEqual([
      ["objects.hive.fields.frames", 1, 1],
      ["objects.hive.id", 1, 1],
    ]);
    expect(changes.map((one) => `${one.kind} ${one.path}`)).toContain("removed objects.hive.fields.frames");
    const refused = await refusal(publishVersion(ctx(), { key: KEY, version: 2 }));
    expect([refused.code, refused.message]).toEqual(["conflict", expect.stringMatching(/objects\.hive\.id: .*1 connections, 1 streams/)]);
    await publishVersion(ctx(), { key: KEY, version: 2, acceptBreaking: true });
    expect((await getConnector(ctx(), { key: KEY })).published).toBe(2);
  });
});

test("own connectors are listed before shipped ones; a report says what is claimed and where requests go", async () => {
  await published();
  const rows = await listConnectors(ctx());
  expect(rows[0]).toMatchObject({ key: KEY, origin: "private", objects: 2, published: 1, latest: { version: 1, status: "published" } });
  expect(rows.some((row) => row.key === "hubspot" && row.origin === "shipped")).toBe(true);
  const { report } = await getVersion(ctx(), { key: KEY, version: 1 });
  expect(report.hosts).toEqual(["{region}.hivewise.example"]);
  expect(report.claims.filter((claim) => claim.by === "read").every((claim) => claim.state === "ok")).toBe(true);
  expect(report.claims.find((claim) => claim.claim === "hive.changes")?.state).toBe("untried");
  // Played in bounded time: under load some may be left over, but none fails.
  const played = report.claims.filter((claim) => claim.by === "played");
  expect(played.find((claim) => claim.state === "ok")).toBeDefined();
  expect(played.filter((claim) => claim.state === "failed")).toEqual([]);
});
