import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, callOf, FORM, hmac, KEPT, NOW, ring, SCHEMES, schemeOf, URL_ } from "#tests/support/webhook-schemes";
import { Webhooks } from "./scheme";
import { crc32 } from "./signed-text";
import { verifyCall } from "./verify";

// Every scheme against signatures computed here by other means.

const header = (name: string, value: string) => ({ headers: { [name]: value } });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const secrets = fc.string({ minLength: 1, maxLength: 60 });

describe.each(Object.entries(SCHEMES))("%s", (name, [declared, sign]) => {
  const spec = schemeOf(declared);
  test("any body of bytes is proven by its own signature and by no other", async () => {
    await fc.assert(
      fc.asyncProperty(bytes, secrets, fc.nat(), async (body, secret, where) => {
        const made = sign(body, secret);
        const keys = ring(secret, KEPT[name] ?? secret);
        expect(await verifyCall(spec, callOf(body, made), keys, NOW)).toBe(true);
        const touched = Buffer.from(body.length ? body : "x");
        touched[where % touched.length]! ^= 1 << (where % 8) || 1;
        expect(await verifyCall(spec, callOf(touched, made), keys, NOW)).toBe(false);
        expect(await verifyCall(spec, callOf(body, { headers: {} }), keys, NOW)).toBe(false);
        expect(await verifyCall(spec, callOf(body, made), ring(null), NOW)).toBe(name.startsWith("ShipStation"));
        if (!KEPT[name] && !name.startsWith("ShipStation"))
          expect(await verifyCall(spec, callOf(body, made), ring(`${secret}.`), NOW)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test("spellings of the signature that are not the declared one are none", async () => {
    const body = Buffer.from('{"a":1}');
    const made = sign(body, "secret");
    const keys = ring("secret", KEPT[name] ?? "secret");
    const sig = Object.keys(made.headers ?? {}).find((one) => one.endsWith("sig") || one.endsWith("signature"))!;
    const good = made.headers![sig]!;
    for (const bad of ["", " ", good.slice(0, -2), `${good}00`, `${good}, ${good}`, `sha1=${good}`, good.replace(/.$/, "\n"), "NaN"]) {
      if (name.startsWith("Stripe") || name.startsWith("Mailchimp")) if (bad.includes(", ")) continue; // a list may be longer
      expect(await verifyCall(spec, callOf(body, { headers: { ...made.headers, [sig]: bad } }), keys, NOW), bad).toBe(false);
    }
  });

  test("a time that is missing, no number or far away is refused", async () => {
    if (!("timestamp" in declared)) return;
    const body = Buffer.from("x");
    const keys = ring("secret", KEPT[name] ?? "secret");
    const made = sign(body, "secret");
    for (const away of [-31_536_000_000, -300_001, 300_001, 31_536_000_000])
      expect(await verifyCall(spec, callOf(body, made), keys, NOW + away)).toBe(false);
    if (!made.headers?.["x-ts"]) return;
    for (const ts of ["", "NaN", "Infinity", "-1", ` ${made.headers["x-ts"]}`, "1e3", "0x10"])
      expect(await verifyCall(spec, callOf(body, { headers: { ...made.headers, "x-ts": ts } }), keys, NOW)).toBe(false);
  });
});

describe("shared values", () => {
  const body = Buffer.from('{"token":"s3cret","id":1}');
  const json = { "content-type": "application/json" };
  test.each([
    [
      "BigCommerce, UPS, Shiprocket, Directus: a header we registered",
      at("x-api-key"),
      { "x-api-key": "s3cret" },
      { "x-api-key": "s3cret " },
    ],
    ["with a prefix", at("authorization", { prefix: "Bearer " }), { authorization: "Bearer s3cret" }, { authorization: "s3cret" }],
    ["Zoho: echoed in the body", { in: "body", name: "token" }, json, null],
  ])("%s", async (_, value, good, bad) => {
    const spec = schemeOf({ type: "shared", value, secret: "endpoint" });
    expect(await verifyCall(spec, callOf(body, { headers: good }), ring("s3cret"), NOW)).toBe(true);
    expect(await verifyCall(spec, callOf(body, { headers: good }), ring("other"), NOW)).toBe(false);
    expect(await verifyCall(spec, callOf(body, { headers: good }), ring(null), NOW)).toBe(false);
    expect(await verifyCall(spec, callOf(body, { headers: good }), ring(""), NOW)).toBe(false);
    if (bad) expect(await verifyCall(spec, callOf(body, { headers: bad as never }), ring("s3cret"), NOW)).toBe(false);
    else expect(await verifyCall(spec, callOf(Buffer.from("{"), { headers: good }), ring("s3cret"), NOW)).toBe(false);
  });

  test("Pipedrive: Basic", async () => {
    const basic = (text: string) => callOf(body, header("authorization", `Basic ${Buffer.from(text).toString("base64")}`));
    const named = schemeOf({ type: "basic", user: "inlay", secret: "endpoint" });
    expect(await verifyCall(named, basic("inlay:s3cret"), ring("s3cret"), NOW)).toBe(true);
    expect(await verifyCall(named, basic("other:s3cret"), ring("s3cret"), NOW)).toBe(false);
    expect(await verifyCall(named, basic("inlay:"), ring(""), NOW)).toBe(false);
    const whole = schemeOf({ type: "basic", secret: "endpoint" });
    expect(await verifyCall(whole, basic("a:b"), ring("a:b"), NOW)).toBe(true);
    expect(await verifyCall(whole, callOf(body, header("authorization", "Bearer a:b")), ring("a:b"), NOW)).toBe(false);
  });

  test("ShipStation v1, ActiveCampaign: unsigned, so only the address is known", async () =>
    expect(await verifyCall(schemeOf({ type: "unsigned" }), callOf(body, {}), ring(null), NOW)).toBe(true));
});

describe("signed forms", () => {
  // payfast.co.za/documentation: MD5 over the fields in their order, PHP-encoded, the passphrase last.
  const payfast = schemeOf({
    type: "hash",
    hash: "md5",
    signed: "{form}&passphrase={formSecret}",
    secret: "endpoint",
    signature: { in: "body", name: "signature", encoding: "hex" },
  });
  const php = (text: string) => new URLSearchParams({ a: text }).toString().slice(2).replaceAll("*", "%2A");

  test("PayFast: MD5 over the form as it came", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]{1,9}$/), fc.string({ maxLength: 20 })), {
          selector: ([key]) => key,
          minLength: 1,
          maxLength: 8,
        }),
        secrets,
        async (pairs, secret) => {
          const fields = pairs.filter(([key]) => key !== "signature");
          const text = fields.map(([key, value]) => `${key}=${php(value)}`).join("&");
          const signature = createHash("md5")
            .update(`${text}&passphrase=${php(secret)}`)
            .digest("hex");
          const body = Buffer.from(new URLSearchParams([...fields, ["signature", signature]]).toString());
          const call = callOf(body, header("content-type", FORM));
          expect(await verifyCall(payfast, call, ring(secret), NOW)).toBe(true);
          expect(await verifyCall(payfast, callOf(body, header("content-type", FORM)), ring(`${secret}x`), NOW)).toBe(false);
          const more = Buffer.concat([body, Buffer.from("&amount=1")]);
          expect(await verifyCall(payfast, callOf(more, header("content-type", FORM)), ring(secret), NOW)).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a body that is no form cannot slip past a signature over a form", async () => {
    const spec = schemeOf({
      type: "hmac",
      hash: "sha1",
      signed: "{url}{sortedForm}",
      secret: "app",
      signature: at("x-sig", { encoding: "base64" }),
    });
    const signature = hmac("sha1", "secret", URL_).digest("base64");
    const forged = callOf(Buffer.from('{"evil":1}'), { headers: { "x-sig": signature, "content-type": "application/json" } });
    expect(await verifyCall(spec, forged, ring("secret"), NOW)).toBe(false);
  });
});

describe("public keys", () => {
  const body = Buffer.from("{}");
  const pay = SCHEMES["PayPal: RSA over four parts, the key at an address the call names"]!;
  const spec = schemeOf(pay[0]);
  const made = pay[1](body, "wh-1");

  test("an address the call names must be one of the declared hosts, over https, without tricks", async () => {
    for (const address of [
      "https://evil.example/certs/one",
      "http://api.pay.example/certs/one",
      "https://api.pay.example:8443/certs/one",
      "https://api.pay.example@evil.example/certs/one",
      "https://u:p@api.pay.example/certs/one",
      "https://api.pay.example.evil.example/certs/one",
      "//api.pay.example/certs/one",
      "",
    ]) {
      const call = callOf(body, { headers: { ...made.headers, "x-cert": address } });
      expect(await verifyCall(spec, call, ring("wh-1"), NOW), address).toBe(false);
    }
  });

  test("a key of another kind, another id or a secret one is refused; one that cannot be had is no verdict", async () => {
    const [declared, sign] = SCHEMES["ShipStation v2, Adobe: RSA, a key of a published set"]!;
    const good = sign(body, "");
    const ecdsa = schemeOf({ ...declared, algorithm: "ecdsa" });
    expect(await verifyCall(ecdsa, callOf(body, good), ring(null), NOW)).toBe(false);
    for (const id of ["old", "oct", "none", "../jwks", ""])
      expect(await verifyCall(schemeOf(declared), callOf(body, { headers: { ...good.headers, "x-key": id } }), ring(null), NOW)).toBe(
        false,
      );
    const away = { ...ring(null), fetchText: () => Promise.reject(new Error("down")) };
    await expect(verifyCall(schemeOf(declared), callOf(body, good), away, NOW)).rejects.toThrow("down");
  });
});

describe("a scheme that proves nothing cannot be declared", () => {
  const base = { type: "hmac", hash: "sha256", secret: "app", signature: at("x", { encoding: "hex" }) };
  test.each([
    ["a signature that leaves the body out", { ...base, signed: "{ts}.{url}" }],
    ["a hash without the secret", { ...base, type: "hash", signed: "{body}" }],
    ["a hole nobody fills", { ...base, signed: "{body}{nonce}" }],
    [
      "a key host with a hole",
      { type: "public_key", algorithm: "rsa", key: { from: "url", url: "https://{keyId}.example/k" }, signature: base.signature },
    ],
    [
      "a key over http",
      { type: "public_key", algorithm: "rsa", key: { from: "url", url: "http://a.example/k" }, signature: base.signature },
    ],
    ["an unknown word", { ...base, tolerance: 1 }],
  ])("%s", (_, verify) => expect(() => schemeOf(verify)).toThrow());

  test("one address for all accounts without a way to tell them apart", () =>
    expect(() =>
      Webhooks.parse({ docs: "https://a.example", scope: "app", verify: { type: "unsigned" }, events: { objects: { a: "b" } } }),
    ).toThrow(/account/));
});

test("crc32 is the one everybody means", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
  expect(crc32(randomBytes(0))).toBe(0);
});
