import { expect, test, vi } from "vitest";
import { syncNow } from "#server/domains/streams/sync-now";
import { newId } from "#server/lib/ids";
import { agreed, drain, p, scene, startOver, usingBothSides } from "#tests/support/both-sides";
import { insert } from "#tests/support/world";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

// Wishes that were refused for what the mapping made of them, and another mapping.
usingBothSides();

test("what was refused under one mapping is tried again under the next, rolled back or not, and is newly refused only once", async () => {
  await startOver("push", {});
  const map = async (email: string, first: string) => {
    const fields = [
      { target: "email", from: email, transforms: [], required: true, onError: "quarantine" },
      { target: "firstName", from: first, transforms: [], required: false, onError: "null" },
    ];
    await p.owner`update mappings set fields = ${p.owner.json(fields)} where template_id = ${scene.template}`;
    await p.owner`update streams set mapping_version = mapping_version + 1 where id = ${scene.stream}`;
  };
  const settled = async () => {
    while ((await p.run()) !== "wait" || (await p.waiting()).some(({ state }) => state !== "held"));
  };
  const refused = async () => (await p.rows("outbox")).map(({ own_id, state, code, updated_at }) => ({ own_id, state, code, updated_at }));
  await map("firstname", "email"); // the two are taken for each other
  await p.put({ id: "ada", data: { email: "ada@acme.example", firstName: "a bad one" } });
  await settled();
  const [first] = await refused();
  expect([first, await p.stream()]).toMatchObject([{ own_id: "ada", state: "held", code: "record_invalid" }, { held_count: 1 }]);
  await map("firstname", "hobby"); // another mapping, and as wrong
  await settled();
  expect(await refused()).toEqual([{ ...first, code: "invalid" }]); // and since when it was
  expect(await p.lastRun()).toMatchObject({ kind: "push", quarantined: 1 });
  await p.owner`insert into outbox (stream_id, own_id, environment_id, customer_id, op, version, state, code)
    select id, 'eve', environment_id, customer_id, 'delete', 1, 'held', 'delete_guard_tripped' from streams where id = ${scene.stream}`;
  await map("email", "firstname");
  await settled();
  expect([...p.things.values()]).toMatchObject([{ email: "ada@acme.example", firstname: "a bad one" }]);
  expect([await p.waiting(), (await p.stream())?.["held_count"]]).toMatchObject([[{ own_id: "eve", state: "held" }], 1]);
});

test("what was refused is tried again when another mapping is in force, once what is stored is re-mapped", async () => {
  await agreed();
  await p.put({ id: "bob", data: { email: "bad@acme.example" } });
  await drain();
  expect(await p.waiting()).toMatchObject([{ own_id: "bob", state: "held", code: "record_invalid" }]);
  p.law.strike = (asked, done) => (asked.method === "POST" ? { json: { id: "t7", ...JSON.parse(asked.body) } } : done());
  await p.run();
  expect(await p.waiting()).toMatchObject([{ own_id: "bob", state: "held" }]);
  await p.owner`update streams set mapping_version = mapping_version + 1 where id = ${scene.stream}`;
  await p.run();
  expect((await p.lastRun())?.["kind"]).toBe("remap");
  await drain();
  expect([await p.waiting(), (await p.stream())?.["held_count"]]).toEqual([[], 0]);
  expect(await p.rows("links")).toMatchObject([{}, { own_id: "bob", external_id: "t7" }]);
});

test("when nearly everything is refused the rest is not even sent; sync now goes on with it, and says when nothing waits", async () => {
  await startOver("push", {});
  expect(await syncNow(p.ctx(), { streamId: scene.stream })).toMatchObject({ queued: false });
  const many = Array.from({ length: 100 }, (_, n) => ({ id: `w${n}`, data: { email: `bad${n}@acme.example` } }));
  await p.put(...many);
  expect(await p.run()).toBe("record_invalid");
  const posts = () => p.third.asked.filter(({ method }) => method === "POST").length;
  expect([posts(), await p.stream()]).toMatchObject([
    60,
    { pause_reasons: ["quarantine"], held_count: 60, failure_code: "record_invalid" },
  ]);
  expect(await p.run()).toBe("wait");
  expect(await syncNow(p.ctx(), { streamId: scene.stream })).toMatchObject({ queued: true });
  await drain();
  expect([posts(), await p.stream()]).toMatchObject([100, { pause_reasons: [], held_count: 100, failure_code: null }]);
  expect(await syncNow(p.ctx(), { streamId: scene.stream })).toMatchObject({ queued: false });
});

test.each(["push", "two_way"] as const)(
  "what was refused long ago stops nothing when another mapping has it tried again (%s)",
  async (direction) => {
    await startOver(direction, { direction, ...(direction === "two_way" ? { match: "email" } : {}) });
    const wishes = (name: string, count: number, bad: string) =>
      Array.from({ length: count }, (_, n) => ({ id: `${name}${n}`, data: { email: `${bad}${name}${n}@acme.example` } }));
    await drain();
    for (const records of [wishes("w", 80, "good"), wishes("a", 30, "bad"), wishes("b", 30, "bad")]) {
      await p.put(...records);
      await drain();
    }
    expect(await p.stream()).toMatchObject({ pause_reasons: [], held_count: 60 });
    await p.owner`update streams set mapping_version = mapping_version + 1 where id = ${scene.stream}`;
    await drain(); // frees them, where nothing has to be re-mapped
    await drain();
    expect(await p.stream()).toMatchObject({ pause_reasons: [], held_count: 60, failure_code: null });
    const pushed = (
      await p.owner`select status, quarantined from runs where stream_id = ${scene.stream} and kind = 'push' order by started_at desc limit 1`
    )[0];
    expect(pushed).toMatchObject({ status: "succeeded", quarantined: 60 });
    const tripped = wishes("c", 60, "bad"); // what is newly refused still stops it
    await p.put(...tripped);
    expect(await p.run()).toBe("record_invalid");
  },
);

test("a change there that another mapping has dealt with is nobody's task any more, whether something waits to be written or not", async () => {
  await startOver("push", {});
  const { connection: connection_id, environment: environment_id, customer: customer_id, stream: stream_id } = scene;
  const fields = [{ path: "email", title: "E-mail", type: "string" }];
  await insert(p.owner, "connection_schemas", { connection_id, object: "thing", environment_id, customer_id, fields });
  const drift = async () => {
    const detail = { kind: "removed", path: "firstname", targets: ["firstName"], message: "“firstname” is gone." };
    await p.owner`insert into drifts (id, environment_id, customer_id, stream_id, kind, path, detail)
      values (${newId("drift")}, ${environment_id}, ${customer_id}, ${stream_id}, 'removed', 'firstname', ${p.owner.json(detail)})`;
  };
  const open = async () => (await p.rows("drifts")).filter(({ status }) => status === "open").length;
  const over = () => p.owner`update streams set mapping_version = mapping_version + 1 where id = ${stream_id}`;
  const map = (from: string) => {
    const fields = [{ target: "email", from, transforms: [], required: true, onError: "quarantine" }];
    return p.owner`update mappings set fields = ${p.owner.json(fields)} where template_id = ${scene.template}`;
  };
  await drift();
  await over();
  await p.run();
  expect(await open()).toBe(1); // it is still written there
  await map("email");
  await over();
  expect(await p.run()).toBe("wait");
  expect(await open()).toBe(0);
  await drift();
  await over();
  await p.put({ id: "ada", data: { email: "ada@acme.example" } });
  expect(await p.run()).toMatchObject({ seen: 1 });
  expect(await open()).toBe(0);
});
