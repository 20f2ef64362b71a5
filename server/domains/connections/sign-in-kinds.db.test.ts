import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { integrationCtx } from "#server/auth/integration-ctx";
import { beginInstall } from "#server/domains/claims/begin-install";
import { codeOf } from "#tests/support/connecting";
import type { Asked, Told } from "#tests/support/third-party";
import { unseenSystem } from "#tests/support/unseen-system";
import type { Auth } from "#tests/support/using-auth";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

const t = unseenSystem();
const { api, back, begin, code, connected, finish, offer, read, row, signIn, version } = t;

describe("codes with everything different", () => {
  const shopField = { key: "shop", title: "Shop", pattern: "[a-z0-9][a-z0-9-]*" };
  const shopAuth = code({
    authorizeUrl: "https://{shop}.tiny.example/admin/oauth/authorize",
    tokenUrl: "https://{shop}.tiny.example/admin/oauth/access_token",
    fields: [shopField],
    scopes: [
      { scope: "read_a", reason: "" },
      { scope: "read_b", reason: "" },
    ],
    scopeSeparator: ",",
    authorizeParams: { access_type: "offline" },
    tokenParams: { expiring: "1" },
    callback: {
      code: "shop_code",
      hmac: { param: "hmac" },
      config: { shop: { param: "shop", pattern: "(?<shop>[a-z0-9-]+)\\.tiny\\.example" } },
    },
    token: { accessToken: "data.token" },
    afterConnect: [
      {
        call: { url: "https://{shop}.tiny.example/tenants" },
        list: { path: "list", where: { path: "type", equals: "ORG" } },
        config: { tenant_id: "tenantId" },
      },
    ],
    headers: { "x-access-token": "{accessToken}", "x-tenant": "{tenant_id}" },
  });
  const signed = (params: Record<string, string>) => {
    const text = Object.entries(params)
      .sort()
      .map((pair) => pair.join("="))
      .join("&");
    return { ...params, hmac: createHmac("sha256", "app-secret").update(text).digest("hex") };
  };
  const shopAnswer = (asked: Asked): Told => {
    if (asked.path.endsWith("/access_token")) return { json: { data: { token: "tok" } } };
    if (asked.path === "/tenants")
      return {
        json: {
          list: [
            { type: "PRACTICE", tenantId: "no" },
            { type: "ORG", tenantId: "t-1" },
          ],
        },
      };
    return api(asked);
  };
  const shopHttp = { http: { baseUrl: "https://{shop}.tiny.example/api", errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 } } };

  test("the account's own addresses, a renamed and signed code, a nested token, the tenant out of a list", async () => {
    await offer(shopAuth, shopHttp);
    t.answers(shopAnswer);
    const { authorizationId, url } = await begin({ shop: "acme" });
    const asked = new URL(url);
    expect(asked.pathname).toBe("/acme.tiny.example/admin/oauth/authorize");
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      access_type: "offline",
      response_type: "code",
      client_id: "app",
      scope: "read_a,read_b",
      code_challenge_method: "S256",
    });
    const state = asked.searchParams.get("state") ?? "";
    const { status, ticket } = await back(signed({ state, shop_code: "c0de", shop: "acme.tiny.example", timestamp: "1" }));
    expect(status).toBe("returned");
    const connectionId = await connected(finish(authorizationId, ticket));
    const token = t.party.asked[0]!;
    const form = Object.fromEntries(new URLSearchParams(token.body));
    expect([token.host, form]).toMatchObject([
      "acme.tiny.example",
      {
        expiring: "1",
        grant_type: "authorization_code",
        code: "c0de",
        client_id: "app",
        client_secret: "app-secret",
        code_verifier: expect.any(String),
      },
    ]);
    expect(await row(connectionId)).toMatchObject({ account_id: "7", account_label: "Seven", config: { shop: "acme", tenant_id: "t-1" } });
    await read(connectionId);
    expect(t.party.asked.at(-1)).toMatchObject({
      host: "acme.tiny.example",
      path: "/api/things",
      headers: { "x-access-token": "tok", "x-tenant": "t-1" },
    });
    expect(await version(connectionId)).toBe(1);
  });
  test.each([
    ["for another shop", (state: string) => signed({ state, shop_code: "c", shop: "other.tiny.example" })],
    ["unsigned", (state: string) => ({ state, shop_code: "c", shop: "acme.tiny.example" })],
    [
      "changed after it was signed",
      (state: string) => ({ ...signed({ state, shop_code: "c", shop: "acme.tiny.example" }), shop_code: "d" }),
    ],
    ["with the code under another name", (state: string) => signed({ state, code: "c", shop: "acme.tiny.example" })],
  ])("a callback %s is refused before any token call", async (_, params) => {
    await offer(shopAuth, shopHttp);
    const { authorizationId, url } = await begin({ shop: "acme" });
    expect((await back(params(new URL(url).searchParams.get("state") ?? ""))).status).toBe("failed");
    expect(await codeOf(finish(authorizationId, null))).toBe("provider_invalid_response");
    expect(t.party.asked).toHaveLength(0);
  });
  test("an installation from the shop's own side goes to its consent only with a fresh and right signature", async () => {
    await offer(shopAuth, shopHttp);
    const ctx = await integrationCtx(t.worker, { integrationId: t.scene.integration, requestId: "req" });
    const install = (params: Record<string, string>) => beginInstall(ctx!, { integrationId: t.scene.integration, params, browser: null });
    const [shop, at] = ["acme.tiny.example", Math.floor(Date.now() / 1_000)];
    const { url } = await install(signed({ shop, timestamp: `${at}` }));
    expect(new URL(url).pathname).toBe("/acme.tiny.example/admin/oauth/authorize");
    for (const params of [
      { shop, timestamp: `${at}` },
      { ...signed({ shop, timestamp: `${at}` }), shop: "other.tiny.example" },
      signed({ shop }),
      signed({ shop, timestamp: `${at - 700}` }),
      signed({ shop, timestamp: `${at + 700}` }),
      signed({ timestamp: `${at}` }),
      signed({ shop: "acme.tiny.example.evil.example", timestamp: `${at}` }),
    ])
      expect(await codeOf(install(params)), JSON.stringify(params)).toBe("invalid");
    expect((await t.owner`select 1 from claims where environment_id = ${t.scene.environment}`).length).toBe(1);
  });
  test.each(["evil.example/", "evil.example#", "a@evil.example", "169.254.169.254:80", "..", "a\r\nb"])(
    "a shop called %j is refused before the redirect",
    async (shop) => {
      await offer(shopAuth, shopHttp);
      expect(await codeOf(begin({ shop }))).toBe("invalid");
    },
  );
  test("more than one account where one is meant is refused, and said", async () => {
    const afterConnect = [{ call: { url: "https://id.tiny.example/tenants" }, list: { pick: "only" }, config: { tenant_id: "id" } }];
    await offer(code({ afterConnect }));
    t.answers((asked) =>
      asked.path === "/tenants"
        ? { json: [{ id: "1" }, { id: "2" }] }
        : asked.path === "/token"
          ? { json: { access_token: "a" } }
          : api(asked),
    );
    expect(await codeOf(signIn())).toBe("invalid");
  });

  test("of several accounts the one that was entered is taken, whatever its case and type; another one is refused", async () => {
    const list = { where: { path: "number", equals: "{division}" } };
    const afterConnect = [{ call: { url: "https://id.tiny.example/divisions" }, list, config: { division_id: "id" } }];
    await offer(code({ afterConnect, fields: [{ key: "division", title: "Division" }] }));
    t.answers((asked) => {
      if (asked.path === "/divisions")
        return {
          json: [
            { number: 7, id: "a" },
            { number: 12, id: "b" },
          ],
        };
      return asked.path === "/token" ? { json: { access_token: "a" } } : api(asked);
    });
    expect((await row(await signIn({ division: "12" }))).config).toEqual({ division: "12", division_id: "b" });
    expect(await codeOf(signIn({ division: "1" }))).toBe("provider_invalid_response");
  });
  test("a further credential told after the consent is sealed with the first, used by its name, and outlives renewals", async () => {
    const pages = {
      call: { url: "https://id.tiny.example/pages" },
      config: { page: "id", page_token: { path: "key", secret: true as const } },
    };
    await offer(code({ afterConnect: [pages], headers: { authorization: "Bearer {accessToken}", "x-page": "{page_token}" } }));
    let tokens = 0;
    t.answers((asked) => {
      if (asked.path === "/pages") return { json: { id: "p-1", key: "page-secret" } };
      if (asked.path === "/token") return { json: { access_token: `a${++tokens}`, refresh_token: "r" } };
      return asked.path.endsWith("/things") && asked.headers["authorization"] === "Bearer a1" ? { status: 401 } : api(asked);
    });
    const connectionId = await signIn();
    expect((await row(connectionId)).config).toEqual({ page: "p-1" });
    expect(JSON.stringify(await row(connectionId))).not.toContain("page-secret");
    await read(connectionId);
    expect(t.party.asked.at(-1)?.headers).toMatchObject({ authorization: "Bearer a2", "x-page": "page-secret" });
  });
});

describe("OAuth 1.0a with consent", () => {
  const auth: Auth = {
    type: "oauth1",
    title: "T",
    method: "HMAC-SHA256",
    realm: "{account}",
    fields: [{ key: "account", title: "Account", pattern: "\\w+" }],
    requestTokenUrl: "https://id.tiny.example/request",
    authorizeUrl: "https://id.tiny.example/authorize",
    accessTokenUrl: "https://id.tiny.example/access",
    config: { tenant: { param: "user_id", pattern: "\\d+" } },
  };
  const given = (asked: Asked, name: string) =>
    decodeURIComponent(new RegExp(`${name}="([^"]*)"`).exec(asked.headers["authorization"] ?? "")?.[1] ?? "");
  beforeEach(async () => {
    await offer(auth);
    t.answers((asked) => {
      if (asked.path === "/request") return { text: "oauth_token=tmp&oauth_token_secret=tmps&oauth_callback_confirmed=true" };
      if (asked.path === "/access") return { text: "oauth_token=tok&oauth_token_secret=toks&user_id=42" };
      return api(asked);
    });
  });
  test("three legs, each signed, and every request after them", async () => {
    const { authorizationId, url } = await begin({ account: "acc1" });
    expect([new URL(url).pathname, new URL(url).searchParams.get("oauth_token")]).toEqual(["/id.tiny.example/authorize", "tmp"]);
    const callback = new URL(given(t.party.asked[0]!, "oauth_callback"));
    expect(callback.pathname).toBe(`/connect/callback/${t.scene.integration}`);
    const state = callback.searchParams.get("state") ?? "";
    const { ticket } = await back({ state, oauth_token: "tmp", oauth_verifier: "v1" });
    const connectionId = await connected(finish(authorizationId, ticket));
    const access = t.party.asked[1]!;
    expect([given(access, "oauth_token"), given(access, "oauth_verifier"), given(access, "oauth_signature_method")]).toEqual([
      "tmp",
      "v1",
      "HMAC-SHA256",
    ]);
    await read(connectionId);
    const last = t.party.asked.at(-1)!;
    expect([given(last, "realm"), given(last, "oauth_consumer_key"), given(last, "oauth_token")]).toEqual(["acc1", "app", "tok"]);
    const oauth = ["oauth_consumer_key", "oauth_nonce", "oauth_signature_method", "oauth_timestamp", "oauth_token", "oauth_version"]
      .map((name) => `${name}=${given(last, name)}`)
      .join("&");
    const base = ["GET", "https://api.tiny.example/things", oauth].map(encodeURIComponent).join("&");
    expect(given(last, "oauth_signature")).toBe(createHmac("sha256", "app-secret&toks").update(base).digest("base64"));
    expect((await row(connectionId))["config"]).toEqual({ account: "acc1", tenant: "42" });
    expect(JSON.stringify(await t.owner`select * from credentials`)).not.toContain("toks");
  });
  test("another attempt's token and a denial connect nothing", async () => {
    for (const [params, expected] of [
      [{ oauth_token: "other", oauth_verifier: "v" }, "reauth_required"],
      [{ denied: "tmp" }, "conflict"],
    ] as const) {
      t.party.asked.length = 0;
      const { authorizationId } = await begin({ account: "acc1" });
      const state = new URL(given(t.party.asked[0]!, "oauth_callback")).searchParams.get("state") ?? "";
      const { ticket } = await back({ state, ...params } as Record<string, string>);
      expect(await codeOf(finish(authorizationId, ticket))).toBe(expected);
      expect(t.party.asked.some((asked) => asked.path === "/access")).toBe(false);
    }
  });
});
