import type { CustomerCtx } from "#server/lib/context";
import { signIn, startEmulator } from "./support/emulator";
import { journey } from "./support/journey";
import type { Product } from "./support/product";
import { type Onward, startRelay } from "./support/relay";

const PEOPLE = 700;
const CLIENT = { clientId: "12345.67890", clientSecret: "right-secret" };
const SOMEBODY = "xoxb-somebody-else";

/** Slack takes GET and POST alike (https://docs.slack.dev/apis/web-api/); emulate has POST with a form alone. */
function postOnly(onward: Onward): Onward {
  if (onward.method !== "GET" || !onward.path.startsWith("/api/")) return onward;
  const { pathname, search } = new URL(onward.path, "http://x");
  const headers = { ...onward.headers, "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", path: pathname, headers, body: Buffer.from(search.slice(1)) };
}

async function start(product: Product) {
  const relay = await startRelay(postOnly);
  const offer = (clientSecret: string) =>
    product.integrate({ connector: "slack", auth: "oauth", ...CLIENT, clientSecret, sandboxOrigin: relay.origin });
  const [good, bad] = [await offer(CLIENT.clientSecret), await offer("wrong-secret")];
  const emulator = await startEmulator("slack", "slack", "https://slack.com", {
    slack: {
      team: { name: "Harbour", domain: "harbour" },
      users: Array.from({ length: PEOPLE }, (_, i) => ({
        name: `person-${i}`,
        real_name: `Person № ${i} ☂`,
        email: `person-${i}@harbour.example`,
        profile: { title: i % 3 === 0 ? "Pilot" : "Crane" },
      })),
      channels: [{ name: "general" }],
      tokens: [{ token: SOMEBODY, user: "person-1", scopes: ["users:read", "users.profile:write"] }],
      oauth_apps: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          app_id: "A000000001",
          name: "Inlay",
          redirect_uris: [good.redirectUri, bad.redirectUri],
          scopes: ["users:read", "users:read.email", "channels:read"],
          bot_name: "inlay",
        },
      ],
    },
  });
  relay.to(emulator.address);

  const ask = async (method: string, fields: Record<string, string>) => {
    const headers = { authorization: `Bearer ${SOMEBODY}` };
    const answer = await fetch(`${emulator.address}/api/${method}`, { method: "POST", headers, body: new URLSearchParams(fields) });
    const body = (await answer.json()) as Record<string, unknown> & { ok: boolean };
    if (!body.ok) throw new Error(`${method}: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    relay,
    version: "emulate 0.12.1",
    integrationId: good.integrationId,
    object: "user",
    label: "Harbour",
    connect: (ctx: CustomerCtx) => signIn(ctx, good.integrationId, emulator.address, "person-0"),
    async truth() {
      const { members } = (await ask("users.list", { limit: "1000" })) as unknown as { members: Record<string, unknown>[] };
      return new Map(members.map((row) => [String(row["id"]), row]));
    },
    mapped: (row: Record<string, unknown>) => {
      const profile = row["profile"] as Record<string, unknown>;
      return { name: row["name"], realName: row["real_name"], email: profile["email"], title: profile["title"] || null, deleted: false };
    },
    async change() {
      const { user_id } = (await ask("auth.test", {})) as unknown as { user_id: string };
      await ask("users.profile.set", { profile: JSON.stringify({ title: "Harbour master", status_text: "On the water" }) });
      return { changed: [user_id], made: [], gone: [] };
    },
    wrong: {
      attempt: (ctx: CustomerCtx) => signIn(ctx, bad.integrationId, emulator.address, "person-0"),
      code: "config_invalid",
      says: /client id and secret/,
    },
    stop: () => emulator.close(),
  };
}

journey("slack", {
  start,
  notes: [
    "emulate answers POST alone where Slack takes GET as well: the relay turns our GET into the same call by POST.",
    "emulate has no `users.conversations`, which leads us to messages: people only. It takes any token for a good one; the wrong credential is the app's client secret.",
  ],
});
