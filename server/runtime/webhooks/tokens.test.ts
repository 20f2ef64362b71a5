import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { NOW, tokenBy } from "#tests/support/webhook-schemes";
import type { InboundCall } from "./call";
import { hintsOf } from "./events";
import { Webhooks } from "./scheme";
import { verifyCall } from "./verify";

function call(method: string, target: string, body = "", headers: Record<string, string> = {}): InboundCall {
  const url = `https://app.example${target}`;
  return { method, url, query: new URL(url).searchParams, header: (name) => headers[name] ?? null, raw: Buffer.from(body) };
}
const scheme = (more: object) =>
  Webhooks.parse({
    docs: "https://example.com/d",
    scope: "connection",
    verify: { type: "unsigned" },
    events: { objects: { "*": "thing" } },
    ...more,
  });
const hex = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("hex");

const verdict = (verify: object, asked: InboundCall, secret: string | null, nowMs = NOW, served: Record<string, string> = {}) =>
  verifyCall(
    scheme({ verify }).verify,
    asked,
    { app: secret, endpoint: secret, fetchText: async (url) => served[url] ?? Promise.reject(new Error(url)) },
    nowMs,
  );

describe("signed tokens", () => {
  // RFC 7515, appendices A.1 (HS256) and A.3 (ES256).
  const HS =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const HS_KEY = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
  const ES =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  const ES_KEY = {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  };
  const BEFORE_END = 1_300_819_000_000;
  const bearer = (token: string, body = "{}") => call("POST", "/h", body, { authorization: `Bearer ${token}` });
  const token = { in: "header", name: "authorization", prefix: "Bearer " };

  test("the tokens of RFC 7515 hold until they end, and by their own kind of key only", async () => {
    const hs = { type: "jwt", token, algorithms: ["HS256"], secret: "app", secretEncoding: "base64", claims: { iss: "joe" } };
    const key = Buffer.from(HS_KEY, "base64url").toString("base64");
    expect(await verdict(hs, bearer(HS), key, BEFORE_END)).toBe(true);
    expect(await verdict(hs, bearer(HS), key, BEFORE_END + 3_600_000)).toBe(false);
    expect(await verdict({ ...hs, claims: { iss: "eve" } }, bearer(HS), key, BEFORE_END)).toBe(false);
    expect(await verdict({ ...hs, algorithms: ["HS512"] }, bearer(HS), key, BEFORE_END)).toBe(false);
    expect(await verdict(hs, bearer(`${HS.slice(0, -4)}AAAA`), key, BEFORE_END)).toBe(false);
    const es = { type: "jwt", token, algorithms: ["ES256"], key: { from: "url", url: "https://keys.example/set", format: "jwks" } };
    const served = { "https://keys.example/set": JSON.stringify({ keys: [ES_KEY] }) };
    expect(await verdict(es, bearer(ES), null, BEFORE_END, served)).toBe(true);
    expect(await verdict({ ...es, algorithms: ["RS256"] }, bearer(ES), null, BEFORE_END, served)).toBe(false);
    await expect(verdict(es, bearer(ES), null, BEFORE_END)).rejects.toThrow(); // no key to be had now: call again
  });
  test("nothing that is unsigned, and no public key as a secret", async () => {
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"exp":9999999999}').toString("base64url")}.`;
    const hs = { type: "jwt", token, algorithms: ["HS256"], secret: "app" };
    for (const bad of [none, "", "a.b.c", "x", `${none}x`]) expect(await verdict(hs, bearer(bad), "s3cret"), bad).toBe(false);
    expect(await verdict(hs, bearer(tokenBy("", { exp: NOW / 1_000 + 60 })), "")).toBe(false);
    expect(() => scheme({ verify: { type: "jwt", algorithms: ["HS256", "RS256"], secret: "app" } })).toThrow();
    expect(() => scheme({ verify: { type: "jwt", algorithms: ["HS256"], key: { from: "endpoint" } } })).toThrow();
  });
  test("monday: made for our address; one without an end holds for minutes", async () => {
    const monday = {
      type: "jwt",
      token: { in: "header", name: "authorization" },
      algorithms: ["HS256"],
      secret: "app",
      claims: { aud: "{url}" },
    };
    const ask = (claims: object, nowMs = NOW) =>
      verdict(monday, call("POST", "/h?x=1", "{}", { authorization: tokenBy("s3cret", claims) }), "s3cret", nowMs);
    const aud = "https://app.example/h";
    expect(await ask({ aud, exp: NOW / 1_000 + 60 })).toBe(true);
    expect(await ask({ aud: "https://other.example/h", exp: NOW / 1_000 + 60 })).toBe(false);
    expect(await ask({ aud, iat: NOW / 1_000 })).toBe(true);
    expect(await ask({ aud, iat: NOW / 1_000 }, NOW + 3_600_000)).toBe(false);
    expect(await ask({ aud })).toBe(false);
  });
  test("Wix, security events: the body is the token, its claims are what the call says", async () => {
    const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
    const text = [
      { alg: "RS256", kid: "k" },
      { iat: NOW / 1_000, data: { type: "saved", id: 7 } },
    ]
      .map((one) => Buffer.from(JSON.stringify(one)).toString("base64url"))
      .join(".");
    const body = `${text}.${sign("sha256", Buffer.from(text), keys.privateKey).toString("base64url")}`;
    const wix = scheme({
      verify: { type: "jwt", algorithms: ["RS256"], key: { from: "endpoint" } },
      events: {
        topic: { in: "body", name: "data.type" },
        objects: { saved: "thing" },
        id: { in: "body", name: "data.id" },
        record: "data",
      },
    });
    const asked = call("POST", "/h", body, { "content-type": "application/jwt" });
    expect(await verdict(wix.verify, asked, pem)).toBe(true);
    expect(await verdict(wix.verify, call("POST", "/h", body.replace(/\.(.)/, ".f")), pem)).toBe(false);
    expect(hintsOf(wix, asked)).toMatchObject([{ object: "thing", id: "7" }]);
  });
  test("what is in a body that no claim covers brings no records", () => {
    const events = { objects: { "*": "thing" }, record: "$" };
    const jwt = { type: "jwt", token, algorithms: ["HS256"], secret: "app" };
    expect(() => scheme({ verify: jwt, events })).toThrow();
    expect(() => scheme({ verify: { ...jwt, hashes: [{ claim: "h" }] }, events })).not.toThrow();
  });
});

describe("signatures over parts of a call", () => {
  // Adyen/adyen-node-api-library, its test of HmacValidator.
  const ADYEN = [
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "amount.value",
    "amount.currency",
    "eventCode",
    "success",
  ];
  const item = {
    pspReference: "7914073381342284",
    eventCode: "AUTHORISATION",
    merchantAccountCode: "TestMerchant",
    merchantReference: "TestPayment-1407325143704",
    amount: { value: 1130, currency: "EUR" },
    success: "true",
    additionalData: { hmacSignature: "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=" },
  };
  const body = (over: object) => JSON.stringify({ notificationItems: [{ NotificationRequestItem: { ...item, ...over } }] });
  const at = (path: string) => `notificationItems.0.NotificationRequestItem.${path}`;
  const adyen = {
    type: "hmac",
    hash: "sha256",
    signed: ADYEN.map((path) => `{bodyAt:${at(path)}}`).join(":"),
    signature: { in: "body", name: at("additionalData.hmacSignature"), encoding: "base64" },
    secret: "endpoint",
    secretEncoding: "hex",
  };
  const KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
  test("Adyen: fields of the body, of which one is not there", async () => {
    expect(await verdict(adyen, call("POST", "/h", body({})), KEY)).toBe(true);
    expect(await verdict(adyen, call("POST", "/h", body({ amount: { value: 1131, currency: "EUR" } })), KEY)).toBe(false);
    expect(await verdict(adyen, call("POST", "/h", "{"), KEY)).toBe(false);
    expect(() => scheme({ verify: adyen, events: { objects: { "*": "thing" }, record: "$" } })).toThrow(); // the rest of it is anybody's
  });
  test("Mercado Pago: a parameter, a header and a time", async () => {
    const spec = {
      type: "hmac",
      hash: "sha256",
      signed: "id:{query:data.id};request-id:{header:x-request-id};ts:{ts};",
      signature: { in: "header", name: "x-signature", list: { separator: ",", key: "v1" }, encoding: "hex" },
      timestamp: { in: "header", name: "x-signature", list: { separator: ",", key: "ts" }, unit: "ms" },
      secret: "app",
    };
    const v1 = hex("s3cret", `id:123;request-id:r-1;ts:${NOW};`);
    const ask = (id: string) =>
      call("POST", `/h?data.id=${id}&type=payment`, "{}", { "x-signature": `ts=${NOW},v1=${v1}`, "x-request-id": "r-1" });
    expect([await verdict(spec, ask("123"), "s3cret"), await verdict(spec, ask("124"), "s3cret")]).toEqual([true, false]);
  });
  test("a signature over nothing of the call is none", () => {
    expect(() => scheme({ verify: { ...adyen, signed: "{ts}{path}{secret}" } })).toThrow();
  });
});

describe("XML", () => {
  const outbound = scheme({
    events: {
      list: "Envelope.Body.notifications.Notification",
      objects: { "*": "thing" },
      id: { in: "event", name: "sObject.Id" },
      account: { in: "body", name: "Envelope.Body.notifications.OrganizationId" },
    },
  });
  const soap = (...ids: string[]) =>
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>00D</OrganizationId>${ids.map((id) => `<Notification><Id>04l</Id><sObject xsi:type="sf:Contact" xmlns:sf="urn:sobject" xmlns:xsi="x"><sf:Id>${id}</sf:Id></sObject></Notification>`).join("")}</notifications></soapenv:Body></soapenv:Envelope>`;
  test.each([[["003A"]], [["003A", "003B"]], [[]]])("Salesforce outbound messages: %j", (ids) => {
    const asked = call("POST", "/h", soap(...ids), { "content-type": "text/xml; charset=utf-8" });
    expect(hintsOf(outbound, asked)).toEqual(ids.map((id) => ({ object: "thing", id, account: "00D" })));
  });
  test("one event, whatever it calls itself; what is cut, or has a DTD, is an error", () => {
    const one = scheme({
      events: { topic: { in: "body", name: "event.@type" }, objects: { saved: "thing" }, id: { in: "body", name: "event.id" } },
    });
    expect(hintsOf(one, call("POST", "/h", ' <event type="saved"><id>7</id></event>'))).toEqual([
      { object: "thing", id: "7", account: null },
    ]);
    for (const bad of ["<a><b></a>", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'])
      expect(() => hintsOf(outbound, call("POST", "/h", bad))).toThrow();
  });
});
