import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { InboundCall } from "./call";
import { eventKeyOf, hintsOf } from "./events";
import { greet, greetVerified } from "./handshake";
import { Webhooks } from "./scheme";

const SECRET = "71745723-d031-455c-bfa5-f90d11b4f20a";
const secrets = (endpoint: string | null = SECRET) => ({ app: "app-secret", endpoint });

function call(method: string, target: string, body = "", headers: Record<string, string> = {}): InboundCall {
  const url = `http://www.testendpoint.com${target}`;
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
const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe("handshakes", () => {
  test("Slack: the challenge of a verified call, as text", () => {
    const { handshakes } = scheme({
      handshakes: [{ type: "echo_body", when: { path: "type", equals: "url_verification" }, challenge: "challenge" }],
    });
    const body = JSON.stringify({ type: "url_verification", challenge: "<b>3eZbrw1aB</b>" });
    expect(greet(handshakes, call("POST", "/webhook", body), secrets())).toBeNull(); // not before it is verified
    expect(greetVerified(handshakes, call("POST", "/webhook", body), secrets())).toEqual({
      status: 200,
      contentType: "text/plain; charset=utf-8",
      body: "<b>3eZbrw1aB</b>",
    });
    expect(greetVerified(handshakes, call("POST", "/webhook", '{"type":"event_callback","challenge":"x"}'), secrets())).toBeNull();
    expect(greetVerified(handshakes, call("POST", "/webhook", "{"), secrets())).toBeNull();
  });

  test("Meta: the challenge only for our own token", () => {
    const { handshakes } = scheme({ handshakes: [{ type: "echo_query", token: "hub.verify_token", challenge: "hub.challenge" }] });
    const ask = (token: string, secret: string | null = SECRET, challenge = "1158201444") =>
      greet(handshakes, call("GET", `/webhook?hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${token}`), secrets(secret));
    expect(ask(SECRET)?.body).toBe("1158201444");
    expect(ask("guess")).toBeNull();
    expect(ask("", "")).toBeNull();
    expect(ask("x", null)).toBeNull();
    expect(ask(SECRET, SECRET, "a".repeat(1_001))).toBeNull();
    expect(ask(SECRET, SECRET, "%0d%0a")).toBeNull();
  });

  // eBay/eBay-Notification-SDK-Dot-Net-Core, its test of the endpoint's validation.
  test("eBay: a hash over challenge, token and address", () => {
    const { handshakes } = scheme({
      handshakes: [
        { type: "hash_query", challenge: "challenge_code", hash: "sha256", text: "{challenge}{secret}{url}", answer: "challengeResponse" },
      ],
    });
    const asked = call("GET", "/webhook?challenge_code=a8628072-3d33-45ee-9004-bee86830a22d");
    expect(greet(handshakes, asked, secrets())).toEqual({
      status: 200,
      contentType: "application/json",
      body: '{"challengeResponse":"ca527df75caa230092d7e90484071e8f05d63068f1317973d6a3a42593734bbb"}',
    });
    expect(greet(handshakes, asked, secrets(null))).toBeNull();
  });

  test("WooCommerce: an unsigned ping of one number, and nothing more than that", () => {
    const { handshakes } = scheme({ handshakes: [{ type: "form_ping", field: "webhook_id" }] });
    expect(greet(handshakes, call("POST", "/webhook", "webhook_id=12", FORM), secrets())?.status).toBe(200);
    for (const [body, headers] of [
      ["webhook_id=12&id=3", FORM],
      ["webhook_id=<b>", FORM],
      ["webhook_id=12", {}],
      ["other=12", FORM],
    ] as const)
      expect(greet(handshakes, call("POST", "/webhook", body, headers), secrets())).toBeNull();
  });

  test("Mailchimp: a GET wants to see 200", () => {
    const { handshakes } = scheme({ handshakes: [{ type: "get_ok" }] });
    expect(greet(handshakes, call("GET", "/webhook"), secrets(null))?.status).toBe(200);
    expect(greet(handshakes, call("POST", "/webhook", "{}"), secrets(null))).toBeNull();
  });
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("which calls are the same", () => {
  test("by an id in a header or in the body, else by their bytes", () => {
    const byHeader = scheme({ dedupe: [{ in: "header", name: "x-delivery" }] });
    expect(eventKeyOf(byHeader, call("POST", "/", "{}", { "x-delivery": "72d3162e-cc78" }))).toBe("72d3162e-cc78");
    expect(eventKeyOf(byHeader, call("POST", "/", "{}", { "x-delivery": "a\u001fb" }))).toMatch(/^[0-9a-f]{64}$/);
    expect(eventKeyOf(byHeader, call("POST", "/", "{}"))).toBe(sha256("{}"));
    const byBody = scheme({ dedupe: [{ in: "body", name: "id" }] });
    expect(eventKeyOf(byBody, call("POST", "/", '{"id":"evt_1"}'))).toBe("evt_1");
    expect(eventKeyOf(byBody, call("POST", "/", "nothing"))).toBe(sha256("nothing"));
    expect(eventKeyOf(scheme({}), call("POST", "/", '{"id":"evt_1"}'))).toBe(sha256('{"id":"evt_1"}'));
  });

  test("a list of events is the same list whatever else of it changes between attempts", () => {
    const listed = scheme({
      dedupe: [
        { in: "event", name: "eventId" },
        { in: "event", name: "objectId" },
      ],
      events: { list: "$", objects: { "*": "thing" } },
    });
    const body = (attempt: number, ...ids: number[]) =>
      JSON.stringify(ids.map((id) => ({ eventId: id, objectId: 7, attemptNumber: attempt })));
    const key = (text: string) => eventKeyOf(listed, call("POST", "/", text));
    expect(key(body(0, 1, 2))).toBe(key(body(3, 1, 2)));
    expect(new Set([key(body(0, 1, 2)), key(body(0, 1)), key(body(0, 2, 1)), key("[]"), key('[{"eventId":1}]')]).size).toBe(5);
    const odd = (eventId: string, objectId: string) => key(JSON.stringify([{ eventId, objectId }]));
    expect(odd("a/b", "c")).not.toBe(odd("a", "b/c"));
    expect(key(body(0, 1))).toBe("1/7");
  });
});

describe("what calls are about", () => {
  test("events of a list, each with its account; unknown topics are left out", () => {
    const events = {
      list: "$",
      topic: { in: "event", name: "subscriptionType" },
      objects: { "contact.*": "contact", "deal.creation": "deal" },
      id: { in: "event", name: "objectId" },
      account: { in: "event", name: "portalId" },
    };
    const body = JSON.stringify([
      { subscriptionType: "contact.propertyChange", objectId: 1246965, portalId: 33 },
      { subscriptionType: "deal.creation", objectId: 2, portalId: 34 },
      { subscriptionType: "deal.deletion", objectId: 3, portalId: 33 },
      { subscriptionType: "__proto__", objectId: 4, portalId: 33 },
    ]);
    expect(hintsOf(scheme({ scope: "app", events }), call("POST", "/", body))).toEqual([
      { object: "contact", id: "1246965", account: "33" },
      { object: "deal", id: "2", account: "34" },
    ]);
    expect(() => hintsOf(scheme({ scope: "app", events }), call("POST", "/", "{}"))).toThrow(TypeError);
    expect(() => hintsOf(scheme({ scope: "app", events }), call("POST", "/", "nope"))).toThrow(SyntaxError);
  });

  test("an id that stands in another place for each object", () => {
    const events = {
      topic: { in: "header", name: "x-topic" },
      objects: { "issue.*": "issue", "order.*": "order" },
      id: { in: "body", name: "id" },
      ids: { issue: { in: "body", name: "issue.node" } },
    };
    const of = (topic: string) => hintsOf(scheme({ events }), call("POST", "/", '{"id":"7","issue":{"node":"N"}}', { "x-topic": topic }));
    expect([of("issue.opened"), of("order.paid")].flat().map(({ object, id }) => [object, id])).toEqual([
      ["issue", "N"],
      ["order", "7"],
    ]);
  });

  test("a topic in a header, one event, a list in an envelope, an empty list", () => {
    const topic = { in: "header", name: "x-topic" };
    const one = scheme({ events: { topic, objects: { "orders/create": "order" }, id: { in: "body", name: "id" } } });
    expect(hintsOf(one, call("POST", "/", '{"id":9007199}', { "x-topic": "orders/create" }))).toEqual([
      { object: "order", id: "9007199", account: null },
    ]);
    expect(hintsOf(one, call("POST", "/", "{}"))).toEqual([]);
    const enveloped = scheme({ events: { list: "events", objects: { "*": "thing" }, id: { in: "event", name: "resourceId" } } });
    expect(hintsOf(enveloped, call("POST", "/", '{"events":[{"resourceId":"r"}]}'))).toEqual([{ object: "thing", id: "r", account: null }]);
    expect(hintsOf(enveloped, call("POST", "/", '{"events":[]}'))).toEqual([]);
    const form = scheme({ events: { objects: { "*": "thing" }, id: { in: "body", name: "contact[id]" } } });
    expect(hintsOf(form, call("POST", "/", "contact%5Bid%5D=5", FORM))).toEqual([{ object: "thing", id: "5", account: null }]);
  });
});
