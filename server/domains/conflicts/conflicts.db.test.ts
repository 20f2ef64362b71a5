import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ConflictId, StreamId } from "#server/lib/ids";
import { agreed, conflicts, drain, edit, held, MINUTE, own, p, read, scene, usingBothSides, writesThere } from "#tests/support/both-sides";
import { createScene, memberCtx } from "#tests/support/world";
import { listConflicts } from "./list-conflicts";
import type { Choices } from "./schema";
import { settleAlike, settleConflict } from "./settle-conflicts";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

usingBothSides();

describe("a conflict is settled by a person", () => {
  const streamId = () => scene.stream as StreamId;
  const member = () => memberCtx(p.deps, scene);
  const customer = () => ({ ...p.ctx(), scope: { ...p.ctx().scope } });
  const both = () => [p.things.get("t1")?.firstname, p.things.get("t1")?.email];
  /** Both fields were changed on both sides. */
  beforeEach(async () => {
    await agreed();
    await p.settings({ direction: "two_way", match: "email", owners: { default: "manual" } });
    edit("t1", { firstname: "Theirs", email: "theirs@acme.example" }, new Date(Date.now() + MINUTE));
    await p.put({ id: "ada", data: { email: "ours@acme.example", firstName: "Ours" } });
    await read();
    await drain();
    expect(both()).toEqual(["Theirs", "theirs@acme.example"]);
  });
  const rest = async () => {
    await drain();
    await read();
    await drain();
  };

  test("theirs, ours, and a value of one's own; the feed tells of it, and both sides come to rest", async () => {
    const { items } = await listConflicts(customer(), { connectionId: scene.connection, limit: 10 });
    expect(items).toMatchObject([{ ownId: "ada", externalId: "t1", what: expect.stringContaining("ours@acme.example") }]);
    expect(items[0]?.fields.map(({ field, ours, theirs }) => [field, ours, theirs]).sort()).toEqual([
      ["email", "ours@acme.example", "theirs@acme.example"],
      ["firstName", "Ours", "Theirs"],
    ]);
    const conflictId = items[0]?.id as ConflictId;
    const before = Number((await p.stream())?.["next_seq"]);
    await settleConflict(customer(), { conflictId, choices: { firstName: { take: "theirs" } } });
    expect([(await own()).data["firstName"], (await p.stream())?.["conflict_count"], await held("t1")]).toMatchObject([
      "Theirs",
      1,
      { data: { firstName: "Theirs" }, seq: String(before) },
    ]);
    expect((await listConflicts(member(), { limit: 10 })).items[0]?.fields.map((one) => one.field)).toEqual(["email"]);
    await settleConflict(member(), { conflictId, choices: { email: { value: "agreed@acme.example" } } });
    await rest();
    expect([both(), (await own()).data, (await p.stream())?.["conflict_count"]]).toEqual([
      ["Theirs", "agreed@acme.example"],
      { firstName: "Theirs", email: "agreed@acme.example" },
      0,
    ]);
    expect(await p.rows("conflicts")).toMatchObject([{ choice: { firstName: "theirs", email: "own" }, settled_at: expect.any(Date) }]);
    await expect(settleConflict(member(), { conflictId, choices: { email: { take: "ours" } } })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("a field of all of them alike; what is chosen of ours is written, and nothing else", async () => {
    p.third.asked.length = 0;
    expect(await settleAlike(member(), { streamId: streamId(), field: "firstName", take: "ours" })).toEqual({ conflicts: 1 });
    expect(await settleAlike(member(), { streamId: streamId(), field: "firstName", take: "ours" })).toEqual({ conflicts: 0 });
    await rest();
    expect([both(), (await own()).data["email"], await conflicts()]).toMatchObject([
      ["Ours", "theirs@acme.example"],
      "ours@acme.example",
      [{ fields: [{ field: "email" }] }],
    ]);
    expect(writesThere()).toEqual(["PATCH /things/t1"]);
  });

  test("they change it again before ours is written: it is asked about again, and nothing is lost", async () => {
    await settleAlike(member(), { streamId: streamId(), field: "firstName", take: "ours" });
    edit("t1", { firstname: "Third" }, new Date(Date.now() + 2 * MINUTE));
    await rest();
    expect([both()[0], (await own()).data["firstName"]]).toEqual(["Third", "Ours"]);
    expect((await conflicts())[0]?.["fields"]).toContainEqual({ field: "firstName", base: "Theirs", ours: "Ours", theirs: "Third" });
  });

  test("ours is what ours is by now, and nobody decides about what he has not seen", async () => {
    await p.put({ id: "ada", data: { email: "ours@acme.example", firstName: "Newest" } });
    await expect(settleAlike(member(), { streamId: streamId(), field: "firstName", take: "theirs" })).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await own()).data["firstName"]).toBe("Newest");
    const [conflict] = await conflicts();
    expect(conflict?.["fields"]).toContainEqual(expect.objectContaining({ field: "firstName", ours: "Newest" }));
    await p.put({ id: "ada", data: { email: "ours@acme.example", firstName: "Newer still" } });
    await settleAlike(member(), { streamId: streamId(), field: "firstName", take: "ours" });
    await rest();
    expect([(await own()).data["firstName"], both()[0]]).toEqual(["Newer still", "Newer still"]);
  });

  test("ends with its record, and is settled by nobody after that", async () => {
    const [conflict] = await conflicts();
    await p.put({ id: "ada", deleted: true });
    expect([await conflicts(), (await p.stream())?.["conflict_count"]]).toEqual([[], 0]);
    const settling = settleConflict(member(), { conflictId: conflict?.["id"] as ConflictId, choices: { firstName: { take: "ours" } } });
    await expect(settling).rejects.toMatchObject({ code: "conflict" });
    await rest();
    expect([(await own()).deleted_at, await conflicts()]).toEqual([expect.any(Date), []]);
  });

  test("is refused by field, and is nobody else's", async () => {
    const [conflict] = await conflicts();
    const conflictId = conflict?.["id"] as ConflictId;
    const settle = (choices: Choices, ctx = member()) => settleConflict(ctx, { conflictId, choices });
    await expect(settle({ hobby: { take: "ours" } })).rejects.toMatchObject({
      code: "invalid",
      details: { issues: [{ path: "choices.hobby" }] },
    });
    await expect(settle({ firstName: { value: { deep: 1 } } })).rejects.toMatchObject({ code: "invalid" });
    const other = memberCtx(p.deps, await createScene(p.owner, { name: "Other", connectorKey: "tiny", records: 0 }));
    await expect(settle({ email: { take: "ours" } }, other)).rejects.toMatchObject({ code: "not_found" });
    await expect(settleAlike(other, { streamId: streamId(), field: "email", take: "ours" })).rejects.toMatchObject({ code: "not_found" });
    expect((await listConflicts(other, { streamId: streamId(), limit: 5 })).items).toEqual([]);
  });
});
