import { describe, expect, test } from "vitest";
import type { InboundCall } from "./call";
import { Webhooks } from "./scheme";
import { verifyCall } from "./verify";

// Calls whose signatures others computed and published: our reading of a scheme against its maker's.

type Input = { method?: string; url?: string; headers?: Record<string, string>; body?: string };

function call({ method = "POST", url = "https://app.example/hook", headers = {}, body = "" }: Input): InboundCall {
  return { method, url, query: new URL(url).searchParams, header: (name) => headers[name] ?? null, raw: Buffer.from(body) };
}

type Verify = Parameters<typeof Webhooks.parse>[0];
const parse = (verify: unknown) =>
  Webhooks.parse({
    docs: "https://example.com/docs",
    scope: "connection",
    verify,
    events: { objects: { "*": "thing" } },
  } as Verify).verify;

type Vector = { name: string; source: string; verify: unknown; secret?: string; keys?: Record<string, string>; at?: number; input: Input };

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const hubspot = { secret: "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", url: "https://www.example.com/webhook_uri" };
const hubspotV3 = {
  type: "hmac",
  hash: "sha256",
  signed: "{method}{url}{body}{ts}",
  secret: "endpoint",
  signature: { in: "header", name: "x-hubspot-signature-v3", encoding: "base64" },
  timestamp: { in: "header", name: "x-hubspot-request-timestamp", unit: "ms" },
};
const twilio = {
  type: "hmac",
  hash: "sha1",
  signed: "{url}{sortedForm}",
  secret: "endpoint",
  signature: { in: "header", name: "x-twilio-signature", encoding: "base64" },
};
const EBAY = {
  metadata: { topic: "MARKETPLACE_ACCOUNT_DELETION", schemaVersion: "1.0", deprecated: false },
  notification: {
    notificationId: "49feeaeb-4982-42d9-a377-9645b8479411_33f7e043-fed8-442b-9d44-791923bd9a6d",
    eventDate: "2021-03-19T20:43:59.462Z",
    publishDate: "2021-03-19T20:43:59.679Z",
    publishAttemptCount: 1,
    data: { username: "test_user", userId: "ma8vp1jySJC", eiasToken: "nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6wJnY+gAZGEpwmdj6x9nY+seQ==" },
  },
};
const SENDGRID = [
  {
    email: "hello@world.com",
    event: "dropped",
    reason: "Bounced Address",
    sg_event_id: "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
    sg_message_id: "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
    "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
    timestamp: 1600112492,
  },
];

const VECTORS: Vector[] = [
  {
    name: "GitHub: sha256= hex over the body",
    source: "docs.github.com, Validating webhook deliveries: values to test with",
    verify: {
      type: "hmac",
      hash: "sha256",
      secret: "endpoint",
      signature: { in: "header", name: "x-hub-signature-256", prefix: "sha256=", encoding: "hex" },
    },
    secret: "It's a Secret to Everybody",
    input: {
      headers: { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
      body: "Hello, World!",
    },
  },
  {
    name: "Slack: v0:ts:body",
    source: "docs.slack.dev, Verifying requests from Slack: the worked example",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "v0:{ts}:{body}",
      secret: "endpoint",
      signature: { in: "header", name: "x-slack-signature", prefix: "v0=", encoding: "hex" },
      timestamp: { in: "header", name: "x-slack-request-timestamp", unit: "s" },
    },
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    at: 1531420618_000,
    input: {
      headers: {
        ...FORM,
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
      },
      body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    },
  },
  {
    name: "HubSpot v1: a hash over secret and body",
    source: "HubSpot/hubspot-api-python, tests of utils/signature.py",
    verify: {
      type: "hash",
      hash: "sha256",
      signed: "{secret}{body}",
      secret: "endpoint",
      signature: { in: "header", name: "x-hubspot-signature", encoding: "hex" },
    },
    secret: hubspot.secret,
    input: {
      headers: { "x-hubspot-signature": "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750" },
      body: "{'example_field':'example_value'}",
    },
  },
  {
    name: "HubSpot v2: a hash over secret, method, address and body",
    source: "legacydocs.hubspot.com/docs/faq/v2-request-validation",
    verify: {
      type: "hash",
      hash: "sha256",
      signed: "{secret}{method}{url}{body}",
      secret: "endpoint",
      signature: { in: "header", name: "x-hubspot-signature", encoding: "hex" },
    },
    secret: hubspot.secret,
    input: {
      url: hubspot.url,
      headers: { "x-hubspot-signature": "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900" },
      body: '{"example_field":"example_value"}',
    },
  },
  ...(
    [
      ["python", "1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="],
      ["ruby", "1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="],
    ] as const
  ).map(([sdk, ts, signature]) => ({
    name: `HubSpot v3, ${sdk}: HMAC over method, address, body and time`,
    source: `HubSpot/hubspot-api-${sdk}, tests of its signature helper`,
    verify: hubspotV3,
    secret: hubspot.secret,
    at: Number(ts),
    input: {
      url: hubspot.url,
      headers: { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": ts },
      body: "{'example_field':'example_value'}",
    },
  })),
  ...(
    [
      [
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE",
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
      ],
      [
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
      ],
    ] as const
  ).map(([url, body, signature], n) => ({
    name: `Twilio ${n + 1}: SHA-1 over address and sorted form`,
    source: "twilio-php and twilio-csharp, RequestValidatorTest",
    verify: twilio,
    secret: "12345",
    input: { url, headers: { ...FORM, "x-twilio-signature": signature }, body },
  })),
  {
    name: "Square: address and body",
    source: "Square's documentation of webhook validation, as in its example servers",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "{url}{body}",
      secret: "endpoint",
      signature: { in: "header", name: "x-square-hmacsha256-signature", encoding: "base64" },
    },
    secret: "asdf1234",
    input: {
      url: "https://example.com/webhook",
      headers: { "x-square-hmacsha256-signature": "2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=" },
      body: '{"hello":"world"}',
    },
  },
  {
    name: "Standard Webhooks: a list of signatures, a secret in base64",
    source: "standard-webhooks/standard-webhooks, the vector its libraries share",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "{header:webhook-id}.{ts}.{body}",
      secret: "endpoint",
      secretEncoding: "base64",
      secretPrefix: "whsec_",
      signature: { in: "header", name: "webhook-signature", list: { separator: " ", pair: ",", key: "v1" }, encoding: "base64" },
      timestamp: { in: "header", name: "webhook-timestamp", unit: "s" },
    },
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    at: 1614265330_000,
    input: {
      headers: {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1a,bm9wZQ== v1,Y2VjaSBuJ2VzdCBwYXM= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      },
      body: '{"test": 2432232314}',
    },
  },
  {
    name: "SendGrid: ECDSA over time and body, the key kept with the endpoint",
    source: "sendgrid-nodejs, packages/eventwebhook, its spec",
    verify: {
      type: "public_key",
      algorithm: "ecdsa",
      signed: "{ts}{body}",
      key: { from: "endpoint" },
      signature: { in: "header", name: "x-twilio-email-event-webhook-signature", encoding: "base64" },
      timestamp: { in: "header", name: "x-twilio-email-event-webhook-timestamp", unit: "s" },
    },
    secret: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
    at: 1600112502_000,
    input: {
      headers: {
        "x-twilio-email-event-webhook-timestamp": "1600112502",
        "x-twilio-email-event-webhook-signature":
          "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
      },
      body: `${JSON.stringify(SENDGRID)}\r\n`,
    },
  },
  {
    name: "eBay: signature and key id inside a base64 header, the key fetched",
    source: "eBay/event-notification-nodejs-sdk, test/test.json",
    verify: {
      type: "public_key",
      algorithm: "ecdsa",
      hash: "sha1",
      key: {
        from: "url",
        url: "https://api.ebay.com/commerce/notification/v1/public_key/{keyId}",
        keyId: { in: "header", name: "x-ebay-signature", inside: "kid" },
        path: "key",
      },
      signature: { in: "header", name: "x-ebay-signature", inside: "signature", encoding: "base64" },
    },
    keys: {
      "https://api.ebay.com/commerce/notification/v1/public_key/9936261a-7d7b-4621-a0f1-96ccb428af49": JSON.stringify({
        key: "-----BEGIN PUBLIC KEY-----MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZhhxXKtR+TOvtDbgTPCkSof02qgBB7IsYOyf76ilExJ/upAa/vKIKheOoCyOpcLmi4t0b4uepb7LLjmMr90FUg==-----END PUBLIC KEY-----",
        algorithm: "ECDSA",
        digest: "SHA1",
      }),
    },
    input: {
      headers: {
        "x-ebay-signature":
          "eyJhbGciOiJlY2RzYSIsImtpZCI6Ijk5MzYyNjFhLTdkN2ItNDYyMS1hMGYxLTk2Y2NiNDI4YWY0OSIsInNpZ25hdHVyZSI6Ik1FWUNJUUNmeGZJV3V4bVdjSUJRSjljNS9YN2lHREpxczJSQ0dzQkVhQWppbnlycmZBSWhBSVY2d0djVGlCdVY1S0pVaWYyaG9reXJMK1E5c3NIa2FkK214Mm5FRTI1dyIsImRpZ2VzdCI6IlNIQTEifQ==",
      },
      body: JSON.stringify(EBAY),
    },
  },
];

const keyring = ({ secret = null as string | null, keys = {} as Record<string, string> }) => ({
  app: null,
  endpoint: secret,
  fetchText: async (url: string) => keys[url] ?? Promise.reject(new Error(`nobody serves ${url}`)),
});

describe.each(VECTORS.map((one) => [`${one.name} (${one.source})`, one] as const))(
  "%s",
  (_, { verify, secret, keys, at = Date.now(), input }) => {
    const spec = parse(verify);
    const ring = keyring({ ...(secret ? { secret } : {}), ...(keys ? { keys } : {}) });

    test("holds", async () => expect(await verifyCall(spec, call(input), ring, at)).toBe(true));

    test("does not hold for another byte, address, secret or time", async () => {
      expect(await verifyCall(spec, call({ ...input, body: `${input.body} ` }), ring, at)).toBe(false);
      if (JSON.stringify(verify).includes("{url}"))
        expect(await verifyCall(spec, call({ ...input, url: `${input.url}/` }), ring, at)).toBe(false);
      if (secret) {
        expect(await verifyCall(spec, call(input), keyring({ secret: `x${secret}` }), at)).toBe(false);
        expect(await verifyCall(spec, call(input), keyring({ secret: "" }), at)).toBe(false);
        expect(await verifyCall(spec, call(input), keyring({}), at)).toBe(false);
      }
      if (JSON.stringify(verify).includes('"timestamp"')) {
        for (const away of [-300_001, 300_001, 31_536_000_000]) expect(await verifyCall(spec, call(input), ring, at + away)).toBe(false);
        expect(await verifyCall(spec, call(input), ring, at + 299_000)).toBe(true);
      }
    });
  },
);
