import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { OwnPut } from "#server/domains/own-records/put-own-records";
import { listHeldRecords } from "#server/domains/records/list-held-records";
import { restoreRecords } from "#server/domains/records/settle-held-records";
import type { CustomerCtx } from "#server/lib/context";
import type { RunId, StreamId, WriteId } from "#server/lib/ids";
import { openPushing, type Thing } from "#tests/support/pushing";
import { createScene, memberCtx, type Scene } from "#tests/support/world";
import { listWrites } from "./list-writes";
import { dropHeld, retryHeld } from "./settle-held";
import { planUndo, undoWrites } from "./undo-writes";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

let scene: Scene;
let p: Awaited<ReturnType<typeof openPushing>>;
beforeAll(async () => {
  p = await openPushing();
});
afterAll(() => p.close());
beforeEach(async () => {
  scene = await p.reset();
});

const person = (id: string, firstName: string): OwnPut => ({ id, data: { email: `${id}@x.example`, firstName } });
const ctx = () => memberCtx(p.deps, scene);
const names = () => Object.fromEntries([...p.things.values()].map((one) => [one.email?.split("@")[0], one.firstname]));
const lastRun = async () => ({ runId: (await p.lastRun())?.["id"] as RunId });

/** The customer turns the stream on once more, as each switch of another stream of the template does. */
const save = () => activateTemplate(p.ctx() as CustomerCtx, { connectionId: scene.connection, templateId: scene.template });
const drop = () => dropHeld(ctx(), { streamId: scene.stream as StreamId });

/** Three people made, then changed in one run. */
async function changed(): Promise<{ runId: RunId }> {
  await p.put(person("a", "Ann"), person("b", "Bob"), person("c", "Cid"));
  await p.run();
  await p.put(person("a", "Anna"), person("b", "Bobby"), person("c", "Cidney"));
  await p.run();
  return lastRun();
}

test("a run is taken back: what was there before is there again, and what somebody changed since is left to a person", async () => {
  const run = await changed();
  expect(await planUndo(ctx(), run)).toEqual({ writes: 3, records: 3, possible: 3, obstacles: [], more: false });
  (p.things.get("t2") as Thing).firstname = "Robert";
  await undoWrites(ctx(), run);
  await p.run();
  expect(names()).toEqual({ a: "Ann", b: "Robert", c: "Cid" });
  expect((await listHeldRecords(ctx(), { state: "held", limit: 10 })).items).toMatchObject([
    { ownId: "b", op: "undo", state: "held", code: "conflict", field: "firstName" },
  ]);
  const { items } = await listWrites(ctx(), { limit: 20 });
  const undone = items.filter((one) => one.undoOf !== null).sort((one, other) => (one.ownId < other.ownId ? -1 : 1)); // written in one go
  expect(undone).toMatchObject(["a", "c"].map((ownId) => ({ ownId, op: "update", before: { firstname: expect.any(String) } })));
  expect(items.filter((one) => one.undoneAt !== null)).toHaveLength(2);
  expect(await dropHeld(ctx(), { streamId: scene.stream as StreamId })).toEqual({ wishes: 1 });
  expect(await p.stream()).toMatchObject({ held_count: 0 });
  // It stays so: the own record is sent again when it changes, and not before.
  await p.put(person("a", "Anna"));
  expect(await p.run()).toBe("wait");
  await p.put(person("a", "Annabel"));
  await p.run();
  expect(names()).toMatchObject({ a: "Annabel" });
});

test("a window is taken back to where it began, through all that was written in it; what it made is deleted", async () => {
  const from = new Date(Date.now() - 60_000);
  await changed();
  const to = new Date(Date.now() + 60_000);
  const streamId = scene.stream as StreamId;
  expect(await planUndo(ctx(), { streamId, from, to })).toMatchObject({ writes: 6, records: 3, possible: 3 });
  await undoWrites(ctx(), { streamId, from, to });
  await p.run();
  expect([p.things.size, (await p.rows("links")).length, await p.waiting()]).toEqual([0, 0, []]);
  expect(await planUndo(ctx(), { streamId, from, to })).toMatchObject({ writes: 0, records: 0 });
});

test("the plan says what cannot be: written again since, waiting, deleted; nothing of that is begun", async () => {
  const run = await changed();
  await p.put(person("a", "Other"));
  await p.run();
  await p.put(person("b", "Other"));
  await p.settings({ deletes: "propagate" });
  await p.put({ id: "c", deleted: true });
  const plan = await undoWrites(ctx(), run);
  expect(plan).toMatchObject({ records: 3, possible: 0 });
  expect(plan.obstacles.map(({ why, examples }) => [why, examples]).sort()).toEqual([
    ["changed", ["a"]],
    ["waiting", ["b", "c"]],
  ]);
  await p.run();
  expect(names()).toEqual({ a: "Other", b: "Other" });
  expect((await planUndo(ctx(), await lastRun())).obstacles).toMatchObject([{ why: "deletion", records: 1 }]);
});

test("held wishes are tried again when a person says so; another vendor's are not found", async () => {
  p.law.strike = ({ method }) => (method === "POST" ? { status: 422, json: { message: "Closed on Sundays" } } : null);
  await p.put(person("a", "Ann"));
  await p.run();
  p.law.strike = () => null;
  const streamId = scene.stream as StreamId;
  const other = memberCtx(p.deps, await createScene(p.owner, { name: "Other", connectorKey: "tiny", records: 0 }));
  const run = await lastRun();
  for (const work of [
    () => retryHeld(other, { streamId }),
    () => dropHeld(other, { streamId }),
    () => planUndo(other, run),
    () => listHeldRecords(other, { streamId, state: "held", limit: 5 }),
  ])
    await expect(work()).rejects.toMatchObject({ code: "not_found" });
  expect((await listHeldRecords(ctx(), { streamId, state: "held", limit: 5 })).items).toMatchObject([
    { message: expect.stringContaining("Closed on Sundays") },
  ]);
  expect(await retryHeld(ctx(), { streamId, ownIds: ["nobody"] })).toEqual({ wishes: 0 });
  expect(await retryHeld(ctx(), { streamId, ownIds: ["a"] })).toEqual({ wishes: 1 });
  await p.run();
  expect(names()).toEqual({ a: "Ann" });
});

test("what was refused at the same moment is listed whole, a page at a time", async () => {
  p.law.strike = ({ method }) => (method === "POST" ? { status: 422, json: { message: "Closed on Sundays" } } : null);
  await p.put(...["a", "b", "c"].map((id) => person(id, id)));
  await p.run();
  await p.owner`update outbox set updated_at = '2026-11-21 10:00:00.123456+00'`;
  const seen: string[] = [];
  for (let cursor: string | undefined, n = 0; n < 5; n++) {
    const page = await listHeldRecords(ctx(), { state: "held", limit: 1, ...(cursor ? { cursor } : {}) });
    seen.push(...page.items.map((one) => one.ownId ?? ""));
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(seen.sort()).toEqual(["a", "b", "c"]);
});

test("what was let go stays in a list, and is sent when it is taken back", async () => {
  p.law.strike = ({ method }) => (method === "POST" ? { status: 422, json: { message: "Closed on Sundays" } } : null);
  await p.put(person("a", "Ann"), person("b", "Bob"));
  await p.run();
  const [held] = (await listHeldRecords(ctx(), { state: "held", limit: 1 })).items;
  expect(held).toMatchObject({ side: "write", ownId: expect.any(String), message: expect.stringContaining("Closed on Sundays") });
  await dropHeld(ctx(), { streamId: scene.stream as StreamId, cause: "no such cause" });
  expect(await p.waiting()).toHaveLength(2);
  await dropHeld(ctx(), { streamId: scene.stream as StreamId, cause: held?.cause });
  const skipped = (await listHeldRecords(ctx(), { state: "skipped", limit: 10 })).items;
  expect(skipped.map(({ id, state, skippedBy }) => [id, state, skippedBy?.includes("@")]).sort()).toEqual([
    ["write:a", "skipped", true],
    ["write:b", "skipped", true],
  ]);
  p.law.strike = () => null;
  await p.put(person("b", "Bobby")); // it has changed, and comes back by itself
  expect(await restoreRecords(ctx(), { streamId: scene.stream as StreamId, ids: ["write:a"] })).toMatchObject({ records: 1 });
  await p.run();
  expect(names()).toEqual({ a: "Ann", b: "Bobby" });
  expect((await listHeldRecords(ctx(), { state: "skipped", limit: 10 })).items).toEqual([]);
});

describe("what was settled by a person stays so when streams are switched", () => {
  test("a creation in doubt that was let go is not made, nor one that was refused", async () => {
    p.become("blind");
    p.law.strike = ({ method }, done) => {
      if (method !== "POST") return null;
      done();
      return { status: 502, text: "" };
    };
    await p.put(person("a", "Ann"));
    await p.run();
    expect(await p.waiting()).toMatchObject([{ state: "unknown" }]);
    p.law.strike = () => null;
    await p.put({ id: "bad", data: { email: "bad" } });
    await p.run();
    expect(await drop()).toEqual({ wishes: 2 });
    await save();
    await p.run();
    expect([p.things.size, await p.waiting()]).toEqual([1, []]);
    await p.put({ id: "bad", data: { email: "good@x.example" } }); // it has changed since
    await p.run();
    expect(p.things.size).toBe(2);
  });

  test("a creation that was taken back is not made again, nor is a change that was let go sent, before the record changes", async () => {
    await p.put(person("a", "Ann"), person("b", "Bob"));
    await p.run();
    const [write] = (await listWrites(ctx(), { ownId: "a", limit: 1 })).items;
    await undoWrites(ctx(), { writeId: write?.id as WriteId });
    await p.put({ id: "b", data: { email: "bad", firstName: "Bob" } });
    await p.run();
    expect(await drop()).toEqual({ wishes: 1 });
    await save();
    expect(await p.waiting()).toEqual([]);
    await p.put(person("a", "Anna"), person("b", "Bobby"));
    await p.run();
    expect(names()).toEqual({ a: "Anna", b: "Bobby" });
  });
});

describe("a change that comes while an undo waits", () => {
  /** Ann was made Anna, which is to be taken back. */
  async function accepted() {
    const run = await changed();
    expect(await undoWrites(ctx(), run)).toMatchObject({ possible: 3 });
  }

  test("has its turn afterwards: the undo is done, and then what has changed is sent", async () => {
    await accepted();
    await p.put({ id: "a", data: { email: "a@new.example", firstName: "Anna" } }, person("b", "Robert"));
    expect((await p.waiting()).map((one) => one["op"])).toEqual(["undo", "undo", "undo"]);
    while ((await p.run()) !== "wait");
    expect([p.things.get("t1"), p.things.get("t2"), await p.waiting()]).toMatchObject([
      { email: "a@new.example", firstname: "Ann" },
      { firstname: "Robert" },
      [],
    ]);
  });

  test("is held with an undo that cannot be done, which a person is told of, and goes when that is let go", async () => {
    await accepted();
    (p.things.get("t1") as Thing).firstname = "Somebody's";
    await p.put({ id: "a", data: { email: "a@new.example", firstName: "Anna" } });
    while ((await p.run()) !== "wait");
    expect(await p.waiting()).toMatchObject([{ own_id: "a", op: "undo", state: "held", code: "conflict" }]);
    expect(await drop()).toEqual({ wishes: 1 });
    expect(await p.waiting()).toMatchObject([{ own_id: "a", op: "put", state: "waiting" }]);
    while ((await p.run()) !== "wait");
    expect(p.things.get("t1")).toMatchObject({ email: "a@new.example", firstname: "Somebody's" });
  });
});
