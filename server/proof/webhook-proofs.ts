import { createHash, createHmac } from "node:crypto";
import type { Manifest } from "#server/runtime/manifest";
import type { InboundCall } from "#server/runtime/webhooks/call";
import { eventKeyOf, hintsOf, thanksOf } from "#server/runtime/webhooks/events";
import { greet, greetVerified } from "#server/runtime/webhooks/handshake";
import { coversBody } from "#server/runtime/webhooks/scheme";
import { renewSubscription, subscribe, topicsOf, unsubscribe } from "#server/runtime/webhooks/subscribe";
import { verifyCall } from "#server/runtime/webhooks/verify";
import { callOf, keyDocument, type Ring, type Seal, sealOf, type Told } from "#server/simulator/from-manifest/calls";
import { plant } from "#server/simulator/from-manifest/tree";
import type { Bench } from "./bench";
import { must } from "./reading";

type Webhooks = NonNullable<Manifest["webhooks"]>;
const HOUR_MS = 3_600_000;
const URL_HERE = "https://inlay.example/api/webhooks/sample/whe_1";

const inbound = ({ method, url, headers, body }: Ring): InboundCall => ({
  method,
  url: url.href,
  query: url.searchParams,
  header: (name) => headers[name.toLowerCase()] ?? null,
  raw: Buffer.from(body),
});

function webhooksOf({ manifest }: Bench): Webhooks {
  must(manifest.webhooks !== undefined, "there are no webhooks");
  return manifest.webhooks;
}

const topicOf = (pattern: string): string => pattern.replace(/\*$/, "sample");

const tell = ({ events }: Webhooks, number = 1, object?: string): Told => {
  const [topic = "", found = ""] = Object.entries(events.objects).find(([, one]) => object === undefined || one === object) ?? [];
  return { topic: topicOf(topic), object: found, id: `id-${number}`, account: "account-1", number, record: { id: `id-${number}` } };
};

const keyring = (webhooks: Webhooks, seal: Seal) => ({
  app: seal.app,
  endpoint: seal.endpoint,
  fetchText: async () => keyDocument(webhooks.verify, seal),
});

/** A call that is proven as declared is taken; one that was changed, made with another secret, or is old, is not. */
export async function verifies(bench: Bench): Promise<void> {
  const webhooks = webhooksOf(bench);
  const { verify } = webhooks;
  const [seal, nowMs] = [sealOf(verify), bench.nowMs()];
  const ring = callOf(webhooks, seal, { url: URL_HERE, nowMs, told: [tell(webhooks)] });
  const taken = (one: Ring, by = seal, atMs = nowMs) => verifyCall(verify, inbound(one), keyring(webhooks, by), atMs);
  must(await taken(ring), "a right call was refused");
  if (verify.type === "unsigned") return;
  const other = sealOf(verify);
  must(
    !(await taken(ring, {
      app: `x${other.app}`,
      endpoint: other.keys !== null ? other.endpoint : `x${other.endpoint}`,
      keys: other.keys,
    })),
    "a call made with another secret was taken",
  );
  const bare = { ...ring, url: new URL(URL_HERE), headers: { "content-type": ring.headers["content-type"] ?? "" }, body: "{}" };
  must(!(await taken(bare)), "a call without any proof was taken");
  if (verify.type === "jwt") must(!(await taken(ring, seal, nowMs + HOUR_MS)), "an old call was taken");
  const changed = ring.body.startsWith("ey")
    ? ring.body.replace(/\.(.)/, (_, first: string) => `.${first === "e" ? "f" : "e"}`)
    : ring.body.replace("id-1", "id-9").replace(/\}?$/, (end) => ` ${end}`);
  if (coversBody(verify)) must(!(await taken({ ...ring, body: changed })), "a call that was changed on the way was taken");
  if ("timestamp" in verify && verify.timestamp)
    must(!(await taken(ring, seal, nowMs + verify.timestamp.toleranceMs + 60_000)), "an old call was taken");
}

/** Each topic leads to its object and the id of its record. */
export async function hints(bench: Bench, pattern: string): Promise<void> {
  const webhooks = webhooksOf(bench);
  const { events, scope } = webhooks;
  const object = events.objects[pattern] ?? "";
  const told: Told = { ...tell(webhooks), topic: topicOf(pattern), object };
  const call = inbound(callOf(webhooks, sealOf(webhooks.verify), { url: URL_HERE, nowMs: bench.nowMs(), told: [told] }));
  const [hint, ...more] = hintsOf(webhooks, call);
  must(hint?.object === object && more.length === 0, `it leads to "${hint?.object}"`);
  must(bench.manifest.objects[object] !== undefined, `there is no object "${object}"`);
  if (events.ids[object] ?? events.id) must(hint.id === told.id, `it names the record "${hint.id}"`);
  if (scope === "app") must(hint.account === told.account, `it names the account "${hint.account}"`);
  if (events.record !== undefined) must(hint.record !== null, "it brings no record");
}

/** What the call says, as hints. */
const heardBy = (bench: Bench, webhooks: Webhooks, told: readonly Told[]) =>
  hintsOf(webhooks, inbound(callOf(webhooks, sealOf(webhooks.verify), { url: URL_HERE, nowMs: bench.nowMs(), told })));

/** Of several events in one call each leads to its own record. */
export async function hintsAll(bench: Bench): Promise<void> {
  const webhooks = webhooksOf(bench);
  const found = heardBy(bench, webhooks, [tell(webhooks, 1), tell(webhooks, 2)]);
  must(found.length === 2, `of two events ${found.length} were heard`);
  const named = webhooks.events.ids[found[0]?.object ?? ""] ?? webhooks.events.id;
  if (named?.in === "event") must(found[0]?.id === "id-1" && found[1]?.id === "id-2", "they lead to one record");
}

/** What says that a record is no more is heard so, and nothing else is. */
export async function knowsGone(bench: Bench): Promise<void> {
  const webhooks = webhooksOf(bench);
  const { gone, objects } = webhooks.events;
  for (const [pattern, object] of Object.entries(objects)) {
    const topic = topicOf(pattern);
    const ends = gone.some((one) => one === pattern || (one.endsWith("*") && topic.startsWith(one.slice(0, -1))));
    const [hint] = heardBy(bench, webhooks, [{ ...tell(webhooks, 1, object), topic, object }]);
    must((hint?.gone === true) === ends, `"${topic}" is heard as ${hint?.gone ? "a deletion" : "a change"}`);
  }
}

/** A call that was taken is answered as the third party wants it. */
export async function thanks(bench: Bench): Promise<void> {
  const webhooks = webhooksOf(bench);
  const said = thanksOf(webhooks);
  must(said.status === 200 && said.body === webhooks.accepted?.body, `it is answered ${said.status} "${said.body}"`);
  must(said.contentType === webhooks.accepted.contentType, `as ${said.contentType}`);
}

/** The same call again is the same one, another event is another. */
export async function knowsAgain(bench: Bench): Promise<void> {
  const webhooks = webhooksOf(bench);
  const seal = sealOf(webhooks.verify);
  const key = (number: number, laterMs: number) =>
    eventKeyOf(
      webhooks,
      inbound(callOf(webhooks, seal, { url: URL_HERE, nowMs: bench.nowMs() + laterMs, told: [tell(webhooks, number)] })),
    );
  // Known by its bytes, or by what proves them, a call has to come with the very same ones.
  const { verify } = webhooks;
  const mark = "signature" in verify ? verify.signature : null;
  const named = webhooks.dedupe?.every((spot) => spot.in !== mark?.in || spot.name !== mark.name) ?? false;
  const later = named ? 60_000 : 0;
  must(key(1, 0) === key(1, later), "an attempt that was made again counts as another call");
  must(key(1, 0) !== key(2, 0), "two events count as one");
}

type Declared = Extract<Webhooks["handshakes"][number], { type: "answer" }>;

/** What a declared answer looks at, and says back. */
function spotsOf({ reply, hmac, when }: Declared): { spots: Declared["when"]; says: boolean } {
  const texts = [reply.text, ...Object.values(reply.json ?? {}), ...Object.values(reply.headers ?? {}), hmac?.text];
  const holes = texts.flatMap((text) => [...(text ?? "").matchAll(/\{(query|header|bodyAt):([^{}]+)\}/g)]);
  const placeOf = (from: string | undefined) => (from === "query" || from === "header" ? from : "body");
  const said = holes.map(([, from, name = ""]) => ({ in: placeOf(from), name }) as const);
  return { spots: [...said, ...when], says: holes.length > 0 };
}

/** A call as a declared answer wants it. */
function askedBy(declared: Declared, seal: Seal): Ring {
  const url = new URL(URL_HERE);
  const headers: Record<string, string> = { "content-type": "application/json" };
  let body: unknown = {};
  for (const { in: where, name, equals = "challenge-1" } of spotsOf(declared).spots) {
    const text = equals === "{secret}" ? seal.endpoint : equals;
    if (where === "query") url.searchParams.set(name, text);
    else if (where === "header") headers[name.toLowerCase()] = text;
    else body = plant(body, name, text);
  }
  return { method: declared.method ?? "POST", url, headers, body: declared.method === "GET" ? "" : JSON.stringify(body) };
}

/** Whether such a call gets what was put into it, or what is signed over it. */
function answered(webhooks: Webhooks, declared: Declared, seal: Seal, nowMs: number): boolean {
  const asked = askedBy(declared, seal);
  const proven = () =>
    callOf({ ...webhooks, events: { ...webhooks.events, list: "none" } }, seal, {
      ...{ url: asked.url.href, nowMs, told: [] },
      body: JSON.parse(asked.body || "{}"),
    });
  const reply = declared.verified ? greetVerified([declared], inbound(proven()), seal) : greet([declared], inbound(asked), seal);
  if (reply?.status !== declared.reply.httpStatus) return false;
  const said = JSON.stringify([reply.body, reply.headers]);
  if (!declared.hmac) return !spotsOf(declared).says || said.includes("challenge-1");
  const { secret, secretPrefix = "", secretEncoding, hash, text, encoding } = declared.hmac;
  const key = Buffer.from(seal[secret].replace(secretPrefix, ""), secretEncoding);
  return said.includes(
    createHmac(hash, key)
      .update(text.replace(/\{[^{}]+\}/g, "challenge-1"))
      .digest(encoding),
  );
}

/** Whatever is asked at first gets the answer that it wants. */
export async function greets(bench: Bench, index: number): Promise<void> {
  const webhooks = webhooksOf(bench);
  const handshake = webhooks.handshakes[index];
  const seal = sealOf(webhooks.verify);
  const get = (params: Record<string, string>): InboundCall => {
    const url = new URL(URL_HERE);
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    return inbound({ method: "GET", url, headers: {}, body: "" });
  };
  const answer = (() => {
    switch (handshake?.type) {
      case "echo_body": {
        const body = plant(plant({}, handshake.when.path, handshake.when.equals), handshake.challenge, "challenge-1");
        const call = callOf({ ...webhooks, events: { ...webhooks.events, list: "none" } }, seal, {
          url: URL_HERE,
          nowMs: bench.nowMs(),
          told: [],
          body,
        });
        return greetVerified(webhooks.handshakes, inbound(call), seal)?.body === "challenge-1";
      }
      case "answer":
        return answered(webhooks, handshake, seal, bench.nowMs());
      case "echo_query":
        return (
          greet(webhooks.handshakes, get({ [handshake.token]: seal.endpoint, [handshake.challenge]: "challenge-1" }), seal)?.body ===
          "challenge-1"
        );
      case "hash_query": {
        const parts: Record<string, string> = { challenge: "challenge-1", secret: seal.endpoint, url: URL_HERE };
        const text = handshake.text.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? "");
        const wanted = createHash(handshake.hash).update(text).digest(handshake.encoding);
        const got = greet(webhooks.handshakes, get({ [handshake.challenge]: "challenge-1" }), seal);
        return got !== null && JSON.parse(got.body)[handshake.answer] === wanted;
      }
      case "get_ok":
        return greet(webhooks.handshakes, get({}), seal)?.status === 200;
      case "form_ping": {
        const body = new URLSearchParams({ [handshake.field]: "7" }).toString();
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        return greet(webhooks.handshakes, inbound({ method: "POST", url: new URL(URL_HERE), headers, body }), seal)?.status === 200;
      }
      default:
        return false;
    }
  })();
  must(answer, `the ${handshake?.type} was not answered as it wants`);
}

/** Being called is asked for, once a topic, prolonged, and taken back. */
export async function subscribes(bench: Bench): Promise<void> {
  const { subscription } = webhooksOf(bench);
  must(subscription !== undefined, "there is no subscription");
  const hands = { send: bench.send, manifest: bench.manifest, config: bench.config, nowMs: bench.nowMs };
  const { subscriptions } = bench.party.done;
  const topics = topicsOf(subscription);
  for (const topic of topics) {
    const given = { url: URL_HERE, secret: "sample-endpoint-secret", topic };
    const made = await subscribe(hands, subscription, given);
    must(
      subscriptions.has(made.id) && (subscription.secret === undefined) === (made.secret === null),
      "the subscription is not known by its id",
    );
    if (subscription.renew) must(await renewSubscription(hands, subscription, { ...given, id: made.id }), "it was not prolonged");
    if (subscription.remove) {
      must(
        (await unsubscribe(hands, subscription, { id: made.id, topic })) === "over" && !subscriptions.has(made.id),
        "it was not taken back",
      );
      must((await unsubscribe(hands, subscription, { id: made.id, topic })) === "over", "one that is gone was not let go");
    }
  }
}
