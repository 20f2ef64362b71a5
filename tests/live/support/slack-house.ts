import type { CustomerCtx } from "#server/lib/context";
import { signIn, startEmulator } from "./emulator";
import type { Product } from "./product";
import { type Onward, type Rule, startRelay } from "./relay";

const CLIENT = { clientId: "12345.67890", clientSecret: "right-secret" };
const SOMEBODY = "xoxb-somebody-else";

/** Slack takes GET and POST alike (https://docs.slack.dev/apis/web-api/); emulate has POST with a form alone. */
function postOnly(onward: Onward): Onward {
  if (onward.method !== "GET" || !onward.path.startsWith("/api/")) return onward;
  const { pathname, search } = new URL(onward.path, "http://x");
  const headers = { ...onward.headers, "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", path: pathname, headers, body: Buffer.from(search.slice(1)) };
}

type Row = Record<string, unknown>;

/** A Slack workspace of emulate, on offer in the marketplace, and somebody else in it who is asked what is true. */
export async function openSlack(product: Product, seed: { users: object[]; channels: object[] }, rule: Rule = (onward) => onward) {
  const relay = await startRelay((onward, host) => {
    const ruled = rule(onward, host);
    return "json" in ruled ? ruled : postOnly(ruled);
  });
  const offer = (clientSecret: string) =>
    product.integrate({ connector: "slack", auth: "oauth", ...CLIENT, clientSecret, sandboxOrigin: relay.origin });
  const [good, bad] = [await offer(CLIENT.clientSecret), await offer("wrong-secret")];
  const scopes = ["users:read", "users:read.email", "channels:read", "channels:history", "groups:read", "groups:history"];
  const emulator = await startEmulator("slack", "slack", "https://slack.com", {
    slack: {
      team: { name: "Harbour", domain: "harbour" },
      ...seed,
      tokens: [{ token: SOMEBODY, user: "person-1", scopes: [...scopes, "users.profile:write", "chat:write"] }],
      oauth_apps: [
        {
          ...{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, app_id: "A000000001", name: "Inlay" },
          ...{ redirect_uris: [good.redirectUri, bad.redirectUri], scopes, bot_name: "inlay" },
        },
      ],
    },
  });
  relay.to(emulator.address);
  return {
    async ask(method: string, fields: Record<string, string>): Promise<Row> {
      const headers = { authorization: `Bearer ${SOMEBODY}` };
      const answer = await fetch(`${emulator.address}/api/${method}`, { method: "POST", headers, body: new URLSearchParams(fields) });
      const body = (await answer.json()) as Row & { ok: boolean };
      if (!body.ok) throw new Error(`${method}: ${JSON.stringify(body)}`);
      return body;
    },
    started: {
      relay,
      version: "emulate 0.12.1",
      integrationId: good.integrationId,
      label: "Harbour",
      connect: (ctx: CustomerCtx) => signIn(ctx, good.integrationId, emulator.address, "person-0"),
      wrong: {
        attempt: (ctx: CustomerCtx) => signIn(ctx, bad.integrationId, emulator.address, "person-0"),
        code: "config_invalid",
        says: /client id and secret/,
      },
      stop: () => emulator.close(),
    },
  };
}
