import { signIn, startEmulator } from "./support/emulator";
import { journey } from "./support/journey";
import type { Product } from "./support/product";
import { startRelay } from "./support/relay";

const API = { authorization: "Bearer ghp_somebodyelse0001", "content-type": "application/json" };
const REPOSITORIES = 350;
const CLIENT = { clientId: "Iv1.live", clientSecret: "right-secret" };

async function start(product: Product) {
  const relay = await startRelay();
  const offer = (clientSecret: string) =>
    product.integrate({ connector: "github", auth: "oauth", ...CLIENT, clientSecret, sandboxOrigin: relay.origin });
  const [good, bad] = [await offer(CLIENT.clientSecret), await offer("wrong-secret")];
  const emulator = await startEmulator("github", "github", "https://api.github.com", {
    tokens: { ghp_somebodyelse0001: { login: "octocat", scopes: ["repo", "user"] } },
    github: {
      users: [{ login: "octocat", name: "Octo", email: "octocat@github.com" }],
      repos: Array.from({ length: REPOSITORIES }, (_, i) => ({
        owner: "octocat",
        name: `shop-${String(i).padStart(4, "0")}`,
        description: i % 7 === 0 ? null : `Läden № ${i} 🛒`,
        language: i % 3 === 0 ? "Ruby" : "TypeScript",
        private: i % 5 === 0,
      })),
      oauth_apps: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          name: "Inlay",
          redirect_uris: [good.redirectUri, bad.redirectUri],
        },
      ],
    },
  });
  relay.to(emulator.address);

  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${emulator.address}${path}`, { method, headers: API, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  return {
    relay,
    version: "emulate 0.12.1",
    integrationId: good.integrationId,
    object: "repository",
    label: "octocat",
    connect: (ctx: Parameters<typeof signIn>[0]) => signIn(ctx, good.integrationId, emulator.address, "octocat"),
    async truth() {
      const found = new Map<string, Record<string, unknown>>();
      for (let page = 1; ; page++) {
        const rows = (await ask("GET", `/users/octocat/repos?per_page=37&page=${page}`)) as Record<string, unknown>[];
        for (const row of rows) found.set(String(row["node_id"]), row);
        if (rows.length === 0) return found;
      }
    },
    mapped: (row: Record<string, unknown>) => ({
      id: row["id"],
      fullName: row["full_name"],
      description: row["description"],
      language: row["language"],
      private: row["private"],
      login: "octocat",
    }),
    async change() {
      const idOf = async (name: string) => String(((await ask("GET", `/repos/octocat/${name}`)) as { node_id: string }).node_id);
      const gone = await idOf("shop-0349");
      await ask("DELETE", "/repos/octocat/shop-0349");
      await ask("PATCH", "/repos/octocat/shop-0123", { description: "Moved to the harbour" });
      await ask("POST", "/user/repos", { name: "shop-new", description: "Opened today" });
      return { changed: [await idOf("shop-0123")], made: [await idOf("shop-new")], gone: [gone] };
    },
    scans: 2 as const,
    wrong: {
      attempt: (ctx: Parameters<typeof signIn>[0]) => signIn(ctx, bad.integrationId, emulator.address, "octocat"),
      code: "config_invalid",
      says: /client id and secret/,
    },
    stop: () => emulator.close(),
  };
}

journey("github", {
  start,
  notes: [
    "Issues and pull requests are read by GraphQL, which emulate does not have: repositories only.",
    "emulate takes any token for a good one; the wrong credential is the app's client secret.",
  ],
});
