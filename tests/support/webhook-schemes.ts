import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from "node:crypto";
import type { InboundCall } from "#server/runtime/webhooks/call";
import { Webhooks } from "#server/runtime/webhooks/scheme";
import { crc32 } from "#server/runtime/webhooks/signed-text";

// Every way a call can be proven, as a manifest declares it, beside how its maker would sign by hand.

export const NOW = 1_795_000_000_000;
const S = String(NOW / 1_000);
export const URL_ = "https://app.example/api/webhooks/thing/token";

type Made = { headers?: Record<string, string>; body?: Buffer; query?: string };
type Sign = (body: Buffer, secret: string) => Made;

export const hmac = (hash: string, secret: string, ...parts: (string | Buffer)[]) =>
  createHmac(hash, secret).update(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
const header = (name: string, value: string): Made => ({ headers: { [name]: value } });
export const at = (name: string, extra: object = {}) => ({ in: "header", name, ...extra });

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** A token as RFC 7515 puts it together. */
export function tokenBy(secret: string, claims: object, head: object = { alg: "HS256", typ: "JWT" }): string {
  const text = `${part(head)}.${part(claims)}`;
  return `${text}.${hmac("sha256", secret, text).digest("base64url")}`;
}

const pair = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ed: generateKeyPairSync("ed25519"),
};
const pem = (key: KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
const SERVED: Record<string, string> = {
  "https://keys.example/jwks": JSON.stringify({
    keys: [
      { ...generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" }), kid: "old" },
      { ...pair.rsa.publicKey.export({ format: "jwk" }), kid: "new" },
      { kty: "oct", k: "c2VjcmV0", kid: "oct" },
    ],
  }),
  "https://api.pay.example/certs/one": pem(pair.rsa.publicKey),
  "https://evil.example/certs/one": pem(pair.rsa.publicKey),
};
export const FORM = "application/x-www-form-urlencoded";

/** name → [declared, how it is made by hand]. */
export const SCHEMES: Record<string, [object, Sign]> = {
  "Shopify, Xero, QuickBooks, WooCommerce: base64": [
    { type: "hmac", hash: "sha256", secret: "app", signature: at("x-sig", { encoding: "base64" }) },
    (body, secret) => header("x-sig", hmac("sha256", secret, body).digest("base64")),
  ],
  "Meta, Razorpay: hex": [
    { type: "hmac", hash: "sha256", secret: "app", signature: at("x-sig", { encoding: "hex" }) },
    (body, secret) => header("x-sig", hmac("sha256", secret, body).digest("hex")),
  ],
  "Typeform: base64 with a prefix": [
    { type: "hmac", hash: "sha256", secret: "app", signature: at("x-sig", { prefix: "sha256=", encoding: "base64" }) },
    (body, secret) => header("x-sig", `sha256=${hmac("sha256", secret, body).digest("base64")}`),
  ],
  "Intercom: sha1 with a prefix": [
    { type: "hmac", hash: "sha1", secret: "app", signature: at("x-sig", { prefix: "sha1=", encoding: "hex" }) },
    (body, secret) => header("x-sig", `sha1=${hmac("sha1", secret, body).digest("hex")}`),
  ],
  "sha512, base64url": [
    { type: "hmac", hash: "sha512", secret: "app", signature: at("x-sig", { encoding: "base64url" }) },
    (body, secret) => header("x-sig", hmac("sha512", secret, body).digest("base64url")),
  ],
  "Stripe: t and several v1": [
    {
      type: "hmac",
      hash: "sha256",
      signed: "{ts}.{body}",
      secret: "app",
      signature: at("stripe-signature", { list: { separator: ",", key: "v1" }, encoding: "hex" }),
      timestamp: at("stripe-signature", { list: { separator: ",", key: "t" }, unit: "s" }),
    },
    (body, secret) =>
      header("stripe-signature", `t=${S},v0=ab,v1=${"0".repeat(64)},v1=${hmac("sha256", secret, S, ".", body).digest("hex")}`),
  ],
  "Zendesk: time and body, nothing between": [
    {
      type: "hmac",
      hash: "sha256",
      signed: "{ts}{body}",
      secret: "endpoint",
      signature: at("x-sig", { encoding: "base64" }),
      timestamp: at("x-ts", { unit: "iso" }),
    },
    (body, secret) => {
      const ts = new Date(NOW).toISOString();
      return { headers: { "x-sig": hmac("sha256", secret, ts, body).digest("base64"), "x-ts": ts } };
    },
  ],
  "Mailchimp: ts.body": [
    {
      type: "hmac",
      hash: "sha256",
      signed: "{ts}.{body}",
      secret: "endpoint",
      signature: at("x-sig", { list: { separator: ",", key: "v1" }, encoding: "hex" }),
      timestamp: at("x-sig", { list: { separator: ",", key: "t" }, unit: "s" }),
    },
    (body, secret) => header("x-sig", `t=${S}, v1=${hmac("sha256", secret, S, ".", body).digest("hex")}`),
  ],
  "HubSpot v3: method, address, body, time": [
    {
      type: "hmac",
      hash: "sha256",
      signed: "{method}{url}{body}{ts}",
      secret: "app",
      signature: at("x-sig", { encoding: "base64" }),
      timestamp: at("x-ts", { unit: "ms" }),
    },
    (body, secret) => ({
      headers: { "x-sig": hmac("sha256", secret, "POST", URL_, body, String(NOW)).digest("base64"), "x-ts": String(NOW) },
    }),
  ],
  "a hash over secret and body": [
    { type: "hash", hash: "sha256", signed: "{secret}{body}", secret: "app", signature: at("x-sig", { encoding: "hex" }) },
    (body, secret) => header("x-sig", createHash("sha256").update(secret).update(body).digest("hex")),
  ],
  "PayPal: RSA over four parts, the key at an address the call names": [
    {
      type: "public_key",
      algorithm: "rsa",
      signed: "{header:x-id}|{ts}|{secret}|{crc32}",
      key: { from: "request", address: at("x-cert"), hosts: ["api.pay.example"] },
      signature: at("x-sig", { encoding: "base64" }),
      timestamp: at("x-ts", { unit: "iso" }),
    },
    (body, secret) => {
      const ts = new Date(NOW).toISOString();
      const text = Buffer.from(`id-1|${ts}|${secret}|${crc32(body)}`);
      const signature = signBytes("sha256", text, pair.rsa.privateKey).toString("base64");
      return { headers: { "x-id": "id-1", "x-ts": ts, "x-sig": signature, "x-cert": "https://api.pay.example/certs/one" } };
    },
  ],
  "ShipStation v2, Adobe: RSA, a key of a published set": [
    {
      type: "public_key",
      algorithm: "rsa",
      signed: "{ts}.{body}",
      key: { from: "url", url: "https://keys.example/jwks", format: "jwks", keyId: at("x-key") },
      signature: at("x-sig", { encoding: "base64" }),
      timestamp: at("x-ts", { unit: "s" }),
    },
    (body) => {
      const text = Buffer.concat([Buffer.from(`${S}.`), body]);
      return { headers: { "x-sig": signBytes("sha256", text, pair.rsa.privateKey).toString("base64"), "x-ts": S, "x-key": "new" } };
    },
  ],
  "Ed25519, the key kept with the endpoint": [
    { type: "public_key", algorithm: "ed25519", signed: "{body}", key: { from: "endpoint" }, signature: at("x-sig", { encoding: "hex" }) },
    (body) => header("x-sig", signBytes(null, body, pair.ed.privateKey).toString("hex")),
  ],
  "a hash of the body, the path and a parameter among what is signed": [
    {
      type: "hmac",
      hash: "sha256",
      signed: "{method}\n{path}\n{query:event-id}\n{bodySha256}\n{bodySha256:base64}\n{crc32}",
      secret: "endpoint",
      signature: at("x-sig", { encoding: "base64" }),
    },
    (body, secret) => {
      const hash = (encoding: "hex" | "base64") => createHash("sha256").update(body).digest(encoding);
      const text = ["POST", new URL(URL_).pathname, "e 1", hash("hex"), hash("base64"), crc32(body)].join("\n");
      return { ...header("x-sig", hmac("sha256", secret, text).digest("base64")), query: "?event-id=e%201" };
    },
  ],
  "Vonage, MessageBird: a token with hashes of body and address": [
    {
      type: "jwt",
      algorithms: ["HS256"],
      secret: "app",
      token: at("x-signature", { prefix: "Bearer " }),
      claims: { iss: "MessageBird" },
      hashes: [
        { claim: "payload_hash", of: "{body}" },
        { claim: "url_hash", of: "{url}", encoding: "base64" },
      ],
    },
    (body, secret) => {
      const sha = (data: string | Buffer) => createHash("sha256").update(data);
      const claims = { iss: "MessageBird", nbf: NOW / 1_000, exp: NOW / 1_000 + 60, payload_hash: sha(body).digest("hex") };
      return header("x-signature", `Bearer ${tokenBy(secret, { ...claims, url_hash: sha(URL_).digest("base64") })}`);
    },
  ],
  "ECDSA as two numbers": [
    {
      type: "public_key",
      algorithm: "ecdsa",
      form: "p1363",
      key: { from: "endpoint" },
      signature: at("x-sig", { encoding: "base64url" }),
    },
    (body) => header("x-sig", signBytes("sha256", body, { key: pair.ec.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")),
  ],
};

/** What the endpoint keeps, where that is a public key. */
export const KEPT: Record<string, string> = {
  "Ed25519, the key kept with the endpoint": pem(pair.ed.publicKey),
  "ECDSA as two numbers": pem(pair.ec.publicKey).replaceAll("\n", ""),
};

export const schemeOf = (verify: object) =>
  Webhooks.parse(
    JSON.parse(JSON.stringify({ docs: "https://example.com/d", scope: "connection", verify, events: { objects: { "*": "thing" } } })),
  ).verify;

export const ring = (secret: string | null, endpoint = secret) => ({
  app: secret,
  endpoint,
  fetchText: async (url: string) => SERVED[url] ?? Promise.reject(new Error("no such key")),
});

export function callOf(body: Buffer, { headers = {}, query = "" }: Made): InboundCall {
  const url = URL_ + query;
  return { method: "POST", url, query: new URL(url).searchParams, header: (name) => headers[name] ?? null, raw: body };
}
