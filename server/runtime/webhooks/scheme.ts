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

const HOLE =
  /\{(body|bodySha256(:base64)?|ts|method|url|path|crc32|sortedForm|form|secret|formSecret|header:[a-z0-9-]+|query:[^{}\s]+|bodyAt:[^{}\s]+)\}/g;
const COVERS_BODY = /\{(body|bodySha256(:base64)?|crc32|sortedForm|form)\}/;
/** At least what it is about. */
const COVERS_PARTS = /\{(query|bodyAt):[^{}]+\}/;

/**
 * What is signed: text with holes, filled with the request as it came.
 * `{body}` its raw bytes · `{bodySha256}` their hash in hex, `{bodySha256:base64}` · `{ts}` the timestamp's own text · `{method}` · `{url}`
 * the address as the third party called it, `{path}` its path · `{header:name}` · `{query:name}` · `{bodyAt:path}` a text, number or
 * boolean of the body, nothing where there is none · `{crc32}` of the body, in decimal · `{sortedForm}` names and values of a form body by name, nothing between ·
 * `{form}` the form body re-encoded in its own order, without the signature field · `{secret}`, and `{formSecret}` form-encoded.
 */
const Filled = z.string().refine((text) => !/[{}]/.test(text.replace(HOLE, "")), "has a hole nobody fills");
const Signed = Filled.refine(
  (text) => COVERS_BODY.test(text) || COVERS_PARTS.test(text),
  "a signature that covers neither the body nor parts of the call proves nothing",
);

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
  /**
   * A signed token (JWT) comes along. One that says when it ends holds until then, else for `toleranceMs` from when it was made. What is in
   * the body is signed only where a claim is its hash.
   */
  z
    .strictObject({
      type: z.literal("jwt"),
      /** Not given: the body itself is the token, and its claims are what the call says. */
      token: Value.optional(),
      algorithms: z.array(z.enum(["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"])).min(1),
      ...secretKey,
      secret: secretKey.secret.optional(),
      /** With a key at an address, the token's own `kid` names it. */
      key: PublicKey.optional(),
      /** What claims must be; `{url}` is our address without its query. */
      claims: z.record(Name, z.string()).default({}),
      hashes: z
        .array(
          z.strictObject({
            claim: Path,
            of: Filled.default("{body}"),
            hash: Hash.default("sha256"),
            encoding: z.enum(["hex", "base64", "base64url"]).default("hex"),
          }),
        )
        .default([]),
      toleranceMs: z.number().int().positive().default(300_000),
    })
    .refine((one) => (one.secret === undefined) !== (one.key === undefined), "is checked with a `secret` or with a `key`")
    .refine(
      ({ algorithms, secret }) => algorithms.every((name) => name.startsWith("HS") === (secret !== undefined)),
      "HS… wants a `secret`, the others want a `key`",
    ),
  /** A value we registered with the subscription comes back, in a header or in the body. */
  z.strictObject({ type: z.literal("shared"), value: Value, ...secretKey }),
  /** HTTP Basic. The secret is `user:password`, or the password alone when `user` is given. */
  z.strictObject({ type: z.literal("basic"), user: z.string().optional(), ...secretKey }),
  /** Nothing is signed: the unguessable address is all. What it says is never believed, only fetched. */
  z.strictObject({ type: z.literal("unsigned") }),
]);
export type Verify = z.output<typeof Verify>;

/** Texts of the call, and the `hmac` over some. */
const Said = z
  .string()
  .refine(
    (text) => !/[{}]/.test(text.replace(/\{(?:(?:query|header|bodyAt):[^{}\s]+|hmac)\}/g, "")),
    "may hold {query:…}, {header:…}, {bodyAt:…} and {hmac}",
  );
const HeaderName = z.string().regex(/^x-[a-z0-9-]+$/i, "must be a header of the third party's own, x-…");

const Handshake = z.discriminatedUnion("type", [
  /**
   * A call that has what `when` says is answered from what it holds. Only `verified` ones are proven before. What is said back is text of
   * at most 1000 printable characters; what is signed for whoever asks must be a token, so that no call can be forged by it.
   */
  z.strictObject({
    type: z.literal("answer"),
    method: z.enum(["GET", "POST"]).optional(),
    /** `equals: "{secret}"`: our own endpoint secret. */
    when: z.array(Spot.extend({ equals: z.string().optional() })).min(1),
    verified: z.boolean().default(false),
    hmac: z.strictObject({ hash: Hash, text: Said, encoding: z.enum(["hex", "base64", "base64url"]), ...secretKey }).optional(),
    reply: z
      .strictObject({
        httpStatus: z.union([z.literal(200), z.literal(201), z.literal(202), z.literal(204)]).default(200),
        text: Said.optional(),
        json: z.record(z.string(), Said).optional(),
        headers: z.record(HeaderName, Said).optional(),
      })
      .refine((one) => one.text === undefined || one.json === undefined, "is a text or JSON"),
  }),
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

/** Whether what a call says in its body is proven, all of it. */
export function coversBody(verify: Verify): boolean {
  if (verify.type === "jwt") return !verify.token || verify.hashes.some(({ of }) => COVERS_BODY.test(of));
  return "signed" in verify && COVERS_BODY.test(verify.signed);
}

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
    /** What a call that was taken wants to be answered, where a bare 200 is not enough. */
    accepted: z
      .strictObject({ contentType: z.enum(["text/plain", "application/json", "text/xml"]), body: z.string().max(4_000) })
      .optional(),
    /** What identifies a call: these texts together; of each event when a request brings several. Not given: its bytes. */
    dedupe: z.array(EventSpot).min(1).optional(),
    events: Events,
    /** Not given: the address is entered by hand in the third party's own settings. */
    subscription: Subscription.optional(),
  })
  .refine((w) => w.scope === "connection" || w.events.account !== undefined, "one address for all accounts needs `events.account`")
  .refine(
    (w) => w.events.record === undefined || coversBody(w.verify),
    "a call that brings records must be signed over its body (`hmac`, `hash`, `public_key`, or `jwt` with a hash of it)",
  );
export type Webhooks = z.output<typeof Webhooks>;
