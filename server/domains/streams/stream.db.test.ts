import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { listChanges } from "#server/domains/records/list-changes";
import { listRecords } from "#server/domains/records/list-records";
import { calmIsOver } from "#tests/support/calm-over";
import { ctx, owner, run, scene, stream, streamId, usingPulling } from "#tests/support/pulling";
import { replicaOf } from "#tests/support/replica";
import { samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { beginLeg } from "./begin-leg";
import { claimRun } from "./claim-run";
import { finishRun } from "./finish-run";
import { pauseStream, resumeStream } from "./pause-stream";
import { pullPages } from "./pull-pages";
import { remapRecords } from "./remap-records";
import { StaleAttempt } from "./stale-attempt";
import { stopConnectionStreams } from "./stop-connection-streams";
import { syncNow } from "./sync-now";

usingPulling();

const pace = (ms = 60_000) => ({ beat: () => {}, untilMs: performance.now() + ms, signal: new AbortController().signal });

async function openRun(): Promise<string> {
  const claim = await claimRun(ctx, { streamId });
  if (claim.kind !== "run") throw new Error(`expected a run, got ${JSON.stringify(claim)}`);
  return claim.runId;
}

async function leg(runId: string) {
  const begun = await beginLeg(ctx, { streamId, runId });
  if (!begun) throw new Error("the leg did not begin");
  return begun;
}

async function sync(source: ReturnType<typeof scriptedSource>) {
  await owner`update streams set due_at = now() where id = ${streamId}`;
  const runId = await openRun();
  const tally = await pullPages(ctx, { streamId, runId, leg: { ...(await leg(runId)), cursor: null }, source }, pace());
  await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
  return { runId, tally };
}

const replica = (limit = 7) => replicaOf(ctx, limit);

describe("a pull", () => {
  test("stores every record once, tells the feed once, and counts honestly", async () => {
    const source = scriptedSource(samplePeople(230), 50);
    const { runId } = await sync(source);
    expect(await run(runId)).toMatchObject({ status: "succeeded", pages: 5, seen: 230, created: 230, updated: 0, unchanged: 0 });
    expect(await stream()).toMatchObject({ phase: "incremental", record_count: 230, cursor: "0", failure_code: null, run_id: null });
    expect((await replica()).size).toBe(230);

    const again = await sync(source);
    expect(await run(again.runId)).toMatchObject({ created: 0, updated: 0, unchanged: 230 });
    expect((await listChanges(ctx, { after: 0, limit: 1000 })).items).toHaveLength(230);

    source.people[3] = { id: "p000003", email: "new@example.com", firstname: "New" };
    const third = await sync(source);
    expect(await run(third.runId)).toMatchObject({ created: 0, updated: 1, unchanged: 229 });
    expect((await replica()).get("p000003")).toEqual({ email: "new@example.com", firstName: "New" });
  });

  test("among pages that are as they were, what changed, came back, is held back or stands on two pages is taken all the same", async () => {
    const source = scriptedSource(samplePeople(100), 10);
    await sync(source);
    const [old] = source.people.slice(44, 45);
    const changed = { id: "p000044", email: "late@example.com", firstname: "Late" };
    const twice = source.people.slice();
    twice[44] = changed;
    twice.splice(50, 0, old!); // what was, on the next page: the later one stands
    twice[71] = { id: "p000070", email: "", firstname: "No mail" };
    source.people = twice;
    const { runId } = await sync(source);
    expect(await run(runId)).toMatchObject({ seen: 101, created: 0, updated: 2, quarantined: 1, unchanged: 98 });
    expect((await replica()).get("p000044")).toEqual({ email: old?.email, firstName: old?.firstname });
    expect(await stream()).toMatchObject({ record_count: 100, quarantine_count: 1 });

    source.people = samplePeople(100);
    source.people[99] = { id: "new", email: "new@example.com", firstname: "New" };
    const again = await sync(source);
    expect(await run(again.runId)).toMatchObject({ seen: 100, created: 1, updated: 0, unchanged: 99 });
    expect(await stream()).toMatchObject({ record_count: 101, quarantine_count: 0 });
    expect((await replica()).size).toBe(101);
  });

  test("a change in an unmapped field is stored but not told", async () => {
    const source = scriptedSource(samplePeople(3), 3);
    await sync(source);
    source.people = source.people.map((person) => ({ ...person, phone: "1" }));
    const { runId } = await sync(source);
    expect(await run(runId)).toMatchObject({ updated: 0, unchanged: 3 });
    const [row] = await owner`select source from records where stream_id = ${streamId} limit 1`;
    expect(row?.["source"]).toContain('"phone":"1"');
  });

  test("a record that does not fit is held back, the rest of its page flows, and it is taken once it fits", async () => {
    const source = scriptedSource(samplePeople(4), 2);
    source.people[1] = { id: "p000001", email: "", firstname: "No mail" };
    const { runId } = await sync(source);
    expect(await run(runId)).toMatchObject({ seen: 4, created: 3, quarantined: 1 });
    expect(await stream()).toMatchObject({ record_count: 3, quarantine_count: 1 });
    const [held] = await owner`select * from quarantine where stream_id = ${streamId}`;
    expect(held).toMatchObject({ external_id: "p000001", code: "record_invalid", field: "email", attempts: 1 });

    source.people[1] = { id: "p000001", email: "now@example.com", firstname: "Has mail" };
    await sync(source);
    expect(await stream()).toMatchObject({ record_count: 4, quarantine_count: 0 });
  });

  test("the same id twice on a page, NUL and half surrogates do no harm", async () => {
    const source = scriptedSource(
      [
        { id: "a", email: "old@example.com", firstname: "x" },
        { id: "a", email: "a\u0000b@example.com", firstname: "half \ud83d" },
      ],
      5,
    );
    await sync(source);
    expect((await replica()).get("a")).toEqual({ email: "ab@example.com", firstName: "half \ufffd" });
  });
});

describe("fences", () => {
  test("an attempt that was overtaken writes nothing, whatever it still has", async () => {
    const source = scriptedSource(samplePeople(100), 10);
    const runId = await openRun();
    const old = await leg(runId);
    const current = await leg(runId);
    await expect(pullPages(ctx, { streamId, runId, leg: old, source }, pace())).rejects.toThrow(StaleAttempt);
    expect(await stream()).toMatchObject({ record_count: 0, cursor: null });
    await pullPages(ctx, { streamId, runId, leg: current, source }, pace());
    expect(await stream()).toMatchObject({ record_count: 100 });
  });

  test("a run that died is claimed again and goes on from its committed page", async () => {
    const source = scriptedSource(samplePeople(100), 10);
    const runId = await openRun();
    await pullPages(ctx, { streamId, runId, leg: await leg(runId), source }, pace(-1)); // one page, then the time is over
    expect(await claimRun(ctx, { streamId })).toEqual({ kind: "run", runId, interactive: true });
    const next = await leg(runId);
    expect(next.cursor).toBe("10");
    await pullPages(ctx, { streamId, runId, leg: next, source }, pace());
    expect(await run(runId)).toMatchObject({ pages: 10, seen: 100, created: 100, legs: 2 });
  });

  test("turned off in the middle of a page, the page is refused and the run closed", async () => {
    const runId = await openRun();
    const begun = await leg(runId);
    await stopConnectionStreams(ctx, { connectionId: scene.connection });
    const source = scriptedSource(samplePeople(10), 10);
    await expect(pullPages(ctx, { streamId, runId, leg: begun, source }, pace())).rejects.toThrow(StaleAttempt);
    expect(await run(runId)).toMatchObject({ status: "cancelled" });
    expect(await claimRun(ctx, { streamId })).toEqual({ kind: "stop" });
  });
});

describe("when a stream runs", () => {
  test("fifty pokes are one run, and one more if it was under way", async () => {
    await owner`update streams set due_at = now() + interval '1 hour' where id = ${streamId}`;
    expect((await claimRun(ctx, { streamId })).kind).toBe("wait");
    await Promise.all(Array.from({ length: 50 }, () => syncNow(ctx, { streamId: scene.stream })));
    const runId = await openRun();
    await syncNow(ctx, { streamId: scene.stream }); // while it runs
    await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
    await calmIsOver(owner, streamId);
    const second = await openRun();
    await finishRun(ctx, { streamId, runId: second, outcome: { kind: "succeeded" } });
    expect((await claimRun(ctx, { streamId })).kind).toBe("wait");
  });

  test("a failure backs off, twice as long each time, and a refused credential pauses for reconnecting", async () => {
    const fail = async (code: string, retryAfterMs: number | null = null) => {
      await owner`update streams set due_at = now() where id = ${streamId}`;
      const runId = await openRun();
      await finishRun(ctx, { streamId, runId, outcome: { kind: "failed", code, message: "no", retryAfterMs } });
      const claim = await claimRun(ctx, { streamId });
      return claim.kind === "wait" ? Math.round(claim.waitMs / 1000) : claim.kind;
    };
    expect(await fail("provider_unavailable")).toBe(30);
    expect(await fail("provider_unavailable")).toBe(60);
    expect(await fail("provider_rate_limited", 600_000)).toBe(600);
    await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
    expect(await fail("reauth_required")).toBe(86_400);
    expect(await stream()).toMatchObject({ pause_reasons: ["auth"], failure_code: "reauth_required" });
    await expect(syncNow(ctx, { streamId: scene.stream })).rejects.toMatchObject({ code: "conflict" });
  });

  test("a pause stops the run after its page; resuming lifts only one's own pause and keeps the place", async () => {
    const source = scriptedSource(samplePeople(40), 10);
    const runId = await openRun();
    const begun = await leg(runId);
    await pauseStream(ctx, { streamId: scene.stream });
    await owner`update streams set pause_reasons = array_append(pause_reasons, 'customer') where id = ${streamId}`;
    const tally = await pullPages(ctx, { streamId, runId, leg: begun, source }, pace());
    expect(tally).toMatchObject({ pages: 1, paused: true, done: false });
    await finishRun(ctx, { streamId, runId, outcome: { kind: "paused" } });
    expect(await resumeStream(ctx, { streamId: scene.stream })).toEqual({ pauseReasons: ["customer"] });
    expect((await claimRun(ctx, { streamId })).kind).toBe("wait");
    await owner`update streams set pause_reasons = '{}' where id = ${streamId}`;
    expect((await leg(await openRun())).cursor).toBe("10");
  });
});

describe("a new mapping", () => {
  test("re-maps all records from what is stored, without asking the source, and tells only of real changes", async () => {
    const source = scriptedSource(samplePeople(1_203), 100);
    await sync(source);
    const reads = source.reads;
    const before = await listChanges(ctx, { after: 0, limit: 1 });
    await saveDraft(ctx, {
      templateId: scene.template,
      streamKey: "contacts",
      fields: [
        { target: "email", from: "properties.email" },
        { target: "firstName", from: "properties.firstname", transforms: [{ type: "uppercase" }] },
      ],
    });
    await publishMapping(ctx, { templateId: scene.template, streamKey: "contacts" });
    const runId = await openRun();
    expect(await run(runId)).toMatchObject({ kind: "remap", trigger: "mapping" });
    const tally = await remapRecords(ctx, { streamId, runId, leg: await leg(runId) }, pace());
    await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
    expect(tally).toMatchObject({ done: true, seen: 1_203, changed: 1_203 });
    expect(source.reads).toBe(reads);
    expect(await stream()).toMatchObject({ mapping_version: 2, mapped_version: 2, remap_after: null, phase: "incremental" });
    expect((await replica(500)).get("p000007")).toEqual({ email: "p7@example.com", firstName: "FIRST 7" });
    expect((await listChanges(ctx, { after: before.latest, limit: 1 })).items[0]?.op).toBe("updated");
  });
});

describe("what a remap leaves alone", () => {
  const publish = async (fields: unknown) => {
    await saveDraft(ctx, { templateId: scene.template, streamKey: "contacts", fields });
    await publishMapping(ctx, { templateId: scene.template, streamKey: "contacts" });
  };

  test("records that the reader refused do not become real, nor overwrite good ones", async () => {
    await sync(scriptedSource(samplePeople(2), 2));
    await owner`
      insert into quarantine (id, stream_id, external_id, environment_id, customer_id, code, message, field, source)
      values ('qua_1', ${streamId}, 'unidentified:x', ${scene.environment}, ${scene.customer}, 'record_invalid', 'no id', null, '{"a":1}'),
             ('qua_2', ${streamId}, 'p000001', ${scene.environment}, ${scene.customer}, 'record_invalid', 'too long', null, '{"cut":')`;
    await owner`update streams set quarantine_count = 2 where id = ${streamId}`;
    await publish([
      { target: "email", from: "properties.email" },
      { target: "firstName", from: "properties.firstname" },
    ]);
    const runId = await openRun();
    expect(await remapRecords(ctx, { streamId, runId, leg: await leg(runId) }, pace())).toMatchObject({ done: true, seen: 2 });
    expect((await replica()).get("p000001")).toMatchObject({ firstName: "First 1" });
    expect((await replica()).size).toBe(2);
  });

  test("a remap that fails waits out its back-off and lets nothing spin; one that succeeds keeps a pull's own trouble", async () => {
    await sync(scriptedSource(samplePeople(2), 2));
    await publish([{ target: "email", from: "properties.email" }]);
    const failing = await openRun();
    await finishRun(ctx, {
      streamId,
      runId: failing,
      outcome: { kind: "failed", code: "config_invalid", message: "no", retryAfterMs: null },
    });
    expect((await claimRun(ctx, { streamId })).kind).toBe("wait");

    await owner`update streams set failure_code = 'provider_unavailable', failures = 3, due_at = now() + interval '5 minutes' where id = ${streamId}`;
    const runId = await openRun();
    expect(await run(runId)).toMatchObject({ kind: "remap" });
    await remapRecords(ctx, { streamId, runId, leg: await leg(runId) }, pace());
    await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
    expect(await stream()).toMatchObject({ failure_code: "provider_unavailable", failures: 3, mapped_version: 2 });
    const claim = await claimRun(ctx, { streamId });
    expect(claim.kind === "wait" && claim.waitMs > 200_000).toBe(true);
  });

  test("a stream whose connection was given up ends, whatever its own row says", async () => {
    await owner`update connections set status = 'disconnected' where id = ${scene.connection}`;
    expect(await claimRun(ctx, { streamId })).toEqual({ kind: "stop" });
  });
});

test("records and feed are read in pages of any size, whole and in order", async () => {
  await sync(scriptedSource(samplePeople(57), 10));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 80 }), async (limit) => {
      const ids: string[] = [];
      for (let cursor: string | null = null, first = true; first || cursor; first = false) {
        const page: Awaited<ReturnType<typeof listRecords>> = await listRecords(ctx, { limit, cursor });
        ids.push(...page.items.map((item) => item.externalId));
        cursor = page.next;
      }
      expect(ids).toEqual([...new Set(ids)].sort());
      expect(ids).toHaveLength(57);
      expect((await replica(limit)).size).toBe(57);
    }),
    { numRuns: 12 },
  );
});
