import { constants, createHash, createHmac, generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Manifest } from "#server/runtime/manifest";
import { look, plant, type Tree } from "./tree";

type Webhooks = NonNullable<Manifest["webhooks"]>;
type Verify = Webhooks["verify"];
type Spot = { in: "header" | "query" | "body" | "event"; name: string };
type Value = Extract<Verify, { type: "shared" }>["value"];
type Texts = Record<string, string>;

/** What calls are made and checked with. */
export type Seal = { app: string; endpoint: string; keys: { publicKey: KeyObject; privateKey: KeyObject } | null };
/** One thing that a call tells of. */
export type Told = { topic: string; object: string; id: string; account: string; number: number; record?: unknown };
/** A call as it arrives. */
export type Ring = { method: string; url: URL; headers: Texts; body: string };

type Jwt = Extract<Verify, { type: "jwt" }>;

const BYTES = Buffer.from("sample-webhook-secret-0123456789");
const PAIRS = {
  rsa: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ecdsa: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ed25519: () => generateKeyPairSync("ed25519"),
} as const;

const secretIn = ({
  secretEncoding,
  secretPrefix,
}: {
  secretEncoding: "utf8" | "base64" | "hex";
  secretPrefix?: string | undefined;
}): string => (secretPrefix ?? "") + BYTES.toString(secretEncoding);

const kindOf = ([name]: readonly string[]): keyof typeof PAIRS => (name === "EdDSA" ? "ed25519" : name?.startsWith("ES") ? "ecdsa" : "rsa");

/** Secrets and keys of the look that a scheme wants. */
export function sealOf(verify: Verify): Seal {
  if (verify.type === "public_key" || (verify.type === "jwt" && verify.key)) {
    const keys = PAIRS[verify.type === "jwt" ? kindOf(verify.algorithms) : verify.algorithm]();
    const pem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
    return { app: "sample-app-secret", endpoint: verify.key?.from === "endpoint" ? pem : "WH-SAMPLE-1", keys };
  }
  const text = verify.type === "unsigned" ? "sample" : secretIn(verify);
  return { app: text, endpoint: text, keys: null };
}

/** What stands at the address of a public key. */
export function keyDocument(verify: Verify, { keys }: Seal): string {
  if ((verify.type !== "public_key" && verify.type !== "jwt") || !verify.key || !keys) return "";
  const pem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  if (verify.key.from !== "url") return pem;
  if (verify.key.format === "jwks") return JSON.stringify({ keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "key-1" }] });
  return verify.key.path === undefined ? pem : JSON.stringify(plant({}, verify.key.path, pem));
}

type Draft = { headers: Texts; url: URL; body: unknown };

/** Puts a text where it is looked for, in the wrapping it is looked for in. */
type Put = Spot & Partial<Omit<Value, "in" | "name">>;

function set(draft: Draft, value: Put, text: string, event?: unknown): void {
  const prefixed = (value.prefix ?? "") + text;
  const packed = value.inside === undefined ? prefixed : Buffer.from(JSON.stringify(plant({}, value.inside, prefixed))).toString("base64");
  const name = value.name.toLowerCase();
  if (value.in === "header") {
    const { list } = value;
    const before = draft.headers[name];
    draft.headers[name] = list
      ? [...(before === undefined ? [] : [before]), `${list.key}${list.pair}${packed}`].join(list.separator)
      : packed;
  } else if (value.in === "query") draft.url.searchParams.set(value.name, packed);
  else if (value.in === "event") plant(event, value.name, packed);
  else draft.body = plant(draft.body, value.name, packed);
}

function setEvents(draft: Draft, { events, dedupe = [] }: Webhooks, told: readonly Told[]): void {
  const made = told.map((one) => {
    const event: unknown =
      events.record === undefined
        ? {}
        : events.record === "$"
          ? structuredClone(one.record ?? {})
          : plant({}, events.record, one.record ?? {});
    const put = (spot: Spot | undefined, text: string) => spot && set(draft, spot, text, event);
    for (const [n, spot] of dedupe.entries()) put(spot, `event-${one.number}-${n}`);
    put(events.topic, one.topic);
    put(events.account, one.account);
    put(events.ids[one.object] ?? events.id, one.id);
    return event;
  });
  if (events.list === "$") draft.body = made;
  else if (events.list !== undefined) draft.body = plant(draft.body, events.list, made);
  else if (made[0] !== undefined) draft.body = Object.assign(made[0] as Tree, draft.body);
}

/** As forms of signatures encode: a browser's way, and what PHP encodes besides. */
const formed = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");

function signedText(template: string, ring: Ring, { ts, secret, without }: { ts: string; secret: string; without: string }): string {
  const form = [...new URLSearchParams(ring.body)];
  const holes: Record<string, () => string> = {
    body: () => ring.body,
    ts: () => ts,
    method: () => ring.method,
    url: () => ring.url.href,
    path: () => ring.url.pathname,
    bodySha256: () => createHash("sha256").update(ring.body).digest("hex"),
    crc32: () => String(crc32(ring.body)),
    secret: () => secret,
    formSecret: () => formed(secret),
    sortedForm: () => [...new Set(form.map(([name, value]) => `${name}\0${value}`))].sort().join("").replaceAll("\0", ""),
    form: () =>
      form
        .filter(([name]) => name !== without)
        .map(([name, value]) => `${formed(name)}=${formed(value)}`)
        .join("&"),
  };
  const named: Record<string, (of: string) => string> = {
    header: (of) => ring.headers[of] ?? "",
    query: (of) => ring.url.searchParams.get(of) ?? "",
    bodyAt: (of) => String(look(JSON.parse(ring.body), of) ?? ""),
    bodySha256: () => createHash("sha256").update(ring.body).digest("base64"),
  };
  return template.replace(/\{([a-zA-Z0-9]+)(?::([^{}]+))?\}/g, (_, name: string, of?: string) =>
    of === undefined ? (holes[name]?.() ?? "") : (named[name]?.(of) ?? ""),
  );
}

type Signing = Extract<Verify, { signature: unknown }>;

function signatureOf(verify: Signing, seal: Seal, text: string): Buffer {
  if (verify.type === "hash") return createHash(verify.hash).update(text).digest();
  if (verify.type === "hmac") {
    const secret = seal[verify.secret].slice((verify.secretPrefix ?? "").length);
    return createHmac(verify.hash, Buffer.from(secret, verify.secretEncoding)).update(text).digest();
  }
  if (!seal.keys) throw new Error("There is no key to sign with.");
  const key = { key: seal.keys.privateKey, dsaEncoding: verify.form === "p1363" ? ("ieee-p1363" as const) : ("der" as const) };
  return signWith(verify.algorithm === "ed25519" ? null : verify.hash, Buffer.from(text), key);
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token over claims, as its kind is signed. */
function tokenOver(verify: Jwt, seal: Seal, payload: unknown): string {
  const [alg = "HS256"] = verify.algorithms;
  const text = `${part({ alg, kid: "key-1", typ: "JWT" })}.${part(payload)}`;
  const hash = `sha${alg.slice(2)}`;
  if (verify.secret !== undefined) {
    const key = Buffer.from(seal[verify.secret].slice((verify.secretPrefix ?? "").length), verify.secretEncoding);
    return `${text}.${createHmac(hash, key).update(text).digest("base64url")}`;
  }
  if (!seal.keys) throw new Error("There is no key to sign with.");
  const padding = alg.startsWith("PS") ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  const key = { key: seal.keys.privateKey, dsaEncoding: "ieee-p1363" as const, ...padding };
  return `${text}.${signWith(alg === "EdDSA" ? null : hash, Buffer.from(text), key).toString("base64url")}`;
}

/** A call that a signed token goes along with, or is. */
function withToken(verify: Jwt, seal: Seal, draft: Draft, nowMs: number): Ring {
  const at = Math.floor(nowMs / 1_000);
  const fixed = Object.entries(verify.claims).map(([name, text]) => [
    name,
    text.replaceAll("{url}", draft.url.href.split("?", 1)[0] ?? ""),
  ]);
  const claims: unknown = { iat: at, exp: at + 300, ...Object.fromEntries(fixed) };
  if (!verify.token)
    return { ...written({ ...draft, body: {} }, false), body: tokenOver(verify, seal, Object.assign(claims as Tree, draft.body)) };
  const ring = written(draft, false);
  const secret = verify.secret === undefined ? seal.endpoint : seal[verify.secret];
  for (const { claim, of, hash, encoding } of verify.hashes)
    plant(
      claims,
      claim,
      createHash(hash)
        .update(signedText(of, ring, { ts: "", secret, without: "" }))
        .digest(encoding),
    );
  set(draft, verify.token, tokenOver(verify, seal, claims));
  return { ...ring, url: draft.url, headers: { ...ring.headers, ...draft.headers } };
}

const momentIn = (ms: number, unit: "s" | "ms" | "iso"): string =>
  unit === "iso" ? new Date(ms).toISOString() : String(unit === "s" ? Math.floor(ms / 1_000) : ms);

/** What is sent before anything is signed: moments, ids of keys. */
function setBefore(draft: Draft, verify: Signing, nowMs: number): string {
  const ts = verify.timestamp ? momentIn(nowMs, verify.timestamp.unit) : "";
  if (verify.timestamp) set(draft, verify.timestamp, ts);
  for (const [, name = ""] of verify.signed.matchAll(/\{query:([^{}]+)\}/g))
    if (!draft.url.searchParams.has(name)) draft.url.searchParams.set(name, "sample");
  for (const [, header = ""] of verify.signed.matchAll(/\{header:([a-z0-9-]+)\}/g)) draft.headers[header] ??= `sample-${header}`;
  if (verify.type !== "public_key") return ts;
  if (verify.key.from === "request") set(draft, verify.key.address, `https://${verify.key.hosts[0]}/certs/sample.pem`);
  if (verify.key.from === "url" && verify.key.keyId) set(draft, verify.key.keyId, "key-1");
  return ts;
}

const isForm = (verify: Verify): boolean => "signed" in verify && /\{(?:sortedForm|form)\}/.test(verify.signed);

function written(draft: Draft, form: boolean): Ring {
  const body = form ? new URLSearchParams(draft.body as Texts).toString() : JSON.stringify(draft.body);
  const type = form ? "application/x-www-form-urlencoded" : "application/json";
  return { method: "POST", url: draft.url, headers: { "content-type": type, ...draft.headers }, body };
}

/** A call as the third party would make it, proven as the manifest says. */
export function callOf(
  webhooks: Webhooks,
  seal: Seal,
  { url, nowMs, told, body = {} }: { url: string; nowMs: number; told: readonly Told[]; body?: unknown },
): Ring {
  const { verify } = webhooks;
  const draft: Draft = { headers: {}, url: new URL(url), body: structuredClone(body) };
  setEvents(draft, webhooks, told);
  if (verify.type === "shared") set(draft, verify.value, seal[verify.secret]);
  if (verify.type === "basic") {
    const pair = verify.user === undefined ? seal[verify.secret] : `${verify.user}:${seal[verify.secret]}`;
    draft.headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  if (verify.type === "jwt") return withToken(verify, seal, draft, nowMs);
  if (!("signature" in verify)) return written(draft, isForm(verify));
  const ts = setBefore(draft, verify, nowMs);
  const unsigned = written(draft, isForm(verify));
  const secret = "secret" in verify ? seal[verify.secret] : seal.endpoint;
  const text = signedText(verify.signed, unsigned, { ts, secret, without: verify.signature.in === "body" ? verify.signature.name : "" });
  set(draft, verify.signature, signatureOf(verify, seal, text).toString(verify.signature.encoding));
  return written(draft, isForm(verify));
}
