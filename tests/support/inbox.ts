import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";
import { createInboundEndpoint } from "#server/domains/inbox/create-inbound-endpoint";
import { readEnv } from "#server/env";
import { createDoor } from "#server/http/door";
import type { Deps } from "#server/lib/context";
import type { ConnectionId, IntegrationId } from "#server/lib/ids";
import { Webhooks } from "#server/runtime/webhooks/scheme";
import type { StreamRef } from "#workflows/contract";
import { createDatabase } from "./postgres";
import { createScene, memberCtx, type Scene, testDeps } from "./world";

/** Signed over method, address, body and time with the client secret; a list of events of all accounts. */
export const WEBHOOKS = Webhooks.parse({
  docs: "https://example.com/docs",
  scope: "app",
  verify: {
    type: "hmac",
    hash: "sha256",
    signed: "{method}{url}{body}{ts}",
    secret: "app",
    signature: { in: "header", name: "x-signature", encoding: "base64" },
    timestamp: { in: "header", name: "x-timestamp", unit: "ms" },
  },
  dedupe: [{ in: "event", name: "eventId" }],
  events: {
    list: "$",
    topic: { in: "event", name: "type" },
    objects: { "contact.*": "contact" },
    id: { in: "event", name: "objectId" },
    account: { in: "event", name: "account" },
  },
});

const ORIGIN = "http://127.0.0.1:4600";
const env = readEnv({
  DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
  INLAY_ORIGIN: ORIGIN,
  INLAY_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
  NEXTAUTH_SECRET: "s".repeat(32),
  SMTP_URL: "smtp://127.0.0.1:25",
});

/** The door over real HTTP, with nothing behind it but the ingress. */
export async function openDoor(given: Deps): Promise<[Server, string]> {
  const opened = createServer(createDoor(given, env, async (_, outgoing) => void outgoing.end("next")));
  await new Promise<void>((resolve) => opened.listen(0, "127.0.0.1", resolve));
  return [opened, `http://127.0.0.1:${(opened.address() as AddressInfo).port}`];
}

export const eventOf = (id: number | string, account: string, type = "contact.creation") => ({ eventId: id, type, objectId: 7, account });

/** The headers of a call as the third party of {@link WEBHOOKS} makes them. */
export function signed(body: string | Buffer, { secret = "secret", at = Date.now(), to = "" } = {}): Record<string, string> {
  const signature = createHmac("sha256", secret).update(`POST${ORIGIN}${to}`).update(body).update(String(at)).digest("base64");
  return { "content-type": "application/json", "x-signature": signature, "x-timestamp": String(at) };
}

export type InboxWorld = Awaited<ReturnType<typeof startInboxWorld>>;

/** A database, a door and what was poked. `fresh()` before each test gives a new vendor with an address of its own. */
export async function startInboxWorld() {
  const database = await createDatabase();
  const owner = postgres(database.url, { max: 1, onnotice: () => {} });
  const poked = { inbox: 0, streams: [] as string[] };
  const keeping = {
    ...testDeps(database.url).keeping,
    pokeInbox: async () => ++poked.inbox > 0,
    performCall: async () => true,
    pokeStream: async (ref: StreamRef) => poked.streams.push(ref.streamId) > 0,
  };
  const deps = testDeps(database.url, "web", { keeping });
  const worker = testDeps(database.url, "worker", { keeping });
  const [server, origin] = await openDoor(deps);
  const pathOf = async (scene: Scene, connectionId?: ConnectionId) => {
    const input = { integrationId: scene.integration as IntegrationId, ...(connectionId ? { connectionId } : {}) };
    return new URL((await createInboundEndpoint(memberCtx(deps, scene), input)).url).pathname;
  };
  return {
    owner,
    deps,
    worker,
    origin,
    poked,
    pathOf,
    async fresh() {
      await owner`delete from inbound_endpoints`;
      Object.assign(poked, { inbox: 0, streams: [] });
      const scene = await createScene(owner);
      return { scene, path: await pathOf(scene) };
    },
    send: (to: string, body: string | Buffer, headers = signed(body, { to }), base = origin) =>
      fetch(`${base}${to}`, { method: "POST", headers, body: body as string }),
    rows: () => owner`select * from inbox order by event_key`,
    accountOf: async (scene: Scene) =>
      String((await owner`select account_id from connections where id = ${scene.connection}`)[0]?.["account_id"]),
    async stop() {
      server.closeAllConnections();
      server.close();
      await Promise.all([deps.db.close(), worker.db.close(), owner.end()]);
      await database.drop();
    },
  };
}
