import { describe, expect, test } from "vitest";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import type { StreamChosen } from "#server/domains/templates/offers";
import type { StreamId } from "#server/lib/ids";
import { ctx, decide, live, owner, run, scene, stream, streamId, sync, usingPulling } from "#tests/support/pulling";
import { replicaOf } from "#tests/support/replica";
import { samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { customerCtx } from "#tests/support/world";

import { chooseForStream } from "./choose-for-stream";

usingPulling();

describe("a filter", () => {
  const publish = async (filter: string | null) => {
    const ref = { templateId: scene.template, streamKey: "contacts" };
    const [current] =
      await owner`select fields from mappings where template_id = ${scene.template} and status = 'published' order by version desc limit 1`;
    await saveDraft(ctx, { ...ref, fields: current?.fields, filter });
    return publishMapping(ctx, ref);
  };

  test("leaves records out, takes those out that no longer pass, and lets them in again; the rest is not asked for twice", async () => {
    const source = scriptedSource(samplePeople(20), 10);
    await sync(source);
    await publish('properties.email.startsWith("p1")'); // p1, p10 … p19
    const remap = await sync(source);
    expect(await run(remap.runId)).toMatchObject({ kind: "remap", deleted: 9, skipped: 9 });
    expect(await live()).toHaveLength(11);
    const reread = await sync(source);
    expect(await run(reread.runId)).toMatchObject({ kind: "backfill", deleted: 0, skipped: 9, unchanged: 11 });

    await publish(null);
    await sync(source); // the remap finds nothing to take out
    const all = await sync(source);
    expect(await run(all.runId)).toMatchObject({ kind: "backfill", created: 9, skipped: 0 });
    expect(await live()).toHaveLength(20);
    expect((await replicaOf(ctx, 7)).size).toBe(20);
  });

  test("takes only the values that the customer wants, of those that the template offers; the rest leaves and comes back", async () => {
    const source = scriptedSource(samplePeople(20), 10);
    const values = ["p1@example.com", "p2@example.com"].map((value) => ({ value, label: value }));
    const offers = { filters: [{ path: "properties.email", label: "E-mail", values }], intervals: [3_600_000] };
    await owner`update templates set streams = jsonb_set(streams, '{0,offers}', ${owner.json(offers)}) where id = ${scene.template}`;
    await sync(source);
    const choose = (chosen: StreamChosen) => chooseForStream(customerCtx(ctx, scene), { streamId: streamId as StreamId, chosen });
    const before = await stream();
    for (const chosen of [
      { only: { "properties.email": ["p3@example.com"] } },
      { only: { id: ["p1"] } },
      { intervalMs: 10_000 },
      { backfillDays: 7 },
    ])
      await expect(choose(chosen)).rejects.toMatchObject({ code: "invalid" });
    expect(await stream()).toEqual(before);

    const most = offers.filters[0]?.values.map(({ value }) => value) ?? [];
    await owner`update streams set deletes_allowed = 100 where id = ${streamId}`;
    await choose({ only: { "properties.email": most }, intervalMs: 3_600_000 });
    expect(await stream()).toMatchObject({ interval_ms: 3_600_000, reread: true });
    await sync(source);
    expect(await live()).toHaveLength(2);
    await publish(null); // a new version of the template keeps what the customer chose
    await sync(source);
    expect(await live()).toHaveLength(2);
    await choose({});
    await sync(source);
    await sync(source);
    expect(await live()).toHaveLength(20);
  });

  test.each([
    ["from a source that shows who is missing", true],
    ["from one that does not", false],
  ])("that would take out most of what is held takes out nobody before a person has said so, %s", async (_name, scans) => {
    const source = scriptedSource(samplePeople(200), 50, scans);
    await sync(source);
    await publish('properties.email == "nobody@example.com"');
    const { error } = await sync(source); // the stored records, by the new mapping
    expect(error).toMatchObject({
      code: "delete_guard_tripped",
      message: "the filter leaves out 200 of 200 records that are held; none of them was deleted.",
    });
    expect(await live()).toHaveLength(200);
    expect(await stream()).toMatchObject({ missing_count: 200, missing_left_out: 200, record_count: 200, mapped_version: 2 });
    expect((await sync(source)).error).toMatchObject({ code: "delete_guard_tripped" }); // the source, read anew
    expect(await live()).toHaveLength(200);

    // Few are let go without asking, and those that pass again stay.
    await publish('!properties.email.startsWith("p19")');
    await sync(source);
    expect((await sync(source)).error).toBeNull();
    expect(await live()).toHaveLength(189);
    expect(await stream()).toMatchObject({ record_count: 189 });
  });

  test("is followed once a person has approved, at the end of the whole reading", async () => {
    const source = scriptedSource(samplePeople(200), 50);
    await sync(source);
    await publish('properties.email.startsWith("p1")'); // p1, p10 … p19, p100 … p199
    expect((await sync(source)).error).toMatchObject({ code: "delete_guard_tripped" });
    await decide("approve");
    const { error, runId } = await sync(source);
    expect(error).toBeNull();
    expect(await run(runId)).toMatchObject({ kind: "backfill", deleted: 89 });
    expect(await live()).toHaveLength(111);
    expect((await replicaOf(ctx, 7)).size).toBe(111);
    expect(await stream()).toMatchObject({ missing_count: null, missing_left_out: null, deletes_allowed: null });
    expect(await owner`select count(*)::int from seen where stream_id = ${streamId}`).toEqual([{ count: 0 }]);
  });

  test("one that does not compile is refused with what is wrong; one that fails on a record holds it back", async () => {
    await expect(publish("properties.email ==")).rejects.toMatchObject({ code: "invalid" });
    await sync(scriptedSource(samplePeople(3), 10));
    await publish("properties.email");
    const source = scriptedSource(samplePeople(3), 10);
    await sync(source);
    await sync(source);
    const held = await owner`select message from quarantine where stream_id = ${streamId}`;
    expect(held).toHaveLength(3);
    expect(held[0]?.message).toContain("must say true or false");
  });
});
