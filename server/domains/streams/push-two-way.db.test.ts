import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { OwnPut } from "#server/domains/own-records/put-own-records";
import { openPushing, type Thing } from "#tests/support/pushing";
import type { Scene } from "#tests/support/world";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

// The writing half of a stream that goes both ways.
let scene: Scene;
let p: Awaited<ReturnType<typeof openPushing>>;
beforeAll(async () => {
  p = await openPushing();
});
afterAll(() => p.close());
beforeEach(async () => {
  scene = await p.reset("keyed", "two_way");
  await p.settings({ direction: "two_way", match: "email" });
});

const ada = (firstName: string): OwnPut => ({ id: "ada", data: { email: "ada@acme.example", firstName } });
const thing = (id: string, more: Partial<Thing>) => p.things.set(id, { id, at: "2026-01-01T00:00:00.000Z", ...more });
/** The next run is a reading of everything. */
const read = async () => {
  await p.owner`update streams set reread = true, due_at = now(), run_id = null where id = ${scene.stream}`;
  return p.run();
};

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
  expect(await p.rows("named_records")).toMatchObject([{ external_id: "t1" }]);
  expect((await p.rows("links"))[0]).toMatchObject({ base_ours: { email: "ada@new.example", firstName: "Ada" } });
});
