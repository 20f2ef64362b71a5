import { generateKeyPairSync } from "node:crypto";
import { jwtVerify } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import type { Asked } from "#tests/support/third-party";
import { type Auth, basic, usingAuth } from "#tests/support/using-auth";

const t = usingAuth();

describe("client credentials", () => {
  const fields = [
    { key: "client_id", title: "Client id" },
    { key: "client_secret", title: "Client secret", secret: true },
  ];
  const own = {
    type: "oauth2_client" as const,
    title: "App",
    clientId: "{client_id}",
    clientSecret: "{client_secret}",
    tokenUrl: "https://id.tiny.example/token",
    fields,
  };
  const given = { client_id: "c 1", client_secret: "s&1" };
  beforeEach(() => {
    t.answers(({ path }) => (path === "/token" ? { json: { access_token: "at", expires_in: "3600" } } : { json: { items: [] } }));
  });
  test.each<[string, Partial<Extract<Auth, { type: "oauth2_client" }>>, Partial<Asked>]>([
    ["in the body", {}, { body: "grant_type=client_credentials&client_id=c+1&client_secret=s%261" }],
    [
      "as Basic, encoded first (RFC 6749 §2.3.1)",
      { clientAuth: "basic" },
      { body: "grant_type=client_credentials", headers: { authorization: basic("c+1:s%261") } },
    ],
    [
      "with scopes and parameters",
      {
        clientAuth: "basic",
        scopes: [
          { scope: "b", reason: "" },
          { scope: "a", reason: "" },
        ],
        scopeSeparator: ",",
        tokenParams: { audience: "x" },
      },
      { body: "audience=x&grant_type=client_credentials&scope=b%2Ca" },
    ],
    [
      "as JSON",
      { tokenBody: "json", clientNames: { id: "appKey", secret: "appSecret" } },
      { body: '{"grant_type":"client_credentials","appKey":"c 1","appSecret":"s&1"}' },
    ],
    ["in the query", { tokenBody: "query", clientAuth: "basic" }, { search: "?grant_type=client_credentials", body: "" }],
  ])("%s", async (_, knobs, expected) => {
    const { last, lifetimeMs } = await t.use({ ...own, ...knobs }, given);
    expect(t.party.asked[0]).toMatchObject({ method: "POST", host: "id.tiny.example", path: "/token", ...expected });
    expect([last.headers["authorization"], lifetimeMs]).toEqual(["Bearer at", 3_600_000]);
  });
  test("the vendor's app, when the customer is asked for none", async () => {
    const { last } = await t.use(
      { type: "oauth2_client", title: "App", tokenUrl: "https://id.tiny.example/token" },
      {},
      { app: { clientId: "v", clientSecret: "vs" } },
    );
    expect([t.party.asked[0]?.body, last.headers["authorization"]]).toEqual([
      "grant_type=client_credentials&client_id=v&client_secret=vs",
      "Bearer at",
    ]);
  });
  test("a wrong secret is a refusal, trouble is none", async () => {
    t.answers(() => ({ status: 401, json: { error: "invalid_client", error_description: "no" } }));
    await expect(t.use(own, given)).rejects.toMatchObject({ code: "reauth_required", message: "Tiny answered 401, invalid_client: no" });
    t.answers(() => ({ status: 503 }));
    await expect(t.use(own, given)).rejects.toMatchObject({ code: "provider_unavailable" });
    t.answers(() => ({ text: "<html>" }));
    await expect(t.use(own, given)).rejects.toMatchObject({ code: "provider_invalid_response" });
  });
  test("a client that signs names the issuer as its only audience", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const auth: Auth = {
      type: "oauth2_client",
      title: "App",
      tokenUrl: "https://id.tiny.example/token",
      issuer: "https://id.tiny.example",
      clientAuth: "private_key_jwt",
      clientAlgorithm: "PS256",
    };
    await t.use(auth, {}, { app: { clientId: "v", clientSecret: pem } });
    const form = new URLSearchParams(t.party.asked[0]?.body);
    expect([form.get("client_id"), form.get("client_assertion_type"), form.get("client_secret")]).toEqual([
      "v",
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      null,
    ]);
    const { payload, protectedHeader } = await jwtVerify(form.get("client_assertion") ?? "", publicKey);
    expect([protectedHeader.alg, payload]).toEqual([
      "PS256",
      { iss: "v", sub: "v", aud: "https://id.tiny.example", iat: expect.any(Number), exp: expect.any(Number), jti: expect.any(String) },
    ]);
  });
});

describe("assertions", () => {
  const exchange = {
    url: "https://id.tiny.example/token",
    form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: "{assertion}" },
  };
  beforeEach(() => {
    t.answers(({ path }) => (path === "/token" ? { json: { access_token: "at", expires_in: 3_599 } } : { json: { items: [] } }));
  });
  test.each([
    ["RS256", "rsa", { modulusLength: 2048 }, "pkcs8"],
    ["PS256", "rsa", { modulusLength: 2048 }, "pkcs1"],
    ["ES256", "ec", { namedCurve: "P-256" }, "sec1"],
    ["EdDSA", "ed25519", {}, "pkcs8"],
  ] as const)("%s, exchanged for a token (RFC 7523)", async (algorithm, kind, options, type) => {
    const { privateKey, publicKey } = generateKeyPairSync(kind as "rsa", options as { modulusLength: number });
    const pem = privateKey.export({ type: type as "pkcs8", format: "pem" }).toString();
    const file = JSON.stringify({ client_email: "robot@tiny.example", private_key: pem });
    const field = {
      key: "file",
      title: "Key file",
      secret: true,
      multiline: true,
      json: { email: "client_email", private_key: "private_key" },
    };
    const claims = { iss: "{email}", scope: "read", aud: "https://id.tiny.example/token" };
    const { last, lifetimeMs } = await t.use(
      { type: "jwt", title: "Robot", algorithm, key: "{private_key}", header: { kid: "k1" }, claims, exchange, fields: [field] },
      { file },
    );
    const form = new URLSearchParams(t.party.asked[0]?.body);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const { payload, protectedHeader } = await jwtVerify(form.get("assertion") ?? "", publicKey, { currentDate: t.clock.now() });
    expect([protectedHeader, payload]).toMatchObject([
      { alg: algorithm, kid: "k1" },
      { iss: "robot@tiny.example", scope: "read", aud: "https://id.tiny.example/token" },
    ]);
    expect([last.headers["authorization"], lifetimeMs]).toEqual(["Bearer at", 3_599_000]);
  });
  test("as the token itself, with a shared secret in hex (id:secret)", async () => {
    const field = { key: "admin_key", title: "Admin key", secret: true, pattern: "(?<kid>[0-9a-f]{24}):(?<hex>[0-9a-f]{64})" };
    const auth: Auth = {
      type: "jwt",
      title: "Key",
      algorithm: "HS256",
      key: "{hex}",
      keyEncoding: "hex",
      header: { kid: "{kid}" },
      claims: { aud: "/admin/" },
      headers: { authorization: "Ghost {accessToken}" },
      fields: [field],
    };
    const hex = "ab".repeat(32);
    const { last, lifetimeMs } = await t.use(auth, { admin_key: `${"1f".repeat(12)}:${hex}` });
    const jwt = last.headers["authorization"]?.replace(/^Ghost /, "") ?? "";
    const { payload, protectedHeader } = await jwtVerify(jwt, Buffer.from(hex, "hex"), { currentDate: t.clock.now() });
    expect([protectedHeader["kid"], payload.aud, t.party.asked.length, lifetimeMs]).toEqual(["1f".repeat(12), "/admin/", 1, 300_000]);
  });
  test("handed in as Bearer for an installation's token", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    const fields = [
      { key: "installation", title: "Installation", pattern: "\\d+" },
      { key: "pem", title: "Key", secret: true, multiline: true },
    ];
    const call = {
      url: "https://id.tiny.example/app/installations/{installation}/access_tokens",
      headers: { Authorization: "Bearer {assertion}" },
    };
    t.answers(({ path }) => (path.endsWith("/access_tokens") ? { status: 201, json: { token: "ghs_1" } } : { json: { items: [] } }));
    // A form of one line loses line ends.
    const { last } = await t.use(
      {
        type: "jwt",
        title: "App",
        algorithm: "RS256",
        key: "{pem}",
        claims: { iss: "42" },
        exchange: call,
        token: { accessToken: "token" },
        fields,
      },
      { installation: "7", pem: pem.replaceAll("\n", " ") },
    );
    expect([t.party.asked[0]?.path, t.party.asked[0]?.headers["authorization"]?.split(".").length, last.headers["authorization"]]).toEqual([
      "/app/installations/7/access_tokens",
      3,
      "Bearer ghs_1",
    ]);
  });
  test("a key that is none says so, and not itself", async () => {
    const auth: Auth = {
      type: "jwt",
      title: "K",
      algorithm: "RS256",
      key: "{pem}",
      claims: {},
      fields: [{ key: "pem", title: "Key", secret: true, multiline: true }],
    };
    const error = await t.use(auth, { pem: "-----BEGIN PRIVATE KEY-----\nTOPSECRET\n-----END PRIVATE KEY-----" }).catch((e) => e);
    expect([error.code, JSON.stringify([error.message, error.cause, error.stack])]).toEqual([
      "config_invalid",
      expect.not.stringContaining("TOPSECRET"),
    ]);
  });
});
