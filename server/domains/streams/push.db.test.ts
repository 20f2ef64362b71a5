import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { OwnPut } from "#server/domains/own-records/put-own-records";
import type { CustomerCtx } from "#server/lib/context";
import { openPushing, type Thing } from "#tests/support/pushing";
import type { Scene } from "#tests/support/world";

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

const ada = (more: object = {}): OwnPut => ({ id: "ada", data: { email: "ada@acme.example", firstName: "Ada", ...more } });

describe("a push", () => {
  test("creates once, then sends what has changed and nothing else; what they added stays", async () => {
    await p.put(ada());
    expect(await p.run()).toMatchObject({ done: true, seen: 1 });
    expect([...p.things.values()]).toMatchObject([{ id: "t1", email: "ada@acme.example", firstname: "Ada" }]);
    expect(await p.lastRun()).toMatchObject({ kind: "push", status: "succeeded", created: 1, pages: 1 });
    expect(await p.rows("links")).toMatchObject([
      { own_id: "ada", external_id: "t1", pushed_version: "1", base_ours: { firstName: "Ada" } },
    ]);
    Object.assign(p.things.get("t1") as Thing, { hobby: "chess", firstname: "A. King" });
    p.third.asked.length = 0;
    await p.put(ada({ email: "ada@new.example" }));
    await p.run();
    expect(p.third.asked.map(({ method, body }) => [method, body])).toEqual([
      ["GET", ""],
      ["PATCH", '{"email":"ada@new.example"}'],
    ]);
    expect(p.things.get("t1")).toMatchObject({ email: "ada@new.example", hobby: "chess", firstname: "A. King" });
    expect(await p.rows("writes")).toMatchObject([
      { op: "create", before: null, after: { email: "ada@acme.example" } },
      { op: "update", before: { email: "ada@acme.example" }, after: { email: "ada@new.example" } },
    ]);
    p.third.asked.length = 0;
    expect(await p.run()).toBe("wait");
    expect([await p.waiting(), p.asked()]).toEqual([[], []]);
  });

  test("looks at the account's fields when the last look is older than an hour", async () => {
    const { connection, environment, customer } = scene;
    const known = { path: "firstname", title: "First name", type: "string", values: ["Ada", "Bob"], required: false };
    await p.owner`insert into connection_schemas (connection_id, object, environment_id, customer_id, fields, taken_at)
      values (${connection}, 'thing', ${environment}, ${customer}, ${p.owner.json([known] as never)}, now() - interval '10 minutes')`;
    const age = async () =>
      (
        await p.owner`select taken_at < now() - interval '5 minutes' as old from connection_schemas where connection_id = ${connection}`
      )[0]?.["old"];
    await p.put(ada());
    await p.run();
    expect(await age()).toBe(true); // younger than an hour
    await p.owner`update connection_schemas set taken_at = now() - interval '2 hours' where connection_id = ${connection}`;
    await p.put(ada({ email: "ada@new.example" }));
    expect(await p.run()).toMatchObject({ done: true });
    expect(await age()).toBe(false);
    expect(await p.lastRun()).toMatchObject({ status: "succeeded" });
  });

  test("a field that is mapped later is sent as well, and nothing else is; null empties a field", async () => {
    await p.put({ id: "ada", data: { email: "ada@acme.example", firstName: "Ada" } }, { id: "bob", data: { email: "bob@acme.example" } });
    await p.owner`update mappings set fields = (select jsonb_agg(f) from jsonb_array_elements(fields) f where f->>'target' = 'email')
      where template_id = ${scene.template}`;
    await p.run();
    expect([...p.things.values()].map((one) => one.firstname)).toEqual([undefined, undefined]);
    const fields = [{ target: "email", from: "email", transforms: [], required: true, onError: "quarantine" }];
    const more = { target: "firstName", from: "firstname", transforms: [], required: false, onError: "null" };
    await p.owner`update mappings set fields = ${p.owner.json([...fields, more])} where template_id = ${scene.template}`;
    await p.owner`update streams set mapping_version = 2 where id = ${scene.stream}`;
    p.third.asked.length = 0;
    while ((await p.run()) !== "wait" || (await p.waiting()).length > 0);
    expect(p.third.asked.filter(({ method }) => method !== "GET").map(({ body }) => body)).toEqual(['{"firstname":"Ada"}']);
    await p.put({ id: "ada", data: { email: "ada@acme.example", firstName: null } });
    await p.run();
    expect(p.things.get("t1")).toMatchObject({ firstname: null });
    expect(await p.stream()).toMatchObject({ mapped_version: 2 });
  });

  test("207: each record's own fate; who is refused waits for a person with the third party's words, and goes when it is corrected", async () => {
    p.become("batched");
    const many = Array.from({ length: 12 }, (_, n) => ({ id: `p${n}`, data: { email: n === 4 ? "bad@x.example" : `p${n}@x.example` } }));
    await p.put(...many);
    await p.run();
    expect([p.things.size, p.asked().filter((one) => one === "POST /batch").length]).toEqual([11, 2]);
    expect(await p.rows("outbox")).toMatchObject([{ own_id: "p4", state: "held", code: "record_invalid", field: "email" }]);
    expect(await p.stream()).toMatchObject({ held_count: 1, failure_code: null });
    expect(await p.lastRun()).toMatchObject({ seen: 12, created: 11, quarantined: 1 });
    expect(await p.run()).toBe("wait");
    await p.put({ id: "p4", data: { email: "good@x.example" } });
    expect(await p.stream()).toMatchObject({ held_count: 0 });
    await p.run();
    expect([p.things.size, await p.waiting()]).toEqual([12, []]);
  });

  test.each(["keyed", "found", "batched", "whole"] as const)("%s: the connection is cut after it was done; made once", async (kind) => {
    p.become(kind);
    let cuts = 3;
    p.law.strike = ({ method }, done) => {
      if (method === "GET" || cuts-- <= 0) return null;
      done();
      return { cut: true };
    };
    await p.put(ada(), { id: "bob", data: { email: "bob@acme.example" } });
    for (let n = 0; n < 4 && (await p.waiting()).length > 0; n++) {
      await p.owner`update streams set due_at = now(), failures = 0 where id = ${scene.stream}`;
      await p.owner`update outbox set due_at = now() where stream_id = ${scene.stream}`;
      await p.run();
    }
    expect([...p.things.values()].map((one) => one.email).sort()).toEqual(["ada@acme.example", "bob@acme.example"]);
    expect([(await p.rows("links")).length, await p.waiting()]).toEqual([2, []]);
  });

  test("a batch under one key is repeated whole, or not at all", async () => {
    p.become("whole");
    let cut = true;
    p.law.strike = ({ method }, done) => {
      if (method === "GET" || !cut) return null;
      done();
      return { cut: true };
    };
    await p.put(...["a", "b", "c"].map((id) => ({ id, data: { email: `${id}@x.example` } })));
    expect(await p.run()).toBe("provider_unavailable");
    expect(await p.rows("outbox")).toMatchObject(Array(3).fill({ state: "waiting", again: true }));
    // One of them is gone: what is left would be another batch, under another key.
    await p.owner`delete from outbox where stream_id = ${scene.stream} and own_id = 'b'`;
    await p.owner`update streams set due_at = now() where id = ${scene.stream}`;
    [cut, p.third.asked.length] = [false, 0];
    await p.run();
    expect([p.asked(), p.things.size]).toEqual([[], 3]);
    expect(await p.waiting()).toMatchObject([
      { own_id: "a", state: "unknown" },
      { own_id: "c", state: "unknown" },
    ]);
  });

  test("nothing tells creations apart: one in doubt is left to a person, the others are not sent into doubt", async () => {
    p.become("blind");
    p.law.strike = ({ body }, done) => {
      if (!body.includes("ada")) return null;
      done();
      return { cut: true };
    };
    await p.put(ada(), { id: "bob", data: { email: "bob@acme.example" } });
    await p.run();
    expect(await p.rows("outbox")).toMatchObject([{ own_id: "ada", state: "unknown", again: true }]);
    expect([p.things.size, (await p.stream())?.["held_count"]]).toEqual([2, 1]);
    await p.put(ada({ firstName: "Other" }));
    expect(await p.run()).toBe("wait");
    expect(p.things.size).toBe(2);
  });

  test("a change that comes in while it is being sent follows it", async () => {
    let first = true;
    await p.put(ada());
    p.third.asked.length = 0;
    const changed = new Promise<void>((resolve) => {
      p.law.strike = ({ method }) => {
        if (method === "POST" && first) {
          first = false;
          void p.put(ada({ firstName: "Later" })).then(() => resolve());
        }
        return null;
      };
    });
    await p.run();
    await changed;
    await p.run();
    expect([...p.things.values()]).toMatchObject([{ firstname: "Later" }]);
    expect(await p.waiting()).toEqual([]);
  });

  test("a stream that is turned on is told of all that is there already, and of nothing twice", async () => {
    await p.put(ada());
    await p.run();
    await p.owner`update streams set status = 'off' where id = ${scene.stream}`;
    await p.put(ada(), { id: "bob", data: { email: "bob@acme.example" } }, { id: "cid", data: { email: "cid@acme.example" } });
    await p.put({ id: "cid", deleted: true });
    expect(await p.waiting()).toEqual([]);
    await activateTemplate(p.ctx() as CustomerCtx, { connectionId: scene.connection, templateId: scene.template });
    expect(await p.waiting()).toMatchObject([{ own_id: "bob", op: "put", state: "waiting" }]);
    await p.run();
    expect([...p.things.values()].map((one) => one.email)).toEqual(["ada@acme.example", "bob@acme.example"]);
  });

  test("429 leaves the run open and loses nothing; a dead credential pauses the stream before anything is sent", async () => {
    p.law.strike = () => ({ status: 429, headers: { "retry-after": "60" }, json: {} });
    await p.put(ada());
    expect(await p.run()).toMatchObject({ done: false, waitMs: expect.any(Number) });
    expect(await p.stream()).toMatchObject({ run_id: expect.any(String), waiting_until: expect.any(Date) });
    expect(await p.waiting()).toMatchObject([{ state: "waiting" }]);
    await p.owner`update connections set status = 'reauth' where id = ${scene.connection}`;
    await p.owner`update streams set waiting_until = null where id = ${scene.stream}`;
    p.third.asked.length = 0;
    expect(await p.run()).toBe("reauth_required");
    expect([(await p.stream())?.["pause_reasons"], p.asked()]).toEqual([["auth"], []]);
    await p.put(ada({ firstName: "Again" }));
    expect(await p.run()).toBe("wait");
  });

  test("the third party is down: the run fails, backs off, and a new wish does not shorten it", async () => {
    p.law.strike = () => ({ status: 503, json: {} });
    await p.put(ada());
    expect(await p.run()).toBe("provider_unavailable");
    await p.put(ada({ firstName: "Again" }));
    expect(await p.run()).toBe("wait");
    expect(await p.stream()).toMatchObject({ failures: 1, failure_code: "provider_unavailable" });
  });

  test("a record that cannot be looked at holds nobody else up, and is left to a person after some attempts", async () => {
    const people = (...names: string[]) => names.map((id) => ({ id, data: { email: `${id}@x.example`, firstName: id } }));
    await p.put(...people("a", "b"));
    await p.run();
    p.law.strike = ({ method, path }) => (method === "GET" && path === "/things/t1" ? { status: 500, json: {} } : null);
    await p.put(...people("a", "b").map((one) => ({ ...one, data: { ...one.data, firstName: "New" } })));
    const again = async () => {
      const came = await p.run();
      await p.owner`update streams set due_at = now(), failures = 0 where id = ${scene.stream}`;
      await p.owner`update outbox set due_at = now() - interval '1 second' where stream_id = ${scene.stream}`;
      return came;
    };
    await again();
    expect([p.things.get("t1")?.firstname, p.things.get("t2")?.firstname]).toEqual(["a", "New"]);
    expect(await p.rows("outbox")).toMatchObject([{ own_id: "a", state: "waiting", attempts: 1, code: "provider_unavailable" }]);
    // When it is all there is, they may all be out of reach.
    expect(await again()).toBe("provider_unavailable");
    for (let n = 0; n < 3; n++) {
      await p.put({ id: "b", data: { email: "b@x.example", firstName: `New ${n}` } });
      expect(await again()).toMatchObject({ done: true });
    }
    expect([p.things.get("t2")?.firstname, await p.waiting(), (await p.stream())?.["held_count"]]).toMatchObject([
      "New 2",
      [{ own_id: "a", state: "held", code: "provider_unavailable" }],
      1,
    ]);
  });

  test("match: who is there is linked and not made again; several that fit are for a person", async () => {
    p.become("found");
    await p.settings({ match: "email" });
    p.things.set("old", { id: "old", at: "2020-01-01T00:00:00Z", email: "ada@acme.example", firstname: "Ada", hobby: "chess" });
    for (const id of ["a", "b"]) p.things.set(id, { id, at: "2020-01-01T00:00:00Z", email: "twin@acme.example" });
    await p.put(ada({ firstName: "Augusta" }), { id: "twin", data: { email: "twin@acme.example" } });
    await p.run();
    expect(p.things.size).toBe(3);
    expect(p.things.get("old")).toMatchObject({ firstname: "Augusta", hobby: "chess" });
    expect(await p.rows("links")).toMatchObject([{ own_id: "ada", external_id: "old" }]);
    expect(await p.waiting()).toMatchObject([{ own_id: "twin", state: "held", code: "conflict", field: "email" }]);
    await p.put({ id: "twin", data: { email: "twin@acme.example" }, externalId: "b" });
    expect((await p.put({ id: "else", data: { email: "e@x.example" }, externalId: "b" }))[0]?.issues).toMatchObject([
      { path: "externalId" },
    ]);
    await p.run();
    expect((await p.rows("links")).map((one) => one["external_id"]).sort()).toEqual(["b", "old"]);
  });

  test("what was deleted there is not made again by itself", async () => {
    await p.put(ada());
    await p.run();
    p.things.clear();
    await p.put(ada({ firstName: "New" }));
    await p.run();
    expect([p.things.size, await p.waiting(), (await p.rows("links")).length]).toMatchObject([0, [{ state: "held", code: "conflict" }], 0]);
  });
});

describe("deletions", () => {
  test("are kept to ourselves, or passed on when the template says so", async () => {
    await p.put(ada());
    await p.run();
    await p.put({ id: "ada", deleted: true });
    await p.run();
    expect([p.things.size, await p.waiting()]).toEqual([1, []]);
    await p.settings({ deletes: "propagate" });
    await p.put(ada());
    await p.put({ id: "ada", deleted: true });
    await p.run();
    expect([p.things.size, await p.waiting(), (await p.rows("links")).length]).toEqual([0, [], 0]);
    expect((await p.rows("writes")).at(-1)).toMatchObject({ op: "delete", before: { email: "ada@acme.example" } });
  });

  test("unusually many within an hour wait for a person", async () => {
    await p.settings({ deletes: "propagate" });
    const many = Array.from({ length: 25 }, (_, n) => ({ id: `p${n}`, data: { email: `p${n}@x.example` } }));
    await p.put(...many);
    while ((await p.run()) !== "wait");
    await p.put(...many.map(({ id }) => ({ id, deleted: true })));
    while ((await p.run()) !== "wait");
    expect(p.things.size).toBe(5);
    expect(await p.waiting()).toMatchObject(Array(5).fill({ state: "held", code: "delete_guard_tripped" }));
    expect(await p.stream()).toMatchObject({ held_count: 5 });
  });
});
