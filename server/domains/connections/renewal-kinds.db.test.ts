import { describe, expect, test, vi } from "vitest";
import { codeOf } from "#tests/support/connecting";
import { unseenSystem } from "#tests/support/unseen-system";
import type { Auth } from "#tests/support/using-auth";
import { keepCredentialsAlive } from "./keep-credentials-alive";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

const t = unseenSystem();
const { api, code, connected, offer, read, renewAll, row, signIn, submit, version } = t;

describe("renewal, ten at once, one call", () => {
  const fields = [
    { key: "user", title: "User" },
    { key: "password", title: "Password", secret: true },
  ];
  const tokens = (n: number) => ({ access_token: `a${n}`, refresh_token: `r${n}`, expires_in: 3_600 });
  const styles: [string, Auth, () => Promise<string>, string, string][] = [
    [
      "a refresh token at an address of its own",
      code({ renew: { type: "refresh_token", url: "https://id.tiny.example/renew", params: { scope: "read" } } }),
      signIn,
      "/renew",
      "grant_type=refresh_token&refresh_token=r1&scope=read&client_id=app&client_secret=app-secret",
    ],
    [
      "an exchange of the old token",
      code({
        renew: {
          type: "exchange",
          url: "https://id.tiny.example/long",
          params: {
            grant_type: "fb_exchange_token",
            client_id: "{clientId}",
            client_secret: "{clientSecret}",
            fb_exchange_token: "{accessToken}",
          },
        },
      }),
      signIn,
      "/long",
      "?grant_type=fb_exchange_token&client_id=app&client_secret=app-secret&fb_exchange_token=a1",
    ],
    [
      "client credentials",
      {
        type: "oauth2_client",
        title: "A",
        clientId: "{user}",
        clientSecret: "{password}",
        tokenUrl: "https://id.tiny.example/token",
        fields,
      },
      () => connected(submit({ user: "u", password: "p" })),
      "/token",
      "grant_type=client_credentials&client_id=u&client_secret=p",
    ],
    [
      "an assertion",
      {
        type: "jwt",
        title: "J",
        algorithm: "HS256",
        key: "{password}",
        claims: { iss: "{user}" },
        exchange: { url: "https://id.tiny.example/token", form: { grant_type: "x" } },
        fields,
      },
      () => connected(submit({ user: "u", password: "p" })),
      "/token",
      "grant_type=x",
    ],
    [
      "a login",
      {
        type: "login",
        title: "L",
        steps: [
          {
            call: { url: "https://id.tiny.example/token", json: { u: "{user}", p: "{password}" } },
            take: { access: { at: "access_token" } },
          },
        ],
        headers: { authorization: "Bearer {access}" },
        fields,
      },
      () => connected(submit({ user: "u", password: "p" })),
      "/token",
      '{"u":"u","p":"p"}',
    ],
  ];
  test.each(styles)("%s", async (_, auth, connect, path, wire) => {
    await offer(auth);
    let issued = 0;
    t.answers((asked) => (asked.host === "id.tiny.example" ? { json: tokens(++issued) } : api(asked)));
    const connectionId = await connect();
    t.party.asked.length = 0;
    const grants = await renewAll(connectionId);
    expect(t.party.asked.map((one) => [one.path, one.body || one.search])).toEqual([[path, wire]]);
    expect(new Set(grants.map((grant) => `${grant.version} ${grant.headers["authorization"]}`))).toEqual(new Set(["2 Bearer a2"]));
    expect(await version(connectionId)).toBe(2);
  });
  test("a life nobody tells: the 401 renews, and the reading goes on", async () => {
    await offer(code({}));
    let good = "a1";
    t.answers((asked) => {
      if (asked.path === "/token") return { json: { access_token: good, refresh_token: "r" } };
      return asked.headers["authorization"] === `Bearer ${good}` ? api(asked) : { status: 401, json: { message: "INVALID_SESSION_ID" } };
    });
    const connectionId = await signIn();
    good = "a2";
    expect((await read(connectionId)).records).toHaveLength(1);
    expect(await version(connectionId)).toBe(2);
  });
  test("an address that moved with a renewal is the one used from then on", async () => {
    const token = { config: { instance: { path: "instance_url", pattern: "https://(?<at>[a-z0-9]+\\.tiny\\.example)" } } };
    await offer(code({ token }), { http: { baseUrl: "https://{at}/x", errorMessage: "message", rateLimit: { defaultWaitMs: 1 } } });
    let at = "na1";
    t.answers((asked) => (asked.path === "/token" ? { json: { ...tokens(1), instance_url: `https://${at}.tiny.example` } } : api(asked)));
    const connectionId = await signIn();
    expect(t.party.asked.at(-1)?.host).toBe("na1.tiny.example");
    at = "eu9";
    await renewAll(connectionId);
    await read(connectionId);
    expect(t.party.asked.at(-1)?.host).toBe("eu9.tiny.example");
  });
  test("a short token is exchanged for a long one before it is kept", async () => {
    await offer(code({ exchange: { url: "https://id.tiny.example/long", params: { t: "{accessToken}", s: "{clientSecret}" } } }));
    t.answers((asked) =>
      asked.path === "/token"
        ? { json: { access_token: "short" } }
        : asked.path === "/long"
          ? { json: { access_token: "long", expires_in: 5_184_000 } }
          : api(asked),
    );
    const connectionId = await signIn();
    expect(
      t.party.asked.map((one) => `${one.path}${one.path === "/long" ? one.search : ""} ${one.headers["authorization"] ?? ""}`),
    ).toEqual(["/token ", "/long?t=short&s=app-secret ", "/me Bearer long"]);
    const [{ days } = { days: 0 }] =
      await t.owner`select extract(epoch from expires_at - now()) / 86400 as days from credentials where connection_id = ${connectionId}`;
    expect(Math.round(Number(days))).toBe(60);
  });
  test.each<[string, Auth, () => Promise<string>]>([
    ["what never ends cannot be renewed", code({ renew: { type: "never" } }), signIn],
    ["a login whose password was changed", styles[4]![1], styles[4]![2]],
  ])("%s: the customer is asked to reconnect", async (_, auth, connect) => {
    await offer(auth);
    t.answers((asked) => (asked.host === "id.tiny.example" ? { json: tokens(1) } : api(asked)));
    const connectionId = await connect();
    t.answers(() => ({ status: 401, json: { message: "gone" } }));
    expect(await codeOf(read(connectionId))).toBe("reauth_required");
    expect(await row(connectionId)).toMatchObject({ status: "reauth" });
  });
});

describe("keeping alive", () => {
  const DAY = 86_400_000;
  test("a refresh token nobody uses is used before it dies, once, and only then", async () => {
    await offer(code({ keepAliveDays: 60 }));
    let issued = 0;
    t.answers((asked) =>
      asked.path === "/token" ? { json: { access_token: `a${++issued}`, refresh_token: `r${issued}`, expires_in: 1_800 } } : api(asked),
    );
    const connectionId = await signIn();
    const look = () => keepCredentialsAlive(t.worker, { pauseMs: 0 });
    const age = (days: number) =>
      t.owner`update credentials set updated_at = now() - ${days} * interval '1 day' where connection_id = ${connectionId}`;
    t.setTime(new Date(Date.now() + 1_000));
    await age(41);
    expect(await look()).toBe(0);
    await age(43);
    expect([await look(), await version(connectionId), await look()]).toEqual([1, 2, 0]);
    expect(new URLSearchParams(t.party.asked.at(-1)?.body).get("refresh_token")).toBe("r1");

    await age(50);
    t.answers(() => ({ status: 503 }));
    expect([await look(), (await row(connectionId))["status"]]).toEqual([0, "active"]);
    t.answers(() => ({ status: 400, json: { error: "invalid_grant" } }));
    expect([await look(), (await row(connectionId))["status"]]).toEqual([0, "reauth"]);
    const calls = t.party.asked.length;
    expect([await look(), t.party.asked.length]).toEqual([0, calls]);
  });
  test("it is a look every so often, not each round", async () => {
    await offer(code({ keepAliveDays: 60 }));
    t.answers((asked) => (asked.path === "/token" ? { json: { access_token: "a", refresh_token: "r" } } : api(asked)));
    const connectionId = await signIn();
    await t.owner`update credentials set updated_at = now() - interval '50 days' where connection_id = ${connectionId}`;
    await keepCredentialsAlive(t.worker, { pauseMs: 0 });
    await t.owner`update credentials set updated_at = now() - interval '50 days' where connection_id = ${connectionId}`;
    expect(await keepCredentialsAlive(t.worker)).toBe(0);
    t.setTime(new Date(Date.now() + DAY));
    expect(await keepCredentialsAlive(t.worker)).toBe(1);
  });
});
