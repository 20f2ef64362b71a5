import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { answerWebCall } from "#server/http/ingress";
import { eventOf, type InboxWorld, openDoor, signed, startInboxWorld, WEBHOOKS } from "#tests/support/inbox";
import { createScene, memberCtx, type Scene, testDeps } from "#tests/support/world";
import { createInboundEndpoint } from "./create-inbound-endpoint";
import { processInbox } from "./process-inbox";

vi.mock("./declared", () => ({
  declaredIn: () => (called: { connectorKey: string }) => (called.connectorKey === "hubspot" ? WEBHOOKS : null),
}));

let world: InboxWorld;
let scene: Scene;
let path: string;
beforeAll(async () => {
  world = await startInboxWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  ({ scene, path } = await world.fresh());
});

const stream = async () => (await world.owner`select *, due_at <= now() as due from streams where id = ${scene.stream}`)[0]!;

test("a proven call is on disk, sealed, when it is answered; its record waits to be fetched, or its stream becomes due, and the keeper is poked", async () => {
  const body = JSON.stringify([eventOf(1, await world.accountOf(scene))]);
  const answer = await world.send(path, body);
  expect([answer.status, await answer.text(), answer.headers.get("content-type")]).toEqual([200, "", "text/plain; charset=utf-8"]);
  const [row] = await world.rows();
  expect(row).toMatchObject({ event_key: "1", status: "waiting", environment_id: scene.environment, connection_id: null });
  expect(row!["content"]).not.toContain("contact");
  expect(world.poked.inbox).toBe(1);

  expect(await processInbox(world.worker)).toEqual({ taken: 1, failed: 0, poked: 1, more: false });
  expect(await world.owner`select external_id, read_at from named_records where stream_id = ${scene.stream}`).toEqual([
    { external_id: "7", read_at: null },
  ]);
  expect((await stream())["due"]).toBe(false);
  const vague = JSON.stringify([{ ...eventOf(2, await world.accountOf(scene)), objectId: null }]);
  expect((await world.send(path, vague)).status).toBe(200);
  world.poked.streams.length = 0;
  expect(await processInbox(world.worker)).toMatchObject({ taken: 1, failed: 0, poked: 1 });
  // Not at once after a run that has just ended, but soon.
  const after = await stream();
  expect(after["trigger"]).toBe("webhook");
  expect((after["due_at"] as Date).getTime() - Date.now()).toBeLessThan(2_500);
  expect(world.poked.streams).toEqual([scene.stream]);
  for (const row of await world.rows()) expect(row).toMatchObject({ status: "done", content: null, attempts: 1 });
});

test("F-70: a thousand repetitions, fifty at a time, are one row and one effect, all 2xx", async () => {
  const body = JSON.stringify([eventOf("same", await world.accountOf(scene))]);
  const headers = signed(body, { to: path });
  const statuses = new Set<number>();
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.send(path, body, headers)));
    for (const answer of answers) statuses.add(answer.status);
  }
  expect([...statuses]).toEqual([200]);
  expect(await world.rows()).toHaveLength(1);
  await processInbox(world.worker);
  expect(world.poked.streams).toHaveLength(1);
  expect((await world.send(path, body, headers)).status).toBe(200); // after it was read, too
  expect(await processInbox(world.worker)).toMatchObject({ taken: 0 });
});

test("F-71: a signed call of a day ago is refused, and nothing is stored", async () => {
  const body = JSON.stringify([eventOf(1, await world.accountOf(scene))]);
  expect((await world.send(path, body, signed(body, { to: path, at: Date.now() - 86_400_000 }))).status).toBe(401);
  expect(await world.rows()).toHaveLength(0);
});

test("F-73: forged, empty, foreign, truncated, doubled and re-spelled signatures are 401 and leave no trace", async () => {
  const body = JSON.stringify([eventOf(1, await world.accountOf(scene))]);
  const good = signed(body, { to: path });
  const signature = good["x-signature"]!;
  const { "x-signature": _, ...without } = good;
  const other = await world.pathOf(scene);
  const bad: Record<string, string>[] = [
    without,
    { ...good, "x-signature": "" },
    { ...good, "x-signature": signature.slice(0, -4) },
    { ...good, "x-signature": `${signature}, ${signature}` },
    { ...good, "x-signature": Buffer.from(signature, "base64").toString("base64url") },
    { ...good, "x-timestamp": "NaN" },
    signed(body, { to: path, secret: "" }),
    signed(body, { to: path, secret: "other" }),
    signed(`${body} `, { to: path }),
    signed(body, { to: other }), // signed for another endpoint
  ];
  for (const headers of bad) expect((await world.send(path, body, headers)).status, JSON.stringify(headers)).toBe(401);
  expect(await world.rows()).toHaveLength(0);
  await world.owner`update integrations set client_secret = null where id = ${scene.integration}`;
  const bare = await world.pathOf(scene);
  expect((await world.send(bare, body)).status, "no secret configured").toBe(401);
});

test("A-97, F-77: an address nobody has, another connector's, a removed one: 404, the same words, nothing stored", async () => {
  const body = JSON.stringify([eventOf(1, await world.accountOf(scene))]);
  expect((await world.send(path, body)).status).toBe(200); // now the address is remembered
  await world.owner`delete from inbound_endpoints`;
  const words = new Set<string>();
  for (const to of [
    path,
    `/api/webhooks/hubspot/${"A".repeat(43)}`,
    path.replace("hubspot", "nope"),
    "/api/webhooks/",
    `${path}/x`,
    "/api/webhooks/hubspot/x",
  ]) {
    const answer = await world.send(to, body);
    expect(answer.status, to).toBe(404);
    words.add(await answer.text());
  }
  expect(words.size).toBe(1);
  expect(await world.rows()).toHaveLength(0);
});

test("F-77: a disconnected account is nobody, an erased one leaves nothing", async () => {
  const to = await world.pathOf(scene, scene.connection);
  const body = JSON.stringify([eventOf(1, "whatever it says")]);
  expect((await world.send(to, body)).status).toBe(200);
  expect((await world.rows())[0]).toMatchObject({ connection_id: scene.connection, customer_id: scene.customer });
  await processInbox(world.worker);
  expect(world.poked.streams).toEqual([scene.stream]); // its address says whose it is
  await world.owner`delete from customers where id = ${scene.customer}`;
  expect(await world.rows()).toHaveLength(0);
  expect((await world.send(to, body)).status).toBe(404);
  expect(await world.rows()).toHaveLength(0);

  const second = await createScene(world.owner);
  const there = await world.pathOf(second, second.connection);
  await world.owner`update connections set status = 'disconnected' where id = ${second.connection}`;
  expect((await world.send(there, body)).status).toBe(404);
});

test("without the database: 503, never 2xx, and it recovers", async () => {
  const away = testDeps("postgres://nobody@127.0.0.1:1/none");
  const [lonely, base] = await openDoor(away);
  const body = JSON.stringify([eventOf(1, "x")]);
  const answer = await world.send(path, body, signed(body, { to: path }), base);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  lonely.close();
  await away.db.close();

  expect((await world.send(path, body)).status).toBe(200); // remembered
  await world.owner`alter table inbox rename to inbox_away`;
  try {
    const second = JSON.stringify([eventOf(2, "x")]);
    expect((await world.send(path, second)).status).toBe(503);
  } finally {
    await world.owner`alter table inbox_away rename to inbox`;
  }
  expect((await world.send(path, JSON.stringify([eventOf(2, "x")]))).status).toBe(200);
});

test("A-90, A-92: too large is 413 while it is coming, compressed is 415, other methods are 405", async () => {
  const large = "x".repeat(6 * 1_048_576);
  expect((await world.send(path, large, signed("x", { to: path }))).status).toBe(413);
  const chunks = new ReadableStream({
    start(controller) {
      for (let n = 0; n < 6; n++) controller.enqueue(new Uint8Array(1_048_576));
      controller.close();
    },
  });
  const streamed = await fetch(`${world.origin}${path}`, { method: "POST", body: chunks, duplex: "half" } as RequestInit).catch(() => null);
  expect([413, undefined]).toContain(streamed?.status);
  const whole = JSON.stringify([{ ...eventOf(1, "x"), note: "x".repeat(5 * 1_048_576 - 200) }]);
  expect((await world.send(path, whole)).status).toBe(200);
  expect((await world.send(path, "{}", { ...signed("{}", { to: path }), "content-encoding": "gzip" })).status).toBe(415);
  expect((await fetch(`${world.origin}${path}`)).status).toBe(405);
  expect((await fetch(`${world.origin}${path}`, { method: "DELETE" })).status).toBe(405);
});

test("bodies are kept byte for byte, whatever they are", async () => {
  for (const body of ["\ufeff[]", "ünïcode\u0000", Buffer.from([0xff, 0xfe, 0x00, 0x80])]) {
    expect((await world.send(path, body)).status).toBe(200);
  }
  expect(await processInbox(world.worker)).toMatchObject({ taken: 3, failed: 3 });
});

test("no customer sees the calls of another, and an address of all accounts is seen by none of them", async () => {
  const ctx = memberCtx(world.deps, scene);
  const own = new URL((await createInboundEndpoint(ctx, { integrationId: scene.integration, connectionId: scene.connection })).url)
    .pathname;
  const body = JSON.stringify([eventOf(1, "x")]);
  await world.send(path, body);
  await world.send(own, body);
  const see = (customer: string) =>
    world.deps.db.raw.begin(async (sql) => {
      await sql`select set_config('app.environment_id', ${scene.environment}, true), set_config('app.customer_id', ${customer}, true)`;
      return (await sql`select 1 from inbox`).length;
    });
  expect([await see(""), await see(scene.customer), await see("cus_other")]).toEqual([2, 1, 0]);
  await expect(createInboundEndpoint(ctx, { integrationId: (await createScene(world.owner)).integration })).rejects.toThrow(
    /no integration/,
  );
});

test("the same ingress behind a web request, as Next alone serves it", async () => {
  const body = JSON.stringify([eventOf(1, "x")]);
  const [, , , connector = "", endpoint = ""] = path.split("/");
  const ask = (init: RequestInit) => answerWebCall(world.deps, new Request(`http://127.0.0.1:4600${path}`, init), { connector, endpoint });
  expect((await ask({ method: "POST", headers: signed(body, { to: path }), body })).status).toBe(200);
  expect((await ask({ method: "POST", headers: signed("{}", { to: path }), body })).status).toBe(401);
  expect((await ask({ method: "POST", body: new Uint8Array(5_300_000) })).status).toBe(413);
  expect((await ask({ method: "HEAD" })).status).toBe(405);
  expect((await ask({})).headers.get("x-content-type-options")).toBe("nosniff");
  expect(await world.rows()).toHaveLength(1);
});
