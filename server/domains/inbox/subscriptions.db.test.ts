import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { createEgress } from "#server/runtime/egress-undici";
import type { ManifestInput } from "#server/runtime/manifest";
import { sealSecret } from "#server/runtime/secret";
import { hold } from "#tests/support/held-manifest";
import { createDatabase } from "#tests/support/postgres";
import { type Asked, startThirdParty, type ThirdParty, type Told } from "#tests/support/third-party";
import { tinyManifest } from "#tests/support/tiny-manifest";
import { createScene, insert, type Scene, testDeps, testVault } from "#tests/support/world";
import { revokeDisconnected } from "../connections/revoke-disconnected";
import { createFindReceiver } from "./find-receiver";
import { keepSubscriptions } from "./keep-subscriptions";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

type Subscription = NonNullable<NonNullable<ManifestInput["webhooks"]>["subscription"]>;

let db: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let worker: Deps;
let scene: Scene;
let third: ThirdParty;
let answer: (asked: Asked) => Told;

beforeAll(async () => {
  db = await createDatabase();
  owner = postgres(db.url, { max: 2, onnotice: () => {} });
  worker = testDeps(db.url, "worker", { egress: createEgress({ allowLoopback: true }) });
  third = await startThirdParty((asked) => answer(asked));
});
afterAll(async () => {
  await Promise.all([worker.db.close(), owner.end(), third.stop()]);
  await db.drop();
});

async function scenario(rest: Partial<Subscription> = {}) {
  const subscription: Subscription = {
    topics: ["made", "gone"],
    create: { method: "POST", path: "/hooks", body: { to: "{url}", about: "{topic}", token: "{secret}" } },
    id: "id",
    remove: { method: "DELETE", path: "/hooks/{id}" },
    ...rest,
  };
  const auth = {
    key: { type: "api_key" as const, title: "Key", fields: [{ key: "key", title: "Key", secret: true }], headers: { "x-key": "{key}" } },
  };
  hold(
    tinyManifest(auth, {
      webhooks: {
        docs: "https://tiny.example/hooks",
        scope: "connection",
        verify: { type: "unsigned" },
        events: { objects: { "*": "thing" } },
        subscription,
      } as never,
    }),
  );
}

beforeEach(async () => {
  await owner`delete from connections`;
  third.asked.length = 0;
  answer = (asked) => (asked.method === "DELETE" ? { status: 204, text: "" } : { json: { id: `h${third.asked.length}` } });
  scene = await createScene(owner, { connectorKey: "tiny", records: 0 });
  await owner`update integrations set auth_key = 'key', sandbox_origin = ${third.origin} where id = ${scene.integration}`;
  const place = { environmentId: scene.environment, customerId: scene.customer, connectionId: scene.connection };
  const secret = sealSecret(testVault, place as never, 1, { type: "api_key", values: { key: "k" } });
  const ids = { environment_id: scene.environment, customer_id: scene.customer, connection_id: scene.connection };
  await insert(owner, "credentials", { id: newId("credential"), ...ids, version: 1, key_id: "t1", secret });
});

const look = () => keepSubscriptions(worker, { pauseMs: 0 });
const row = async () => (await owner`select * from webhook_subscriptions where connection_id = ${scene.connection}`)[0];
const receiverOf = (asked: Asked | undefined) => {
  const { to } = JSON.parse(asked?.body ?? "{}") as { to: string };
  return createFindReceiver(worker)(to.split("/").at(-1) ?? "");
};

test("a connection is subscribed to once, a call a topic; what is called is known by what it was told", async () => {
  await scenario();
  await look();
  expect(third.asked.map(({ body }) => (JSON.parse(body) as { about: string }).about)).toEqual(["made", "gone"]);
  const receiver = await receiverOf(third.asked[0]);
  expect(receiver).toMatchObject({
    connectionId: scene.connection,
    secret: (JSON.parse(third.asked[0]?.body ?? "{}") as { token: string }).token,
  });
  expect(await row()).toMatchObject({ made: { made: { id: "h1" }, gone: { id: "h2" } }, due_at: null, error_code: null });
  await look();
  expect(third.asked.length).toBe(2);
});

test("who refuses is asked again later, at the same address, for what is missing only", async () => {
  await scenario();
  answer = ({ body }) => (body.includes("gone") ? { status: 400, json: { message: "no such topic" } } : { json: { id: "h1" } });
  await look();
  expect(await row()).toMatchObject({ failures: 1, error_detail: expect.stringContaining("no such topic"), made: { made: { id: "h1" } } });
  await look();
  expect(third.asked.length).toBe(2);
  await owner`update webhook_subscriptions set due_at = now() - interval '1 second'`;
  answer = () => ({ json: { id: "h9" } });
  await look();
  expect(third.asked.length).toBe(3);
  expect(JSON.parse(third.asked[2]?.body ?? "{}")).toMatchObject({
    about: "gone",
    to: (JSON.parse(third.asked[0]?.body ?? "{}") as { to: string }).to,
  });
  expect(await row()).toMatchObject({ failures: 0, made: { gone: { id: "h9" } } });
});

test("the third party's own secret is kept; what ends is prolonged before, and made anew when it is gone", async () => {
  await scenario({ topics: [], secret: "key", lifetimeMs: 3_600_000, renew: { method: "PUT", path: "/hooks/{id}" } });
  answer = () => ({ json: { id: "h1", key: "theirs" } });
  await look();
  expect(await receiverOf(third.asked[0])).toMatchObject({ secret: "theirs" });
  const { due_at: dueAt } = (await row()) as { due_at: Date };
  expect(dueAt.getTime() - Date.now()).toBeGreaterThan(2_400_000);
  expect(dueAt.getTime() - Date.now()).toBeLessThan(2_600_000);
  const grow = () => owner`update webhook_subscriptions set due_at = now(), made = '{"": {"id": "h1", "at": 0}}'`;
  await grow();
  await look();
  expect(third.asked.at(-1)).toMatchObject({ method: "PUT", path: "/hooks/h1" });
  await grow();
  answer = ({ method }) => (method === "PUT" ? { status: 404, json: {} } : { json: { id: "h2", key: "new" } });
  await look();
  expect(await row()).toMatchObject({ made: { "": { id: "h2" } } });
  expect(await receiverOf(third.asked[0])).toMatchObject({ secret: "new" });
});

test("a disconnected account is unsubscribed before its key is destroyed; what cannot be said now is said later", async () => {
  await scenario();
  await look();
  await owner`update connections set status = 'disconnected', disconnected_at = now() where id = ${scene.connection}`;
  answer = ({ path }) => (path.endsWith("h1") ? { status: 503, json: {} } : { status: 204, text: "" });
  expect(await revokeDisconnected(worker)).toBe(0);
  expect(Object.keys((await row())?.["made"] ?? {})).toEqual(["made"]);
  answer = () => ({ status: 404, json: {} });
  expect(await revokeDisconnected(worker)).toBe(1);
  expect(await row()).toBeUndefined();
  expect(await owner`select from inbound_endpoints where connection_id = ${scene.connection}`).toHaveLength(0);
});

test("nobody is asked to call an address that only this machine has, and none is stored readable", async () => {
  await scenario();
  await look();
  const told = (JSON.parse(third.asked[0]?.body ?? "{}") as { to: string }).to;
  expect(JSON.stringify(await owner`select * from webhook_subscriptions`)).not.toContain(told.split("/").at(-1));
  expect(await owner`select from inbound_endpoints where token_hash = ${hashToken(told.split("/").at(-1) ?? "")}`).toHaveLength(1);
  await owner`delete from webhook_subscriptions`;
  await owner`update integrations set sandbox_origin = null where id = ${scene.integration}`;
  third.asked.length = 0;
  await look();
  expect(third.asked).toEqual([]);
});
