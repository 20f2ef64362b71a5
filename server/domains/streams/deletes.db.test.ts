import fc from "fast-check";
import type postgres from "postgres";
import { describe, expect, test } from "vitest";
import { listChanges } from "#server/domains/records/list-changes";
import type { Ctx } from "#server/lib/context";
import type { Source, SourcePage } from "#server/runtime/source";
import { ctx, decide, legOf, live, openRun, owner, pace, run, scene, stream, streamId, sync, usingPulling } from "#tests/support/pulling";
import { replicaOf } from "#tests/support/replica";
import { type Person, samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { finishScan } from "./finish-scan";
import { getMissing } from "./get-missing";
import { pullPages } from "./pull-pages";

usingPulling();

describe("what the source says is deleted", () => {
  const saying = (records: Person[], deleted: string[]): Source => ({
    readPage: async (): Promise<SourcePage> => ({
      records: records.map(({ id, ...properties }) => ({ id, value: { id, properties } })),
      faults: [],
      deleted,
      cursor: "0",
      done: true,
      total: null,
      facts: { method: "GET", path: "/people", status: 200, ms: 1, bytes: 10, retries: 0 },
    }),
  });

  test("becomes a tombstone and a change, once; what it said is not kept; who comes back is new again", async () => {
    const [ada, ben] = samplePeople(2) as [Person, Person];
    await sync(saying([ada, ben], ["never-held"]));
    expect((await listChanges(ctx, { after: 0, limit: 10 })).items.map((one) => one.op)).toEqual(["created", "created"]);

    const gone = await sync(saying([], [ada.id, "never-held"]));
    expect(await run(gone.runId)).toMatchObject({ seen: 2, deleted: 1, unchanged: 0, updated: 0 });
    expect(await stream()).toMatchObject({ record_count: 1, tombstone_count: 1 });
    const [tomb] = await owner`select source, data from records where stream_id = ${streamId} and external_id = ${ada.id}`;
    expect(tomb).toEqual({ source: "", data: {} });
    const last = (await listChanges(ctx, { after: 0, limit: 10 })).items.at(-1);
    expect(last).toMatchObject({ op: "deleted", record: null });

    await sync(saying([], [ada.id])); // told again: nothing happens
    expect((await listChanges(ctx, { after: 0, limit: 10 })).items).toHaveLength(3);

    const back = await sync(saying([ada], []));
    expect(await run(back.runId)).toMatchObject({ created: 1, updated: 0 });
    expect(await stream()).toMatchObject({ record_count: 2, tombstone_count: 0 });
    expect((await replicaOf(ctx, 7)).size).toBe(2);
  });
});

describe("a whole reading that shows who is missing", () => {
  test("deletes those who did not come, and nobody who came or was held back", async () => {
    const source = scriptedSource(samplePeople(120), 50, true);
    await sync(source);
    expect(await owner`select count(*)::int from seen where stream_id = ${streamId}`).toEqual([{ count: 0 }]); // nothing could be missing
    source.people.splice(10, 20);
    const bad = source.people[60] as Person;
    source.people[60] = { ...bad, email: null as unknown as string }; // comes, but cannot be mapped
    const { runId } = await sync(source);
    expect(await run(runId)).toMatchObject({ deleted: 20, quarantined: 1 });
    expect(await live()).toHaveLength(100);
    expect(await live()).toContain(bad.id);
    expect((await replicaOf(ctx, 7)).size).toBe(100);
    expect(await stream()).toMatchObject({ scan: null, scan_complete: false, record_count: 100, missing_count: null });
    expect(await owner`select count(*)::int from seen where stream_id = ${streamId}`).toEqual([{ count: 0 }]);
  });

  test("a reading with a record that nobody knows the id of deletes nobody", async () => {
    const source = scriptedSource(samplePeople(60), 25, true);
    await sync(source);
    source.people.splice(0, 5);
    const clouded: Source = {
      readPage: async (cursor) => {
        const page = await source.readPage(cursor);
        return cursor === "25" ? { ...page, scan: { first: false, trusted: false } } : page;
      },
    };
    await sync(clouded);
    expect(await live()).toHaveLength(60);
    await sync(source);
    expect(await live()).toHaveLength(55);
  });

  test("where rows move between pages, one that a reading missed is gone only when the next one misses it too", async () => {
    const source = scriptedSource(samplePeople(60), 25, true);
    const moving: Source = {
      readPage: async (cursor) => {
        const page = await source.readPage(cursor);
        return page.scan ? { ...page, scan: { ...page.scan, moving: true } } : page;
      },
    };
    await sync(moving);
    const [passed, ...gone] = source.people.splice(0, 5);
    await sync(moving);
    expect(await live()).toHaveLength(60); // nobody is missed twice
    source.people.push(passed as Person); // it was there all along
    const late = source.people.splice(10, 1)[0] as Person;
    await sync(moving);
    expect(await live()).toHaveLength(60 - gone.length);
    source.people.push(late);
    await sync(moving); // missed once, and there again
    source.people.splice(source.people.indexOf(late), 1);
    await sync(moving); // missed for the first time, as it came in between
    expect(await live()).toContain(late.id);
    await sync(moving);
    expect(await live()).toHaveLength(55);
    expect(await stream()).toMatchObject({ scan: null, scan_complete: false, record_count: 55, missing_count: null });
  });

  test("a worker that dies after the last page leaves the rest to the next attempt", async () => {
    const source = scriptedSource(samplePeople(60), 25, true);
    await sync(source);
    source.people.splice(0, 5);
    const runId = await openRun();
    const leg = await legOf(runId);
    // The pages are written, the end of the reading is not.
    await expect(
      pullPages(
        { ...ctx, db: { ...ctx.db, raw: dyingAt(ctx.db.raw, "sync_finish_scan") } } as Ctx,
        { streamId, runId, leg: { ...leg, cursor: null }, source },
        pace(),
      ),
    ).rejects.toThrow("killed");
    expect(await live()).toHaveLength(60);
    const again = await legOf(runId);
    expect(again.scanComplete).toBe(true);
    expect(await finishScan(ctx, { streamId, runId, leg: again })).toBe(5);
    expect(await live()).toHaveLength(55);
  });

  test("when too many are missing nobody is deleted until a person says so, and then no more than that", async () => {
    const people = samplePeople(400);
    const source = scriptedSource(people, 100, true);
    await sync(source);
    source.people.splice(0, 100);
    const { error } = await sync(source);
    expect(error).toMatchObject({
      code: "delete_guard_tripped",
      message: "100 of 400 records did not come any more; none of them was deleted.",
    });
    expect(await live()).toHaveLength(400);
    expect(await stream()).toMatchObject({ missing_count: 100, scan: null });
    const missing = await getMissing(ctx, { streamId: scene.stream });
    expect(missing).toMatchObject({ count: 100, of: 400 });
    expect(missing?.examples).toHaveLength(10);
    expect(missing?.examples[0]).toEqual({ externalId: "p000000", what: "p0@example.com · First 0" });

    await decide("decline");
    expect(await stream()).toMatchObject({ missing_count: null, missing_examples: null });
    expect(await getMissing(ctx, { streamId: scene.stream })).toBeNull();
    await expect(decide("approve")).rejects.toMatchObject({ code: "conflict" });

    await sync(source); // asked again
    await decide("approve");
    expect(await stream()).toMatchObject({ reread: true, deletes_allowed: 100 });
    source.people.splice(0, 150); // more than was allowed has gone meanwhile
    expect((await sync(source)).error).toMatchObject({ code: "delete_guard_tripped" });
    expect(await live()).toHaveLength(400);
    await decide("approve");
    expect((await sync(source)).error).toBeNull();
    expect(await live()).toHaveLength(150);
    expect((await replicaOf(ctx, 7)).size).toBe(150);
  });

  test("of a few records no more than half go unasked; how many of more, the template says", async () => {
    const source = scriptedSource(samplePeople(50), 25, true);
    await sync(source);
    const [kept] = source.people.splice(0, 49) as [Person];
    source.people.push(kept);
    expect((await sync(source)).error).toMatchObject({ code: "delete_guard_tripped" });
    expect(await live()).toHaveLength(50);
    source.people = samplePeople(25);
    expect((await sync(source)).error).toBeNull();
    expect(await live()).toHaveLength(25);

    const guard = (value: object) =>
      owner`update templates set streams = jsonb_set(streams, '{0,deleteGuard}', ${owner.json(value as never)}) where id = ${scene.template}`;
    await guard({ records: 4, percent: 10 });
    source.people = samplePeople(20);
    expect((await sync(source)).error).toMatchObject({ code: "delete_guard_tripped" });
    await guard({ records: 4, percent: 25 });
    expect((await sync(source)).error).toBeNull();
    expect(await live()).toHaveLength(20);
  });

  test("an empty answer where records were is no proof", async () => {
    const source = scriptedSource(samplePeople(12), 5, true);
    await sync(source);
    source.people.length = 0;
    expect((await sync(source)).error).toMatchObject({ code: "delete_guard_tripped" });
    expect(await live()).toHaveLength(12);
  });

  test("whatever comes and goes between readings, the feed alone rebuilds the source's truth", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            drop: fc.array(fc.nat(29), { maxLength: 6 }),
            add: fc.array(fc.nat(29), { maxLength: 6 }),
            size: fc.integer({ min: 1, max: 9 }),
          }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        async (steps) => {
          const all = samplePeople(30);
          const source = scriptedSource([...all], 7, true);
          await owner`update streams set deletes_allowed = null, missing_count = null where id = ${streamId}`;
          await sync(source);
          for (const { drop, add } of steps) {
            const ids = new Set(source.people.map((one) => one.id));
            for (const n of drop) ids.delete(all[n]?.id ?? "");
            for (const n of add) ids.add(all[n]?.id ?? "");
            source.people = all.filter((one) => ids.has(one.id));
            await sync(source);
          }
          expect(await live()).toEqual(source.people.map((one) => one.id));
          expect([...(await replicaOf(ctx, 5)).keys()].length).toBe(source.people.length);
        },
      ),
      { numRuns: 12 },
    ));
});

/** A connection on which any statement that names `text` fails as a killed process would leave it. */
function dyingAt(sql: postgres.Sql, text: string): postgres.Sql {
  return new Proxy(sql, {
    apply: (target, self, args: [TemplateStringsArray]) =>
      Array.isArray(args[0]) && args[0].join("").includes(text) ? Promise.reject(new Error("killed")) : Reflect.apply(target, self, args),
  });
}
