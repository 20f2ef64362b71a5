import { z } from "zod";
import { Subscription } from "../writes/schema";

/** A place in a JSON value: names and indexes joined by dots. */
const Path = z.string().regex(/^[^.\s][^.]*(\.[^.]+)*$/u);
const Name = z.string().min(1).max(200);
const Hash = z.enum(["md5", "sha1", "sha256", "sha512"]);
const HttpsUrl = z.string().regex(/^https:\/\/[a-z0-9.-]+(\/\S*)?$/iu, "https only");

/** Where in a request something stands. `body` is a path into JSON, or the name of a form field. */
const Spot = z.strictObject({ in: z.enum(["header", "query", "body"]), name: Name });
export type Spot = z.output<typeof Spot>;

/** A text of the request, and how it is wrapped. Applied in this order: `inside`, `list`, `prefix`. */
const Value = Spot.extend({
  /** The value is base64 of a JSON object; the text is at this path of it. */
  inside: Path.optional(),
  /** The value is a list like `t=1,v1=ab,v1=cd`: the texts are those of this key, however many. */
  list: z.strictObject({ separator: z.string().min(1), pair: z.string().min(1).default("="), key: Name }).optional(),
  /** What the text must begin with, and loses: `sha256=`. */
  prefix: z.string().min(1).optional(),
});
export type Value = z.output<typeof Value>;

const Signature = Value.extend({ encoding: z.enum(["hex", "base64", "base64url"]) });
export type Signature = z.output<typeof Signature>;

/** When it was signed. Refused when it is further from now than `toleranceMs`, before or after. */
const Timestamp = Value.extend({ unit: z.enum(["s", "ms", "iso"]), toleranceMs: z.number().int().positive().default(300_000) });
export type Timestamp = z.output<typeof Timestamp>;

const HOLE = /\{(body|ts|method|url|crc32|sortedForm|form|secret|formSecret|header:[a-z0-9-]+)\}/g;
const COVERS_BODY = /\{(body|crc32|sortedForm|form)\}/;

/**
 * What is signed: text with holes, filled with the request as it came.
 * `{body}` its raw bytes · `{ts}` the timestamp's own text · `{method}` · `{url}` the address as the third party called it ·
 * `{header:name}` · `{crc32}` of the body, in decimal · `{sortedForm}` names and values of a form body by name, nothing between ·
 * `{form}` the form body re-encoded in its own order, without the signature field · `{secret}`, and `{formSecret}` form-encoded.
 */
const Signed = z
  .string()
  .refine((text) => !/[{}]/.test(text.replace(HOLE, "")), "has a hole nobody fills")
  .refine((text) => COVERS_BODY.test(text), "a signature that does not cover the body proves nothing");

/** Whose secret it is, and how its text becomes bytes. */
const secretKey = {
  /** `app`: the integration's client secret. `endpoint`: the secret kept with this endpoint. */
  secret: z.enum(["app", "endpoint"]),
  secretEncoding: z.enum(["utf8", "base64", "hex"]).default("utf8"),
  /** Cut off the secret before it is decoded: `whsec_`. */
  secretPrefix: z.string().optional(),
};

const PublicKey = z.discriminatedUnion("from", [
  /** Kept as the endpoint's secret: PEM, or base64 of the DER. */
  z.strictObject({ from: z.literal("endpoint") }),
  /** At an address; `{keyId}` is filled with the text at `keyId`. `path`: where in a JSON answer the PEM stands. */
  z.strictObject({
    from: z.literal("url"),
    url: z.string().regex(/^https:\/\/[a-z0-9.-]+\/\S*$/iu, "https only, with a fixed host"),
    keyId: Value.optional(),
    format: z.enum(["pem", "jwks"]).default("pem"),
    path: Path.optional(),
  }),
  /** At an address the request names, on one of these hosts only. A PEM key or certificate. */
  z.strictObject({ from: z.literal("request"), address: Value, hosts: z.array(z.string().regex(/^[a-z0-9.-]+$/)).min(1) }),
]);
export type PublicKey = z.output<typeof PublicKey>;

const Verify = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hmac"),
    hash: Hash,
    signed: Signed.default("{body}"),
    signature: Signature,
    timestamp: Timestamp.optional(),
    ...secretKey,
  }),
  /** A plain hash over a text that holds the secret. */
  z.strictObject({
    type: z.literal("hash"),
    hash: Hash,
    signed: Signed.refine((text) => /\{(secret|formSecret)\}/.test(text), "a hash without the secret proves nothing"),
    signature: Signature,
    timestamp: Timestamp.optional(),
    ...secretKey,
  }),
  z.strictObject({
    type: z.literal("public_key"),
    algorithm: z.enum(["rsa", "ecdsa", "ed25519"]),
    hash: Hash.default("sha256"),
    /** How an ECDSA signature is written. */
    form: z.enum(["der", "p1363"]).default("der"),
    signed: Signed.default("{body}"),
    signature: Signature,
    timestamp: Timestamp.optional(),
    key: PublicKey,
  }),
  /** A value we registered with the subscription comes back, in a header or in the body. */
  z.strictObject({ type: z.literal("shared"), value: Value, ...secretKey }),
  /** HTTP Basic. The secret is `user:password`, or the password alone when `user` is given. */
  z.strictObject({ type: z.literal("basic"), user: z.string().optional(), ...secretKey }),
  /** Nothing is signed: the unguessable address is all. What it says is never believed, only fetched. */
  z.strictObject({ type: z.literal("unsigned") }),
]);
export type Verify = z.output<typeof Verify>;

const Handshake = z.discriminatedUnion("type", [
  /** A verified POST whose body has `when`: answered with the text at `challenge`. */
  z.strictObject({ type: z.literal("echo_body"), when: z.strictObject({ path: Path, equals: z.string() }), challenge: Path }),
  /** A GET that names our own endpoint secret in `token`: answered with the text of `challenge`. */
  z.strictObject({ type: z.literal("echo_query"), token: Name, challenge: Name }),
  /** A GET with a challenge: answered with a hash over challenge, endpoint secret and address, as JSON under `answer`. */
  z.strictObject({
    type: z.literal("hash_query"),
    challenge: Name,
    hash: Hash,
    text: z.string().regex(/^(\{(challenge|secret|url)\})+$/),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    answer: Name,
  }),
  /** A GET that only wants to see a 200. */
  z.strictObject({ type: z.literal("get_ok") }),
  /** An unsigned POST with this one form field, a number: answered with 200 and not stored. */
  z.strictObject({ type: z.literal("form_ping"), field: Name }),
]);
export type Handshake = z.output<typeof Handshake>;

/** Ways of proof that cover the body. */
const SIGNED = new Set<Verify["type"]>(["hmac", "hash", "public_key"]);

/** As {@link Spot}, or a path of one event when a request brings several. */
const EventSpot = z.strictObject({ in: z.enum(["header", "query", "body", "event"]), name: Name });
export type EventSpot = z.output<typeof EventSpot>;

const Events = z.strictObject({
  /** Where the array of events stands; `$` = the body itself is one. Not given: the body is one event. */
  list: z.union([z.literal("$"), Path]).optional(),
  topic: EventSpot.optional(),
  /** Topic → object of this manifest; a `*` at the end stands for anything. Topics not here are ignored. */
  objects: z.record(z.string().regex(/^[^*]*\*?$/), z.string()),
  /** Id of the record it is about. */
  id: EventSpot.optional(),
  /** Object → where its id stands, where that is another place for each. */
  ids: z.record(z.string(), EventSpot).default({}),
  /** Id of the account it is about; needed where one address serves all accounts. */
  account: EventSpot.optional(),
  /** Where an event brings the record itself, for objects that have no list to be read. `$` = the event is the record. */
  record: z.union([z.literal("$"), Path]).optional(),
  /** Topics that say such a record is no more. */
  gone: z.array(z.string().regex(/^[^*]*\*?$/)).default([]),
});
export type Events = z.output<typeof Events>;

/**
 * How a third party calls us: how a call is proven, what it asks at first, what makes it the same call again, and what it
 * is about. Plain data, part of a manifest.
 */
export const Webhooks = z
  .strictObject({
    docs: HttpsUrl,
    /** `app`: one address for all accounts of an integration. `connection`: an address for each account. */
    scope: z.enum(["app", "connection"]),
    verify: Verify,
    handshakes: z.array(Handshake).default([]),
    /** What identifies a call: these texts together; of each event when a request brings several. Not given: its bytes. */
    dedupe: z.array(EventSpot).min(1).optional(),
    events: Events,
    /** Not given: the address is entered by hand in the third party's own settings. */
    subscription: Subscription.optional(),
  })
  .refine((w) => w.scope === "connection" || w.events.account !== undefined, "one address for all accounts needs `events.account`")
  .refine(
    (w) => w.events.record === undefined || SIGNED.has(w.verify.type),
    "a call that brings records must be signed over its body (`hmac`, `hash` or `public_key`)",
  );
export type Webhooks = z.output<typeof Webhooks>;
