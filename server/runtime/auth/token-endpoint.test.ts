import { describe, expect, test } from "vitest";
import { tinyManifest } from "#tests/support/tiny-manifest";
import { type Auth, usingAuth } from "#tests/support/using-auth";
import { authMethodOf } from "../grants";
import { requestToken } from "../oauth";

const t = usingAuth();

describe("token endpoints of codes", () => {
  const method = (knobs: object) => {
    const one = authMethodOf(
      tinyManifest({
        it: {
          type: "oauth2_code",
          title: "T",
          authorizeUrl: "https://id.tiny.example/a",
          tokenUrl: "https://id.tiny.example/t",
          scopes: [],
          rotating: false,
          ...knobs,
        } as Auth,
      }),
      "it",
    );
    if (one.type !== "oauth2_code") throw new Error("no code");
    return one;
  };
  const ask = (knobs: object, clientSecret: string | null = "s", values = {}) =>
    requestToken(
      t.egress,
      { name: "Tiny", method: method(knobs), clientId: "c", clientSecret, sandboxOrigin: t.party.origin, values },
      { grant_type: "authorization_code", code: "x" },
    );
  test("a public client shows its id and no secret", async () => {
    t.answers(() => ({ json: { access_token: "a" } }));
    await ask({ clientAuth: "none" }, null);
    expect([t.party.asked[0]?.body, t.party.asked[0]?.headers["authorization"]]).toEqual([
      "grant_type=authorization_code&code=x&client_id=c",
      undefined,
    ]);
  });
  test("by GET, with the client under other names", async () => {
    t.answers(() => ({ json: { access_token: "a" } }));
    await ask({ tokenMethod: "GET", clientNames: { id: "appid", secret: "secret" } });
    expect([t.party.asked[0]?.method, t.party.asked[0]?.search]).toEqual(["GET", "?grant_type=authorization_code&code=x&appid=c&secret=s"]);
  });
  test("nested tokens, scopes by comma, further values within their pattern", async () => {
    t.answers(() => ({
      json: { ok: true, authed_user: { access_token: "xoxp", scope: "a,b" }, api_domain: "https://acme.pipedrive.com" },
    }));
    const token = {
      accessToken: "authed_user.access_token",
      scope: "authed_user.scope",
      config: { api: { path: "api_domain", pattern: "https://(?<company>[a-z0-9-]+)\\.pipedrive\\.com" } },
    };
    expect(await ask({ token })).toEqual({
      ok: true,
      tokens: {
        accessToken: "xoxp",
        refreshToken: null,
        lifetimeMs: null,
        scopes: ["a", "b"],
        config: { api: "https://acme.pipedrive.com", company: "acme" },
      },
    });
  });
  test.each([
    "http://169.254.169.254",
    "https://evil.example",
    "https://acme.pipedrive.com.evil.example",
    "https://evil.example/.pipedrive.com",
  ])("an address of %s out of the answer is refused", async (api_domain) => {
    t.answers(() => ({ json: { access_token: "a", api_domain } }));
    const config = { api: { path: "api_domain", pattern: "https://(?<company>[a-z0-9-]+)\\.pipedrive\\.com" } };
    await expect(ask({ token: { config } })).rejects.toMatchObject({ code: "provider_invalid_response" });
  });
  test.each(["access", "refresh"])("a value that turns out to be the %s token is not kept", async (kind) => {
    t.answers(() => ({ json: { access_token: "the-access", refresh_token: "the-refresh", parts: [{ of: "x", is: `the-${kind}` }] } }));
    await expect(ask({ token: { config: { part: "parts.[of=x].is" } } })).rejects.toMatchObject({ code: "config_invalid" });
  });
  test.each([
    [{ error: "bad_verification_code" }, "grant"],
    [{ ok: false, error: "invalid_code" }, "grant"],
    [{ error: "bad_client_secret" }, "client"],
  ])("an error in a 200 blames whom it means: %j", async (json, blame) => {
    t.answers(() => ({ json }));
    const result = await ask({ refusal: { grant: ["bad_verification_code", "invalid_code"], client: ["bad_client_secret"] } });
    expect(result).toMatchObject({ ok: false, refusal: { blame } });
  });
  test("a mac token, an unknown error in a 200 and a redirect are no tokens", async () => {
    for (const told of [
      { json: { access_token: "a", token_type: "mac" } },
      { json: { ok: false, error: "weird" } },
      { status: 307, headers: { location: "https://evil.example/" } },
    ]) {
      t.answers(() => told);
      await expect(ask({})).rejects.toMatchObject({ code: "provider_invalid_response" });
    }
    expect(t.party.asked.every(({ host }) => host === "id.tiny.example")).toBe(true);
  });
  test("the account's own token address, from validated config only", async () => {
    t.answers(() => ({ json: { access_token: "a" } }));
    const fields = [{ key: "shop", title: "Shop", pattern: "[a-z0-9-]+" }];
    await ask({ tokenUrl: "https://{shop}.tiny.example/oauth/token", fields, tokenHeaders: { "X-Client": "{clientId}" } }, "s", {
      shop: "acme",
    });
    expect([t.party.asked[0]?.host, t.party.asked[0]?.headers["x-client"]]).toEqual(["acme.tiny.example", "c"]);
    for (const shop of ["evil.example/", "evil.example#", "a@evil.example", "a:1", ""])
      await expect(ask({ tokenUrl: "https://{shop}.tiny.example/oauth/token", fields }, "s", { shop })).rejects.toMatchObject({
        code: "config_invalid",
      });
    expect(t.party.asked).toHaveLength(1);
  });
});
