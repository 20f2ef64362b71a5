import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { InboundCall } from "./call";
import { greet, greetVerified } from "./handshake";
import { Webhooks } from "./scheme";

const secrets = { app: "app-secret", endpoint: "endpoint-secret" };

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
const answering = (answer: object) => scheme({ handshakes: [{ type: "answer", ...answer }] }).handshakes;
const hex = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("hex");
const base64 = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("base64");

describe("declared answers to first calls", () => {
  test("Microsoft Graph: a POST with ?validationToken, answered with it as text", () => {
    const graph = answering({
      method: "POST",
      when: [{ in: "query", name: "validationToken" }],
      reply: { text: "{query:validationToken}" },
    });
    const token = "Validation: Testing client application reachability for subscription Request-Id: 90d8";
    expect(greet(graph, call("POST", `/h?validationToken=${encodeURIComponent(token)}`), secrets)).toEqual({
      status: 200,
      contentType: "text/plain; charset=utf-8",
      body: token,
    });
    expect(greet(graph, call("POST", "/h", '{"value":[]}'), secrets)).toBeNull();
    expect(greet(graph, call("GET", "/h?validationToken=1"), secrets)).toBeNull();
    expect(greet(graph, call("POST", `/h?validationToken=${"a".repeat(1_001)}`), secrets)).toBeNull();
  });
  test("Dropbox: a GET with a challenge, without our token", () => {
    const dropbox = answering({ method: "GET", when: [{ in: "query", name: "challenge" }], reply: { text: "{query:challenge}" } });
    expect(greet(dropbox, call("GET", "/h?challenge=<script>1</script>"), secrets)).toMatchObject({
      contentType: "text/plain; charset=utf-8",
      body: "<script>1</script>",
    });
    expect(greet(dropbox, call("GET", "/h?challenge=%0d%0aSet-Cookie:a"), secrets)).toBeNull();
  });
  test("Asana: a header comes back as the same header, and is no other call's", () => {
    const asana = answering({
      when: [{ in: "header", name: "X-Hook-Secret" }],
      reply: { headers: { "X-Hook-Secret": "{header:x-hook-secret}" } },
    });
    expect(greet(asana, call("POST", "/h", "", { "x-hook-secret": "b537207f20cbfa02357cf448134da559" }), secrets)).toMatchObject({
      status: 200,
      body: "",
      headers: { "X-Hook-Secret": "b537207f20cbfa02357cf448134da559" },
    });
    expect(greet(asana, call("POST", "/h", "{}", { "x-hook-signature": "1" }), secrets)).toBeNull();
    expect(() => answering({ when: [{ in: "query", name: "a" }], reply: { headers: { "set-cookie": "{query:a}" } } })).toThrow();
  });
  test("Zoom: an HMAC of the token in a verified call, beside the token, as JSON", () => {
    const zoom = answering({
      when: [{ in: "body", name: "event", equals: "endpoint.url_validation" }],
      verified: true,
      hmac: { hash: "sha256", text: "{bodyAt:payload.plainToken}", encoding: "hex", secret: "app" },
      reply: { json: { plainToken: "{bodyAt:payload.plainToken}", encryptedToken: "{hmac}" } },
    });
    const asked = call("POST", "/h", '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event":"endpoint.url_validation"}');
    expect(greet(zoom, asked, secrets)).toBeNull(); // not before it is verified
    expect(JSON.parse(greetVerified(zoom, asked, secrets)?.body ?? "")).toEqual({
      plainToken: "qgg8vlvZRS6UYooatFL8Aw",
      encryptedToken: hex("app-secret", "qgg8vlvZRS6UYooatFL8Aw"),
    });
    expect(greetVerified(zoom, call("POST", "/h", '{"event":"meeting.started"}'), secrets)).toBeNull();
  });
  test("X: an HMAC of ?crc_token, and of nothing that could pass for a call", () => {
    const crc = answering({
      method: "GET",
      when: [{ in: "query", name: "crc_token" }],
      hmac: { hash: "sha256", text: "{query:crc_token}", encoding: "base64", secret: "app" },
      reply: { json: { response_token: "sha256={hmac}" } },
    });
    const ask = (token: string, given = secrets) => greet(crc, call("GET", `/h?crc_token=${encodeURIComponent(token)}`), given);
    expect(ask("challenge_string")).toMatchObject({
      contentType: "application/json",
      body: JSON.stringify({ response_token: `sha256=${base64("app-secret", "challenge_string")}` }),
    });
    for (const body of ['{"id":1}', "id=1&b=2", "v0:1531420618:x", "<a/>", "[1]"]) expect(ask(body), body).toBeNull();
    expect(ask("challenge_string", { app: "", endpoint: "x" })).toBeNull();
  });
  test("monday: the challenge of a body, as JSON; Okta: a header, as JSON", () => {
    const monday = answering({
      method: "POST",
      when: [{ in: "body", name: "challenge" }],
      reply: { json: { challenge: "{bodyAt:challenge}" } },
    });
    expect(greet(monday, call("POST", "/h", '{"challenge":"3eZbrw1aBm2rZgRN"}'), secrets)?.body).toBe('{"challenge":"3eZbrw1aBm2rZgRN"}');
    expect(greet(monday, call("POST", "/h", '{"event":{"id":1}}'), secrets)).toBeNull();
    expect(greet(monday, call("POST", "/h", "{"), secrets)).toBeNull();
    const okta = answering({
      method: "GET",
      when: [{ in: "header", name: "x-okta-verification-challenge" }],
      reply: { json: { verification: "{header:x-okta-verification-challenge}" } },
    });
    expect(greet(okta, call("GET", "/h", "", { "x-okta-verification-challenge": "v-1" }), secrets)?.body).toBe('{"verification":"v-1"}');
  });
  test("Strava: a challenge under a name with a dot, only for our own token", () => {
    const strava = answering({
      method: "GET",
      when: [
        { in: "query", name: "hub.challenge" },
        { in: "query", name: "hub.verify_token", equals: "{secret}" },
      ],
      reply: { json: { "hub.challenge": "{query:hub.challenge}" } },
    });
    const ask = (token: string, given: { app: string; endpoint: string | null } = secrets) =>
      greet(strava, call("GET", `/h?hub.mode=subscribe&hub.challenge=15f7d1a91c1f&hub.verify_token=${token}`), given);
    expect(ask("endpoint-secret")?.body).toBe('{"hub.challenge":"15f7d1a91c1f"}');
    expect([ask("guess"), ask("", { app: "", endpoint: "" }), ask("", { app: "", endpoint: null })]).toEqual([null, null, null]);
  });
  test("no answer can tell a secret", () => {
    expect(() => answering({ when: [{ in: "query", name: "a" }], reply: { text: "{secret}" } })).toThrow();
  });
});
