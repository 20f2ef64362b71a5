import { describe, expect, test, vi } from "vitest";
import { ada, agreed, conflicts, drain, edit, MINUTE, own, p, read, scene, usingBothSides, writesThere } from "#tests/support/both-sides";
import type { Kind, Tells } from "#tests/support/pushing";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

// Both ways with a third party whose answers to writes do not show the record.
usingBothSides();

const bob = (firstName: string) => ({ id: "bob", data: { email: "bob@acme.example", firstName } });
const names = async () => [(await own()).data["firstName"], (await own("bob")).data["firstName"]];
const there = () => [...p.things.values()].map((one) => one.firstname);
/** Lists show the records as they are now, whatever becomes of them. */
function lag() {
  const old = structuredClone([...p.things.values()]);
  p.law.strike = (asked) => (asked.method === "GET" && asked.path === "/things" ? { json: { items: old } } : null);
}

const KINDS: [string, Kind, Tells][] = [
  ["a batch that names ids", "batched", {}],
  ["an answer without a body", "found", { show: false }],
  ["and no record can be read by itself", "batched", { one: false }],
  ["nor says when it changed", "batched", { one: false, changed: false }],
  ["an answer that shows the record", "keyed", {}],
];

describe.each(KINDS)("%s", (_what, kind, tells) => {
  /** Ada and Bob are agreed on, and then both are changed by us. */
  async function changed() {
    p.become(kind, tells);
    await agreed();
    await p.put(bob("Bob"));
    await drain();
    await read();
    await drain();
  }
  const change = async () => {
    await p.put(ada("Augusta"), bob("Robert"));
    await drain();
    expect(there()).toEqual(["Augusta", "Robert"]);
  };
  /** What is checked later: that nothing has come of it. */
  const nothingComes = async () => {
    const told = async () => (await p.owner`select count(*)::int as n from changes where stream_id = ${scene.stream}`)[0]?.["n"];
    const [before, versions] = [await told(), [(await own()).version, (await own("bob")).version]];
    return async () => {
      expect(await names()).toEqual(["Augusta", "Robert"]);
      expect([[(await own()).version, (await own("bob")).version], await conflicts(), await p.waiting()]).toEqual([versions, [], []]);
      expect(await told()).toBe(before);
    };
  };

  test("what is stored from before our write is no change of theirs, and a new mapping is in force all the same", async () => {
    await changed();
    await change();
    const check = await nothingComes();
    await p.owner`update streams set mapping_version = mapping_version + 1 where id = ${scene.stream}`;
    await p.run();
    expect((await p.lastRun())?.["kind"]).toBe("remap");
    await check();
    expect((await p.rows("records")).map((one) => one["mapping_version"])).toEqual([2, 2]);
    await read();
    await drain();
    await check();
  });

  test("a list that is behind our write changes nothing; what they change afterwards does", async () => {
    await changed();
    lag();
    await change();
    const done = await nothingComes();
    await read();
    await drain();
    await done();
    p.law.strike = () => null;
    await read();
    await drain();
    await done();
    edit("t1", { firstname: "Theirs" }, new Date(Date.now() + MINUTE));
    await read();
    await drain();
    expect(await names()).toEqual(["Theirs", "Robert"]);
  });

  test("what they make of our value is no change of theirs, and ours goes on from there", async () => {
    await changed();
    p.law.strike = ({ method }, done) => {
      if (method === "GET") return null;
      const told = done();
      for (const one of p.things.values()) one.firstname = one.firstname?.toUpperCase() ?? null;
      const shown = (told.json as { id?: string } | undefined)?.id;
      return shown && told.status === undefined ? { ...told, json: { ...p.things.get(shown) } } : told;
    };
    await p.put(ada("Augusta"), bob("Robert"));
    await drain();
    expect(there()).toEqual(["AUGUSTA", "ROBERT"]);
    await read();
    await drain();
    expect([await names(), await p.waiting()]).toEqual([["Augusta", "Robert"], []]);
    p.third.asked.length = 0;
    for (let n = 0; n < 2; n++) await read();
    await drain();
    expect([writesThere(), await names()]).toEqual([[], ["Augusta", "Robert"]]);
    await p.put(ada("Ada"));
    await drain();
    expect([p.things.get("t1")?.firstname, await conflicts()]).toEqual(["ADA", []]);
  });
});
