import { describe, expect, test, vi } from "vitest";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { undoWrites } from "#server/domains/writes/undo-writes";
import type { CustomerCtx } from "#server/lib/context";
import { newId, type RunId } from "#server/lib/ids";
import {
  ada,
  agreed,
  conflicts,
  drain,
  edit,
  held,
  MINUTE,
  own,
  p,
  read,
  scene,
  thing,
  usingBothSides,
  writesThere,
} from "#tests/support/both-sides";
import type { Thing } from "#tests/support/pushing";
import { memberCtx } from "#tests/support/world";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

// A stream that goes both ways.
usingBothSides();

test("nothing is written before who is there already was read; the same person on both sides is one, by the match", async () => {
  thing("t9", { email: "ADA@acme.example ", firstname: "Ada" });
  await p.owner`update streams set phase = 'backfill', due_at = now() where id = ${scene.stream}`;
  await p.put(ada("Ada"), { id: "new", data: { email: "new@acme.example" } });
  await p.run();
  expect([(await p.lastRun())?.["kind"], p.things.size]).toEqual(["backfill", 1]);
  for (let n = 0; n < 5 && (await p.run()) !== "wait"; n++);
  expect([...p.things.values()].map((one) => one.email?.trim().toLowerCase()).sort()).toEqual(["ada@acme.example", "new@acme.example"]);
  expect((await p.rows("links")).map((one) => [one["own_id"], one["external_id"]])).toEqual([
    ["ada", "t9"],
    ["new", "t2"],
  ]);
});

test("what we wrote comes back as no news: no change in the feed, no wish", async () => {
  await p.put(ada("Ada"));
  await p.run();
  await read();
  const changes = async () => (await p.owner`select count(*)::int as n from changes where stream_id = ${scene.stream}`)[0]?.["n"];
  const before = await changes();
  await p.put(ada("Augusta"));
  await p.run();
  expect([...p.things.values()]).toMatchObject([{ firstname: "Augusta" }]);
  p.third.asked.length = 0;
  await read();
  expect([await changes(), await p.waiting(), p.asked().filter((one) => !one.startsWith("GET"))]).toEqual([before, [], []]);
});

test("an edit of theirs between the last reading and our write is not lost: the other field is written, theirs is read", async () => {
  await p.put({ id: "ada", data: { email: "ada@acme.example", firstName: "Ada" } });
  await p.run();
  await read();
  await p.settings({ direction: "two_way", match: "email", owners: { default: "manual" } });
  Object.assign(p.things.get("t1") as Thing, { firstname: "Theirs", at: new Date().toISOString() });
  await p.put({ id: "ada", data: { email: "ada@new.example", firstName: "Ours" } });
  await p.run();
  expect(p.things.get("t1")).toMatchObject({ email: "ada@new.example", firstname: "Theirs" });
  expect((await p.rows("conflicts"))[0]).toMatchObject({
    external_id: "t1",
    fields: [{ field: "firstName", ours: "Ours", theirs: "Theirs" }],
  });
  expect((await p.rows("links"))[0]).toMatchObject({ base_ours: { email: "ada@new.example", firstName: "Ada" } });
});

describe("both edit the same field", () => {
  const cases = [
    { owner: "ours", theirsAt: 1, ours: "Ours", theirs: "Ours" },
    { owner: "theirs", theirsAt: -1, ours: "Theirs", theirs: "Theirs" },
    { owner: "newest", theirsAt: 1, ours: "Theirs", theirs: "Theirs" },
    { owner: "newest", theirsAt: -1, ours: "Ours", theirs: "Ours" },
    { owner: "manual", theirsAt: 1, ours: "Ours", theirs: "Theirs" },
  ];
  for (const first of ["reading", "writing"] as const) {
    test.each(cases)(`${first} first: $owner, theirs $theirsAt`, async ({ owner, theirsAt, ours, theirs }) => {
      await agreed();
      await p.settings({ direction: "two_way", match: "email", owners: { default: owner } });
      const seenAt = Number((await p.rows("links"))[0]?.["theirs_ms"]);
      const at = new Date(theirsAt < 0 ? seenAt + 1 : Date.now() + MINUTE);
      edit("t1", { firstname: "Theirs" }, at);
      await p.put(ada("Ours"));
      if (first === "reading") await read();
      await drain();
      await read();
      await drain();
      expect([(await own()).data["firstName"], p.things.get("t1")?.firstname]).toEqual([ours, theirs]);
      const manual = owner === "manual";
      expect(await conflicts()).toMatchObject(
        manual ? [{ own_id: "ada", external_id: "t1", fields: [{ field: "firstName", base: "Ada", ours: "Ours", theirs: "Theirs" }] }] : [],
      );
      expect(await p.stream()).toMatchObject({ conflict_count: manual ? 1 : 0, held_count: 0 });
      expect(await held("t1")).toMatchObject({ data: { firstName: ours } });
      expect(await p.waiting()).toEqual([]);
      // Nothing goes to and fro: at most the one write that the rule asked for.
      expect(writesThere().length).toBeLessThanOrEqual(1);
    });
  }
});

test("a field that they changed becomes ours, is told in the feed, and no write comes of it; fields of ours they do not have stay", async () => {
  await agreed();
  const { version } = await own();
  const before = Number((await p.stream())?.["next_seq"]);
  edit("t1", { firstname: "Augusta" }, new Date(Date.now() + MINUTE));
  await read();
  await drain();
  expect([(await own()).data, Number((await own()).version)]).toEqual([
    { email: "ada@acme.example", firstName: "Augusta" },
    Number(version) + 1,
  ]);
  expect([await held("t1"), Number((await p.stream())?.["next_seq"])]).toMatchObject([{ data: { firstName: "Augusta" } }, before + 1]);
  expect([writesThere(), await p.waiting(), await conflicts()]).toEqual([[], [], []]);
});

test("what the third party overrules is told in the feed, though the record there did not change", async () => {
  await agreed();
  await p.settings({ direction: "two_way", match: "email", owners: { default: "theirs" } });
  const before = Number((await p.stream())?.["next_seq"]);
  await p.put(ada("Mine"));
  await drain();
  expect([(await own()).data["firstName"], p.things.get("t1")?.firstname, writesThere()]).toEqual(["Ada", "Ada", []]);
  const told = await p.owner`select external_id, op from changes where stream_id = ${scene.stream} and seq >= ${before}`;
  expect(told.map((row) => [row["external_id"], row["op"]])).toEqual([["t1", "updated"]]);
});

test("each side creates the same person, whoever is seen first: one link, nobody doubled; two that fit are left alone", async () => {
  thing("t9", { email: "ADA@acme.example ", firstname: "Ada", hobby: "chess" });
  for (const id of ["x1", "x2"]) thing(id, { email: "twin@acme.example" });
  await p.put(ada("Ada"), { id: "twin", data: { email: "twin@acme.example" } });
  await read();
  await drain();
  expect((await p.rows("links")).map((one) => [one["own_id"], one["external_id"]])).toEqual([["ada", "t9"]]);
  expect([p.things.size, await p.waiting()]).toMatchObject([3, [{ own_id: "twin", state: "held", code: "conflict" }]]);
  // The two become one: the wish that waited is freed by a reading, and nobody is made.
  p.things.delete("x2");
  await read();
  await read();
  await drain();
  expect((await p.rows("links")).map((one) => [one["own_id"], one["external_id"]]).sort()).toEqual([
    ["ada", "t9"],
    ["twin", "x1"],
  ]);
  expect([p.things.size, await p.waiting()]).toEqual([2, []]);
});

test("records that we made come back once: in the feed and among the records, and never as news again", async () => {
  await p.put(ada("Ada"));
  await drain();
  for (let n = 0; n < 3; n++) await read();
  await drain();
  const told = await p.owner`select op from changes where stream_id = ${scene.stream}`;
  expect([told.map((row) => row["op"]), (await p.rows("records")).length, p.things.size]).toEqual([["created"], 1, 1]);
  expect(writesThere()).toEqual(["POST /things"]);
});

test("of two that meet for the first time the newer counts, by when the vendor says it was changed", async () => {
  thing("t9", { email: "ada@acme.example", firstname: "Theirs" });
  await p.put({ ...ada("Old"), changedAt: "2025-12-31T00:00:00Z" });
  await read();
  await drain();
  expect([(await own()).data["firstName"], p.things.get("t9")?.firstname, writesThere()]).toEqual(["Theirs", "Theirs", []]);
});

test("an edit of ours while a page is on its way: both edits live", async () => {
  await agreed();
  edit("t1", { firstname: "Theirs" }, new Date(Date.now() + MINUTE));
  let put: Promise<unknown> | undefined;
  p.law.strike = ({ method, path }) => {
    if (method === "GET" && path === "/things") put ??= p.put({ id: "ada", data: { email: "new@acme.example", firstName: "Ada" } });
    return null;
  };
  await read();
  await put;
  await drain();
  expect([(await own()).data, p.things.get("t1")]).toMatchObject([
    { email: "new@acme.example", firstName: "Theirs" },
    { email: "new@acme.example", firstname: "Theirs" },
  ]);
  expect(await conflicts()).toEqual([]);
});

test("a listing that is behind our write undoes nothing", async () => {
  await agreed();
  const old = { ...(p.things.get("t1") as Thing) };
  await p.put(ada("Augusta"));
  await drain();
  p.law.strike = ({ method, path }) => (method === "GET" && path === "/things" ? { json: { items: [old] } } : null);
  await read();
  await drain();
  expect([(await own()).data["firstName"], p.things.get("t1")?.firstname]).toEqual(["Augusta", "Augusta"]);
});

describe("deleted there", () => {
  test("the own record stays, without a link; what was about to be written waits for a person, and turning on again makes nobody anew", async () => {
    await p.put(ada("Ada"), { id: "bob", data: { email: "bob@acme.example" } });
    await drain();
    await read();
    await drain();
    await p.owner`update streams set pause_reasons = '{vendor}' where id = ${scene.stream}`;
    await p.put(ada("Changed"));
    p.things.clear();
    thing("t3", { email: "c@acme.example" });
    await p.owner`update streams set pause_reasons = '{}' where id = ${scene.stream}`;
    await read();
    await drain();
    expect([(await p.rows("links")).length, (await own()).deleted_at, (await held("t1"))?.["deleted_at"]]).toEqual([
      0,
      null,
      expect.any(Date),
    ]);
    expect([await p.waiting(), (await p.stream())?.["held_count"]]).toMatchObject([
      [{ own_id: "ada", state: "held", code: "conflict" }],
      1,
    ]);
    await p.owner`update streams set status = 'off' where id = ${scene.stream}`;
    await activateTemplate(p.ctx() as CustomerCtx, { connectionId: scene.connection, templateId: scene.template });
    await drain();
    expect([...p.things.keys()]).toEqual(["t3"]);
    await p.put({ id: "bob", data: { email: "bob@acme.example", firstName: "Bob" } }); // the vendor wants him all the same
    await drain();
    expect(p.things.size).toBe(2);
  });
});

test("deleted here and passed on: it stays deleted, and nothing comes back of it", async () => {
  await agreed();
  await p.settings({ direction: "two_way", match: "email", deletes: "propagate" });
  await p.put({ id: "ada", deleted: true });
  await drain();
  await read();
  await drain();
  expect([p.things.size, (await p.rows("links")).length, (await own()).deleted_at]).toEqual([0, 0, expect.any(Date)]);
});

test("undone after a merge: what was there before is there again and stays; the next edit of either side goes on", async () => {
  await agreed();
  await p.put(ada("Mistake"));
  await drain();
  const [run] = await p.owner`select run_id from writes where stream_id = ${scene.stream} and op = 'update' order by id desc limit 1`;
  await undoWrites(memberCtx(p.deps, scene), { runId: run?.["run_id"] as RunId });
  await drain();
  await read();
  await drain();
  expect([p.things.get("t1")?.firstname, (await own()).data["firstName"], await p.waiting()]).toEqual(["Ada", "Mistake", []]);
  await p.put(ada("Right"));
  await drain();
  expect(p.things.get("t1")?.firstname).toBe("Right");
});

test("what one third party changed goes on to the others", async () => {
  await agreed();
  const other = newId("stream");
  await p.owner`insert into streams (id, environment_id, customer_id, connection_id, installation_id, template_id, key, object, model_key, direction, mapping_version, mapped_version)
    select ${other}, environment_id, customer_id, connection_id, installation_id, template_id, 'other', object, model_key, 'push', 1, 1 from streams where id = ${scene.stream}`;
  edit("t1", { firstname: "Augusta" }, new Date(Date.now() + MINUTE));
  await read();
  const wishes = await p.owner`select own_id, version from outbox where stream_id = ${other}`;
  expect(wishes.map((row) => [row["own_id"], row["version"]])).toEqual([["ada", (await own()).version]]);
});
