import { describe, expect, test, vi } from "vitest";
import { settleConflict } from "#server/domains/conflicts/settle-conflicts";
import { type ConflictId, newId, type RunId, type StreamId } from "#server/lib/ids";
import { ada, agreed, drain, edit, MINUTE, p, read, scene, startOver, thing, usingBothSides } from "#tests/support/both-sides";
import { createCustomer, createScene, customerCtx, memberCtx } from "#tests/support/world";
import { correctRecord } from "./correct-record";
import { getLineage } from "./get-lineage";
import type { WhichRecord } from "./lineage-row";
import { listRunRecords } from "./list-run-records";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

usingBothSides();

const member = () => memberCtx(p.deps, scene);
const which = (more: Omit<WhichRecord, "streamId">): WhichRecord => ({ streamId: scene.stream as StreamId, ...more });
const lineage = (more: Omit<WhichRecord, "streamId"> = { externalId: "t1" }) => getLineage(member(), which(more));
const field = async (key: string, more?: Omit<WhichRecord, "streamId">) => (await lineage(more)).fields.find((one) => one.field === key);

describe("what is read", () => {
  /** One thing, read by a stream that only reads. */
  const readOne = async (more: Parameters<typeof thing>[1] = { email: "ada@acme.example", firstname: "Ada" }) => {
    await p.owner`update streams set direction = 'pull' where id = ${scene.stream}`;
    thing("t1", more);
    await read();
    await drain();
  };

  test("each field says its source, the value there and now, the steps in words, whose mapping it is, and the run", async () => {
    await p.owner`update mappings set fields = jsonb_set(fields, '{0,transforms}', '[{"type":"uppercase"}]') where template_id = ${scene.template}`;
    await readOne();
    const told = await lineage();
    expect(told).toMatchObject({
      externalId: "t1",
      ownId: null,
      direction: "pull",
      mapping: { revision: 1, isCurrent: true },
      waiting: null,
    });
    expect(told.run).toMatchObject({ id: (await p.lastRun())?.["id"], startedAt: expect.any(Date) });
    expect(told.fields.find((one) => one.field === "email")).toMatchObject({
      value: "ADA@ACME.EXAMPLE",
      sources: [{ path: "email", title: "email", value: "ada@acme.example" }],
      ...{ origin: "email", steps: expect.stringMatching(/capital|upper/i), sending: null, sent: null, decision: null },
      mapped: { layer: "template", version: 1, by: "team" },
    });
  });

  test("a customer's own mapping is named with its revision; a field the vendor hides is not told to customers", async () => {
    await readOne();
    await p.owner`insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, created_by) select id, 1, environment_id, customer_id,
      ${p.owner.json({ firstName: { base: null, field: { target: "firstName", from: "hobby", transforms: [], required: false, onError: "null" } } })}, 'customer'
      from streams where id = ${scene.stream}`;
    await p.owner`update streams set mapping_version = 2 where id = ${scene.stream}`;
    expect((await lineage()).mapping).toMatchObject({ revision: 1, isCurrent: false });
    expect(await field("firstName")).toMatchObject({ origin: "hobby", mapped: { layer: "customer", version: 1, by: "customer" } });
    await p.owner`update mappings set choices = '{"email":{"customer":"hidden"}}' where template_id = ${scene.template}`;
    const shown = await getLineage(customerCtx(p.deps, scene), which({ externalId: "t1" }));
    expect(shown.fields.map((one) => one.field)).not.toContain("email");
    expect(await field("email")).toBeDefined();
  });

  test("a correction is named with who gave it; customers are not told which of the team", async () => {
    await readOne({ firstname: "Ada" });
    await correctRecord(member(), { streamId: scene.stream as StreamId, externalId: "t1", field: "email", value: "given@acme.example" });
    await drain();
    expect(await field("email")).toMatchObject({
      value: "given@acme.example",
      sources: [{ value: null }],
      decision: { kind: "correction", by: "team", who: "owner@acme.example", at: expect.any(Date) },
    });
    const shown = await getLineage(customerCtx(p.deps, scene), which({ externalId: "t1" }));
    expect(shown.fields.find((one) => one.field === "email")?.decision).toMatchObject({ by: "team", who: null });
  });

  test("a record whose page was removed has no run; other people's, deleted ones and ones that never were are not there", async () => {
    await readOne();
    await p.owner`delete from feed_pages where stream_id = ${scene.stream}`;
    expect((await lineage()).run).toBeNull();
    const gone = { code: "not_found" };
    const other = await createScene(p.owner, { connectorKey: "tiny" });
    await expect(getLineage(memberCtx(p.deps, other), which({ externalId: "t1" }))).rejects.toMatchObject(gone);
    const neighbour = await createCustomer(p.owner, scene.environment, "Neighbour");
    await expect(getLineage(customerCtx(p.deps, scene, neighbour), which({ externalId: "t1" }))).rejects.toMatchObject(gone);
    await expect(lineage({ externalId: "nobody" })).rejects.toMatchObject(gone);
    await expect(lineage({ ownId: "ada" })).rejects.toMatchObject(gone);
    await expect(getLineage(member(), { streamId: newId("stream"), externalId: "t1" })).rejects.toMatchObject(gone);
    await p.owner`update records set deleted_at = now() where stream_id = ${scene.stream}`;
    await expect(lineage()).rejects.toMatchObject(gone);
  });
});

describe("what goes both ways", () => {
  test("the owner's rule says whose value it is; what we wrote is ours although they say it as well", async () => {
    await agreed();
    expect(await field("firstName")).toMatchObject({ value: "Ada", decision: { kind: "owner", owner: "newest", side: "ours" } });
    expect(await field("firstName")).toMatchObject({ sent: { op: "create", path: "firstname", value: "Ada" } });
    edit("t1", { firstname: "Theirs" }, new Date(Date.now() + MINUTE));
    await read();
    await drain();
    expect(await field("firstName")).toMatchObject({ value: "Theirs", decision: { kind: "owner", side: "theirs" } });
    expect(await lineage({ ownId: "ada" })).toEqual(await lineage());
  });

  test("a conflict is told while it is open, and who decided it afterwards", async () => {
    await agreed();
    await p.settings({ direction: "two_way", match: "email", owners: { default: "manual" } });
    edit("t1", { firstname: "Theirs" }, new Date(Date.now() + MINUTE));
    await p.put(ada("Ours"));
    await read();
    await drain();
    expect((await field("firstName"))?.decision).toMatchObject({ kind: "open_conflict", ours: "Ours", theirs: "Theirs" });
    const conflictId = (await p.rows("conflicts"))[0]?.["id"] as ConflictId;
    await settleConflict(member(), { conflictId, choices: { firstName: { take: "theirs" } } });
    expect(await field("firstName")).toMatchObject({
      value: "Theirs",
      decision: { kind: "conflict", choice: "theirs", who: "owner@acme.example" },
    });
    edit("t1", { firstname: "Later" }, new Date(Date.now() + 2 * MINUTE));
    await read();
    await drain();
    expect((await field("firstName"))?.decision).toMatchObject({ kind: "owner", owner: "manual", side: "theirs" });
  });
});

describe("what is only written", () => {
  test("from which own field, what was sent, when and by which run; what is refused says so", async () => {
    await startOver("push", {});
    await p.put(ada("Ada"));
    expect(await lineage({ ownId: "ada" })).toMatchObject({ recordId: null, externalId: null, waiting: { state: "waiting" } });
    await drain();
    const told = await lineage();
    expect(told).toMatchObject({
      ownId: "ada",
      externalId: "t1",
      direction: "push",
      waiting: null,
      mapping: { revision: null, isCurrent: true },
    });
    expect(told.fields.find((one) => one.field === "firstName")).toMatchObject({
      value: "Ada",
      ...{ sources: [], origin: null, steps: null, decision: null },
      sending: { path: "firstname", title: "firstname" },
      sent: { op: "create", value: "Ada", runId: (await p.lastRun())?.["id"], at: expect.any(Date) },
    });
    await p.put({ id: "ada", data: { email: "bad@acme.example", firstName: "Ada" } });
    await drain();
    expect(await lineage()).toMatchObject({ waiting: { state: "held", code: "record_invalid", message: expect.any(String) } });
    expect((await getLineage(customerCtx(p.deps, scene), which({ ownId: "ada" }))).waiting).toMatchObject({ state: "held", message: null });
    expect(await field("email")).toMatchObject({ value: "bad@acme.example", sent: { value: "ada@acme.example" } });
  });
});

describe("the records of a run", () => {
  const runId = async () => (await p.lastRun())?.["id"] as RunId;

  test("what it read or wrote, by what they are known by; hidden fields and other people's runs are not told", async () => {
    await agreed();
    edit("t1", { firstname: "Theirs" }, new Date(Date.now() + MINUTE));
    await read();
    const reading = await runId();
    const { items, next } = await listRunRecords(member(), { runId: reading, limit: 10 });
    expect([items, next]).toMatchObject([[{ externalId: "t1", op: "updated", what: "ada@acme.example · Theirs", isThere: true }], null]);
    await p.owner`update mappings set choices = '{"email":{"customer":"hidden"}}' where template_id = ${scene.template}`;
    const shown = await listRunRecords(customerCtx(p.deps, scene), { runId: reading, limit: 10 });
    expect(shown.items).toMatchObject([{ what: "Theirs" }]);

    await p.put(ada("Ours"), { id: "bob", data: { email: "bob@acme.example" } });
    await p.run();
    const first = await listRunRecords(member(), { runId: await runId(), limit: 1 });
    const second = await listRunRecords(member(), { runId: await runId(), limit: 1, cursor: first.next ?? "" });
    expect([...first.items, ...second.items].map((one) => [one.ownId, one.op]).sort()).toEqual([
      ["ada", "updated"],
      ["bob", "created"],
    ]);
    const neighbour = await createCustomer(p.owner, scene.environment, "Neighbour");
    const gone = { code: "not_found" };
    await expect(listRunRecords(customerCtx(p.deps, scene, neighbour), { runId: reading, limit: 1 })).rejects.toMatchObject(gone);
  });
});
