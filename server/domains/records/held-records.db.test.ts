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
