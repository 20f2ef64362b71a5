import { createHash, createHmac } from "node:crypto";
import { calculatePKCECodeChallenge } from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { signJwt } from "./jwt";
import { type Moment, signerOf } from "./sign";
import { baseString } from "./sign-oauth1";
import { Signature } from "./signature-schema";

const at =
  (iso: string, nonce = ""): (() => Moment) =>
  () => ({ nowMs: Date.parse(iso), nonce });
const atSeconds =
  (seconds: number, nonce: string): (() => Moment) =>
  () => ({ nowMs: seconds * 1_000, nonce });
const signed = (
  spec: unknown,
  values: Record<string, string>,
  moment: () => Moment,
  request: { method?: string; url: string; headers?: Record<string, string>; body?: string },
) =>
  signerOf(
    Signature.parse(spec),
    values,
    moment,
  )({
    method: request.method ?? "GET",
    url: new URL(request.url),
    headers: request.headers ?? {},
    body: request.body,
  });
const oauthParam = (header: string | undefined, name: string) =>
  decodeURIComponent(new RegExp(`${name}="([^"]*)"`).exec(header ?? "")?.[1] ?? "");

describe("OAuth 1.0a", () => {
  const spec = { type: "oauth1", consumerKey: "{ck}", consumerSecret: "{cs}", token: "{tk}", tokenSecret: "{ts}" };
  test("OAuth Core 1.0 Revision A, appendix A.5.2 (photos.example.net)", () => {
    const { headers } = signed(
      { ...spec, realm: "http://photos.example.net/" },
      { ck: "dpf43f3p2l4k3l03", cs: "kd94hf93k423kf44", tk: "nnch734d00sl2jdk", ts: "pfkkdhi9sl3r4s00" },
      atSeconds(1_191_242_096, "kllo9940pd9333jh"),
      { url: "http://photos.example.net/photos?file=vacation.jpg&size=original" },
    );
    expect(oauthParam(headers["authorization"], "oauth_signature")).toBe("tR3+Ty81lMeYAr/Fid0kMTYa/WM=");
    expect(headers["authorization"]).toMatch(/^OAuth realm="http%3A%2F%2Fphotos\.example\.net%2F", oauth_consumer_key="dpf43f3p2l4k3l03"/);
  });
  test("X developer documentation, 'Creating a signature' (form body, api.x.com/1.1 statuses/update)", () => {
    const { headers } = signed(
      spec,
      {
        ck: "xvz1evFS4wEEPTGEFPHBog",
        cs: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        tk: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        ts: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
      },
      atSeconds(1_318_622_958, "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
      {
        method: "POST",
        url: "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21",
      },
    );
    expect(oauthParam(headers["authorization"], "oauth_signature")).toBe("hCtSmYh+iHYCEqBWrE7C7hYmtUk=");
  });
  test("RFC 5849 §3.4.1.1, the base string", () => {
    const params = [...new URL("http://h/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").searchParams, ...new URLSearchParams("c2&a3=2+q")];
    const oauth: [string, string][] = [
      ["oauth_consumer_key", "9djdj82h48djs9d2"],
      ["oauth_token", "kkk9d7dh3k39sjv7"],
      ["oauth_signature_method", "HMAC-SHA1"],
      ["oauth_timestamp", "137131201"],
      ["oauth_nonce", "7d8f3e4a"],
    ];
    expect(baseString("post", new URL("http://EXAMPLE.COM:80/request"), [...params, ...oauth])).toBe(
      "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
    );
  });
  test("one-legged HMAC-SHA256 in the query is the digest of the same base string", () => {
    const { url, headers } = signed(
      { type: "oauth1", method: "HMAC-SHA256", consumerKey: "{ck}", consumerSecret: "{cs}", in: "query" },
      { ck: "ck_1", cs: "cs_1" },
      atSeconds(1_700_000_000, "n"),
      { url: "https://shop.example/wp-json/wc/v3/orders?page=2&search=a%20b" },
    );
    expect(headers).toEqual({});
    const { oauth_signature, ...params } = Object.fromEntries(url.searchParams);
    const base = baseString("GET", url, Object.entries(params));
    expect(oauth_signature).toBe(createHmac("sha256", "cs_1&").update(base).digest("base64"));
  });
});

describe("AWS Signature Version 4", () => {
  const values = { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const spec = (service: string) => ({ type: "aws_sigv4", accessKeyId: "{id}", secretAccessKey: "{secret}", region: "us-east-1", service });
  const moment = at("2015-08-30T12:36:00Z");
  const signature = (headers: Record<string, string>) => /Signature=([0-9a-f]{64})$/.exec(headers["authorization"] ?? "")?.[1];
  // aws-sig-v4-test-suite (AWS General Reference), by name of the case.
  test.each([
    ["get-vanilla", "GET", "https://example.amazonaws.com/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    [
      "get-vanilla-query-order-key-case",
      "GET",
      "https://example.amazonaws.com/?Param2=value2&Param1=value1",
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
    [
      "get-vanilla-empty-query-key",
      "GET",
      "https://example.amazonaws.com/?Param1=value1",
      "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
    ],
    ["post-vanilla", "POST", "https://example.amazonaws.com/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  ])("test suite: %s", (_, method, url, expected) => {
    expect(signature(signed(spec("service"), values, moment, { method, url }).headers)).toBe(expected);
  });
  test("test suite: post-x-www-form-urlencoded", () => {
    const request = {
      method: "POST",
      url: "https://example.amazonaws.com/",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "Param1=value1",
    };
    expect(signature(signed(spec("service"), values, moment, request).headers)).toBe(
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    );
  });
  test("AWS General Reference, IAM ListUsers", () => {
    const request = {
      url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    };
    expect(signature(signed(spec("iam"), values, moment, request).headers)).toBe(
      "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    );
  });
  test("a session's token is sent and signed, and the query goes out as it was signed", () => {
    const { url, headers } = signed({ ...spec("execute-api"), sessionToken: "{st}" }, { ...values, st: "tok" }, moment, {
      url: "https://a.example/p%20q?b=x+y&a=%2A",
    });
    expect([url.search, headers["x-amz-security-token"], headers["authorization"]]).toEqual([
      "?a=%2A&b=x%20y",
      "tok",
      expect.stringContaining("SignedHeaders=host;x-amz-date;x-amz-security-token"),
    ]);
  });
});

describe("digests", () => {
  test("MD5 over sorted parameters, headers and a passphrase that is not sent", () => {
    const { url, headers } = signed(
      {
        type: "digest",
        algorithm: "md5",
        headers: { "merchant-id": "{merchant}", version: "v1", timestamp: "{iso}" },
        text: "{sorted}",
        sorted: { from: ["query", "headers"], extra: { passphrase: "{passphrase}" } },
        into: { in: "header", name: "signature" },
      },
      { merchant: "10000100", passphrase: "jt7N o+1" },
      at("2026-11-21T12:00:00Z"),
      { url: "https://api.example/transactions/history?to=2026-02-01&from=2026-01-01" },
    );
    const text = "from=2026-01-01&merchant-id=10000100&passphrase=jt7N+o%2B1&timestamp=2026-11-21T12%3A00%3A00Z&to=2026-02-01&version=v1";
    expect(headers).toEqual({
      "merchant-id": "10000100",
      version: "v1",
      timestamp: "2026-11-21T12:00:00Z",
      signature: createHash("md5").update(text).digest("hex"),
    });
    expect(url.search).toBe("?to=2026-02-01&from=2026-01-01");
  });
  test("an HMAC of the access token as a parameter (appsecret_proof)", () => {
    const spec = {
      type: "digest",
      algorithm: "hmac-sha256",
      key: "{clientSecret}",
      text: "{accessToken}",
      into: { in: "query", name: "appsecret_proof" },
    };
    const { url } = signed(spec, { clientSecret: "s3cret", accessToken: "EAAB" }, at("2026-01-01"), {
      url: "https://graph.example/v21/me?fields=id",
    });
    expect(url.searchParams.get("appsecret_proof")).toBe(createHmac("sha256", "s3cret").update("EAAB").digest("hex"));
  });
  test("RFC 4231, test case 2 (HMAC-SHA-256), as hex, base64 and upper hex", () => {
    const of = (encoding: string) =>
      signed(
        {
          type: "digest",
          algorithm: "hmac-sha256",
          key: "{k}",
          encoding,
          text: "{t}",
          into: { in: "header", name: "X-S", template: "v1 {signature}" },
        },
        { k: "Jefe", t: "what do ya want for nothing?" },
        at("2026-01-01"),
        { url: "https://a.example/" },
      ).headers["x-s"];
    const hex = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    expect([of("hex"), of("hex_upper"), of("base64")]).toEqual([
      `v1 ${hex}`,
      `v1 ${hex.toUpperCase()}`,
      `v1 ${Buffer.from(hex, "hex").toString("base64")}`,
    ]);
  });
  test("method, path, time and body in one text", () => {
    const spec = {
      type: "digest",
      algorithm: "hmac-sha512",
      key: "{k}",
      keyEncoding: "base64",
      encoding: "base64",
      headers: { "X-Time": "{timestampMs}" },
      text: "{timestampMs}{method}{path}?{query}{bodySha256}",
      into: { in: "header", name: "x-sign" },
    };
    const { headers } = signed(spec, { k: "a2V5" }, at("2026-01-01T00:00:00Z"), {
      method: "POST",
      url: "https://a.example/v1/x?q=1",
      body: "{}",
    });
    const text = `1767225600000POST/v1/x?q=1${createHash("sha256").update("{}").digest("hex")}`;
    expect(headers).toEqual({ "x-time": "1767225600000", "x-sign": createHmac("sha512", "key").update(text).digest("base64") });
  });
  test.each(["/v1/x", "/v1/x?q=1%202"])("path and query as they are asked for: %s", (target) => {
    const spec = { type: "digest", algorithm: "sha256", text: "{target}", into: { in: "header", name: "x-sign" } };
    const { headers } = signed(spec, {}, at("2026-01-01"), { url: `https://a.example${target}` });
    expect(headers["x-sign"]).toBe(createHash("sha256").update(target).digest("hex"));
  });
});

test("RFC 7636, appendix B: the code challenge", async () => {
  expect(await calculatePKCECodeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

test("a signed JWT is the compact form of RFC 7515 §7.1 with the claims of RFC 7519", async () => {
  const jwt = await signJwt(
    { algorithm: "HS256", key: "secret", claims: { iss: "me", aud: "https://as.example" }, lifetimeMs: 60_000, jti: true },
    1_767_225_600_000,
  );
  const [head = "", body = "", signature] = jwt.split(".");
  const json = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  expect(json(head)).toEqual({ alg: "HS256", typ: "JWT" });
  expect(json(body)).toEqual({
    iss: "me",
    aud: "https://as.example",
    iat: 1_767_225_595,
    exp: 1_767_225_660,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(signature).toBe(createHmac("sha256", "secret").update(`${head}.${body}`).digest("base64url"));
});
