import { describe, expect, test } from "vitest";
import { listChanges } from "#server/domains/records/list-changes";
import { claimRun } from "#server/domains/streams/claim-run";
import { finishRun } from "#server/domains/streams/finish-run";
import { askForUnread, retryAsked } from "#server/domains/streams/retry-asked";
import { listCorrections } from "#server/domains/views/list-corrections";
import { ctx, legOf, owner, pace, scene, stream, streamId, sync, usingPulling } from "#tests/support/pulling";
import { type Person, samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { correctRecord, uncorrectRecord } from "./correct-record";
import { listHeldCauses, listHeldRecords } from "./list-held-records";
import { restoreRecords, retryRecords, skipRecords } from "./settle-held-records";

usingPulling();

const list = async (state: "held" | "skipped" = "held") => (await listHeldRecords(ctx, { streamId: scene.stream, state, limit: 50 })).items;
const ids = async (state: "held" | "skipped") => (await list(state)).map((one) => one.externalId).sort();
const counted = async () => Number((await stream())["quarantine_count"]);
const stored = async (id: string) =>
  (await owner`select data from records where stream_id = ${streamId} and external_id = ${id} and deleted_at is null`)[0]?.["data"];
const audited = async () =>
  (await owner`select action from audit_entries where environment_id = ${scene.environment} order by at`).map((row) => row["action"]);

/** Five people, two of whom lack what the model needs. */
function lacking() {
  const source = scriptedSource(samplePeople(5), 5);
  source.people = source.people.map((one, n) => (n < 2 ? { ...one, email: "" } : one));
  return source;
}

/** The run that carries a wish out, from what is stored. */
async function carryOut(): Promise<string | null> {
  await owner`update streams set due_at = now() + interval '1 hour' where id = ${streamId}`;
  const claim = await claimRun(ctx, { streamId });
  if (claim.kind !== "run") return null;
  const done = await retryAsked(ctx, { streamId, runId: claim.runId, leg: await legOf(claim.runId) }, pace());
  expect(done).toMatchObject({ done: true });
  await finishRun(ctx, { streamId, runId: claim.runId, outcome: { kind: "succeeded" } });
  return claim.runId;
}

/** The stored sources become others, as if what was read had been mended by a mapping: nothing else changes. */
const mendStored = (id: string) =>
  owner`update quarantine set source = replace(source, '"email":""', '"email":"mended@example.com"') where stream_id = ${streamId} and external_id = ${id}`;

describe("retry", () => {
  test("one record, from what is stored of it: the others wait, the third party is not asked, the run says who wanted it", async () => {
    await sync(lacking());
    expect([await counted(), await ids("held")]).toEqual([2, ["p000000", "p000001"]]);
    await mendStored("p000000");
    expect(await retryRecords(ctx, { streamId: scene.stream, ids: ["read:p000000"] })).toMatchObject({ records: 1 });
    expect((await list()).map(({ externalId, retrying }) => [externalId, retrying]).sort()).toEqual([
      ["p000000", true],
      ["p000001", false],
    ]);
    const runId = await carryOut();
    expect((await owner`select kind, trigger, created, seen from runs where id = ${runId}`)[0]).toEqual({
      ...{ kind: "named", trigger: "vendor", created: 1, seen: 1 },
    });
    expect([await counted(), await ids("held")]).toEqual([1, ["p000001"]]);
    expect(await carryOut()).toBeNull(); // nothing is asked for any more
    expect((await listChanges(ctx, { after: 0, limit: 100 })).items.filter((one) => one.externalId === "p000000")).toHaveLength(1);
    expect(await audited()).toEqual(["held.retried"]);
  });

  test("all of one cause; one that still does not fit is held as before, with one attempt more", async () => {
    await sync(lacking());
    const [cause] = await listHeldCauses(ctx, { streamId: scene.stream, state: "held" });
    expect(cause).toMatchObject({ side: "read", field: "email", records: 2 });
    expect(await retryRecords(ctx, { streamId: scene.stream, cause: "another" })).toMatchObject({ records: 0 });
    expect(await retryRecords(ctx, { streamId: scene.stream, cause: cause?.cause })).toMatchObject({ records: 2 });
    await carryOut();
    expect((await list()).map((one) => [one.attempts, one.retrying])).toEqual([
      [2, false],
      [2, false],
    ]);
    expect(await counted()).toBe(2);
  });

  test("what could not be read is fetched by its id, or the whole source is read again", async () => {
    await sync(lacking());
    await owner`update quarantine set field = null where stream_id = ${streamId}`;
    const ask = async (readOne: boolean) => {
      await retryRecords(ctx, { streamId: scene.stream, ids: ["read:p000000"] });
      return askForUnread(ctx, streamId, readOne ? ({ readOne: async () => ({}) } as never) : {});
    };
    expect(await ask(true)).toBe(true);
    expect(await owner`select external_id, read_at from named_records where stream_id = ${streamId}`).toEqual([
      { external_id: "p000000", read_at: null },
    ]);
    expect(await stream()).toMatchObject({ reread: false });
    expect(await ask(false)).toBe(false);
    expect(await stream()).toMatchObject({ reread: true, trigger: "vendor" });
    expect(await owner`select from retries where stream_id = ${streamId}`).toHaveLength(0);
  });
});

describe("skip", () => {
  test("puts aside: not counted, listed apart, kept through a new reading; back when it changes at the source or is taken back", async () => {
    const source = lacking();
    await sync(source);
    expect(await skipRecords(ctx, { streamId: scene.stream })).toMatchObject({ records: 2 });
    expect([await counted(), await ids("held"), await ids("skipped")]).toEqual([0, [], ["p000000", "p000001"]]);
    await sync(source);
    expect([await counted(), await ids("skipped")]).toEqual([0, ["p000000", "p000001"]]);

    source.people[0] = { ...(source.people[0] as Person), firstname: "Changed" };
    await sync(source);
    expect([await counted(), await ids("held"), await ids("skipped")]).toEqual([1, ["p000000"], ["p000001"]]);

    expect(await restoreRecords(ctx, { streamId: scene.stream, ids: ["read:p000001"] })).toMatchObject({ records: 1 });
    await carryOut();
    expect([await counted(), await ids("skipped")]).toEqual([2, []]);
    expect(await audited()).toEqual(["held.skipped", "held.restored"]);
  });

  test("one that is taken after all leaves the list, and the count stays right", async () => {
    const source = lacking();
    await sync(source);
    await skipRecords(ctx, { streamId: scene.stream, ids: ["read:p000000"] });
    source.people = samplePeople(5);
    await sync(source);
    expect([await counted(), await list("held"), await list("skipped")]).toEqual([0, [], []]);
  });
});

describe("a correction", () => {
  const correct = (value: unknown, externalId = "p000000", field = "email") =>
    correctRecord(ctx, { streamId: scene.stream, externalId, field, value });

  test("lets the record through, stays through new readings, and falls away when the source says something else of the field", async () => {
    const source = lacking();
    await sync(source);
    await correct("given@example.com");
    await carryOut();
    expect([await stored("p000000"), await counted()]).toMatchObject([{ email: "given@example.com" }, 1]);

    await sync(source);
    source.people[0] = { ...(source.people[0] as Person), firstname: "Other" };
    await sync(source);
    expect(await stored("p000000")).toMatchObject({ email: "given@example.com", firstName: "Other" });

    source.people[0] = { ...(source.people[0] as Person), email: "theirs@example.com" };
    await sync(source);
    expect(await stored("p000000")).toMatchObject({ email: "theirs@example.com" });
    expect(await owner`select from corrections where stream_id = ${streamId}`).toHaveLength(0);
    expect(await audited()).toEqual(["record.corrected"]);
  });

  test("can be changed and taken away, and the feed tells of each", async () => {
    await sync(lacking());
    await correct("one@example.com");
    await carryOut();
    await correct("two@example.com");
    await carryOut();
    expect(await stored("p000000")).toMatchObject({ email: "two@example.com" });
    const corrections = async () => (await listCorrections(ctx, { streamId: scene.stream, limit: 50 })).items;
    expect(await corrections()).toMatchObject([{ externalId: "p000000", field: "email", fieldName: "E-mail", value: "two@example.com" }]);
    await uncorrectRecord(ctx, { streamId: scene.stream, externalId: "p000000", field: "email" });
    await carryOut();
    expect([await ids("held"), await corrections()]).toEqual([["p000000", "p000001"], []]);
    const told = (await listChanges(ctx, { after: 0, limit: 100 })).items.filter((one) => one.externalId === "p000000");
    expect(told.map((one) => one.op)).toEqual(["created", "updated"]);
  });

  test("is refused for a value the model does not take, a field that is not at fault, and a record that is not there", async () => {
    await sync(lacking());
    await expect(correct("")).rejects.toMatchObject({ code: "invalid" });
    await expect(correct({ not: "text" })).rejects.toMatchObject({ code: "invalid" });
    await expect(correct("x", "p000000", "firstName")).rejects.toMatchObject({ code: "invalid" });
    await expect(correct("x", "p000003")).rejects.toMatchObject({ code: "invalid" });
    await expect(correct("x", "nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(uncorrectRecord(ctx, { streamId: scene.stream, externalId: "p000000", field: "email" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("a held record that is no more at its source", () => {
  const kept = async (id: string) =>
    owner`select 'quarantine' as of from quarantine where stream_id = ${streamId} and external_id = ${id}
      union all select 'retries' from retries where stream_id = ${streamId} and external_id = ${id}
      union all select 'corrections' from corrections where stream_id = ${streamId} and external_id = ${id} order by 1`.then((rows) =>
      rows.map((row) => row["of"]),
    );
  const told = async (id: string) =>
    (await listChanges(ctx, { after: 0, limit: 200 })).items.filter((one) => one.externalId === id).map((one) => one.op);
  /** Thirty people; the first is stored and then does not fit, the second never did; both are to be tried again, with a correction. */
  async function held(scan: boolean) {
    const source = scriptedSource(
      samplePeople(30).map((one, n) => (n === 1 ? { ...one, email: "" } : one)),
      20,
      scan,
    );
    await sync(source);
    source.people = source.people.map((one, n) => (n === 0 ? { ...one, email: "" } : one));
    await sync(source);
    for (const externalId of ["p000000", "p000001"])
      await correctRecord(ctx, { streamId: scene.stream, externalId, field: "email", value: "given@acme.example" });
    expect([await counted(), await kept("p000000")]).toEqual([2, ["corrections", "quarantine", "retries"]]);
    return source;
  }
  async function expectGone() {
    expect([await counted(), await kept("p000000"), await kept("p000001")]).toEqual([0, [], []]);
    expect([await told("p000000"), await told("p000001")]).toEqual([["created", "deleted"], []]);
    await owner`update streams set mapping_version = mapping_version + 1 where id = ${streamId}`;
    expect(await retryRecords(ctx, { streamId: scene.stream })).toMatchObject({ records: 0 });
    await expect(
      correctRecord(ctx, { streamId: scene.stream, externalId: "p000001", field: "email", value: "given@acme.example" }),
    ).rejects.toMatchObject({ code: "not_found" });
  }

  test("leaves the inbox at the end of a whole reading that does not show it", async () => {
    const source = await held(true);
    source.people = source.people.slice(2);
    await sync(source);
    await expectGone();
  });

  test("leaves it as the source tells that it was deleted", async () => {
    const source = await held(false);
    source.people = source.people.slice(2);
    await sync({ ...source, readPage: async (...given) => ({ ...(await source.readPage(...given)), deleted: ["p000000", "p000001"] }) });
    await expectGone();
  });

  test("leaves it where rows may move between pages only when two readings in a row do not show it; and where nothing else is stored", async () => {
    const source = scriptedSource(
      samplePeople(3).map((one) => ({ ...one, email: "" })),
      20,
      true,
    );
    const moving = {
      ...source,
      readPage: async (...given: Parameters<typeof source.readPage>) => {
        const page = await source.readPage(...given);
        return page.scan ? { ...page, scan: { ...page.scan, moving: true as const } } : page;
      },
    };
    await sync(moving);
    source.people = source.people.slice(1);
    await sync(moving);
    expect(await ids("held")).toEqual(["p000000", "p000001", "p000002"]);
    await sync(moving);
    expect([await counted(), await ids("held")]).toEqual([2, ["p000001", "p000002"]]);
  });
});

describe("a stream that is stopped or paused", () => {
  const all = (n: number) =>
    scriptedSource(
      samplePeople(n).map((one) => ({ ...one, email: "" })),
      20,
    );
  const pauses = async () => (await stream())["pause_reasons"];
  const correct = () => correctRecord(ctx, { streamId: scene.stream, externalId: "p000000", field: "email", value: "given@acme.example" });

  test("goes on by a try, where nearly everything was held back", async () => {
    await sync(all(200));
    expect(await pauses()).toEqual(["quarantine"]);
    expect(await retryRecords(ctx, { streamId: scene.stream, ids: ["read:p000000"] })).toMatchObject({ records: 1, paused: false });
    expect([await pauses(), (await stream())["circuit_off_at"]]).toEqual([[], (await stream())["mapping_version"]]);
    expect(await carryOut()).not.toBeNull();
  });

  test("goes on by a correction, and by taking back what was put aside; not by putting aside, or where nothing is meant", async () => {
    await sync(all(200));
    expect(await skipRecords(ctx, { streamId: scene.stream, ids: ["read:p000001"] })).toMatchObject({ records: 1, paused: false });
    expect(await retryRecords(ctx, { streamId: scene.stream, ids: ["read:nobody"] })).toMatchObject({ records: 0, paused: true });
    expect(await pauses()).toEqual(["quarantine"]);
    expect(await restoreRecords(ctx, { streamId: scene.stream, ids: ["read:p000001"] })).toMatchObject({ records: 1, paused: false });
    expect(await pauses()).toEqual([]);
    await owner`update streams set pause_reasons = '{quarantine}' where id = ${streamId}`;
    expect(await correct()).toMatchObject({ records: 1, paused: false });
    expect(await pauses()).toEqual([]);
    await carryOut();
    expect(await stored("p000000")).toMatchObject({ email: "given@acme.example" });
  });

  test.each(["customer", "vendor", "auth"])(
    "says, paused by %s, that it is done when the stream goes on; and then it is",
    async (reason) => {
      await sync(lacking());
      await owner`update streams set pause_reasons = ${[reason, "quarantine"]} where id = ${streamId}`;
      expect(await retryRecords(ctx, { streamId: scene.stream, ids: ["read:p000001"] })).toMatchObject({ records: 1, paused: true });
      expect(await correct()).toMatchObject({ records: 1, paused: true });
      expect(await pauses()).toEqual([reason]); // what held nearly everything back is to be tried, once the other is lifted
      expect((await list()).map((one) => [one.retrying, one.paused])).toEqual([
        [true, true],
        [true, true],
      ]);
      expect(await carryOut()).toBeNull();
      await owner`update streams set pause_reasons = '{}' where id = ${streamId}`;
      expect((await list()).map((one) => one.paused)).toEqual([false, false]);
      await carryOut();
      expect(await stored("p000000")).toMatchObject({ email: "given@acme.example" });
    },
  );
});
