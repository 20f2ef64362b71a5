import { createHash, createHmac, type Hash, type Hmac, type KeyObject, timingSafeEqual, verify as verifySignature } from "node:crypto";
import { safeEqual } from "#server/lib/tokens";
import { type InboundCall, textsOf } from "./call";
import { checkJwt, tokenOf } from "./check-jwt";
import { publicKeyOf } from "./public-key";
import type { PublicKey, Signature, Timestamp, Verify } from "./scheme";
import { signedPieces } from "./signed-text";

/** What a call is checked with. */
export type Keyring = {
  /** The integration's client secret, null when it has none. */
  app: string | null;
  /** The secret kept with this endpoint, null when it has none. */
  endpoint: string | null;
  /** Fetches the text at an address of the third party. Throws when it cannot be had now; keeps what it got for a while. */
  fetchText(url: string): Promise<string>;
};

type Secretive = { secret: "app" | "endpoint"; secretEncoding: "utf8" | "base64" | "hex"; secretPrefix?: string | undefined };

/** The declared secret as text, or null: an empty one is none, because an HMAC with an empty key can be made by anybody. */
function secretOf(keys: Keyring, of: Secretive): string | null {
  const text = keys[of.secret];
  const cut = text !== null && of.secretPrefix && text.startsWith(of.secretPrefix) ? text.slice(of.secretPrefix.length) : text;
  return cut === null || cut === "" ? null : cut;
}

const PATTERN = {
  hex: /^([0-9a-f]{2})+$/i,
  base64: /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  base64url: /^[A-Za-z0-9_-]+$/,
} as const;

/** Signatures of the call as bytes; what is not exactly in the declared encoding is none. */
function signaturesOf(call: InboundCall, spec: Signature): Buffer[] {
  return textsOf(call, spec)
    .filter((text) => text !== "" && text.length <= 4_096 && PATTERN[spec.encoding].test(text))
    .map((text) => Buffer.from(text, spec.encoding));
}

/** The moment a timestamp's text means, in ms, or NaN. Digits only: `Number` would take " 1e3 " too. */
function momentOf(text: string, unit: Timestamp["unit"]): number {
  if (unit === "iso") return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (!/^\d{1,15}$/.test(text)) return Number.NaN;
  return unit === "s" ? Number(text) * 1_000 : Number(text);
}

/** The timestamp's text, null when none is declared, false when it is missing, unreadable or too far from now. */
function freshOf(call: InboundCall, spec: Timestamp | undefined, nowMs: number): string | null | false {
  if (!spec) return null;
  const [text, ...more] = textsOf(call, spec);
  if (text === undefined || more.length > 0) return false;
  return Math.abs(nowMs - momentOf(text, spec.unit)) <= spec.toleranceMs ? text : false;
}

/** Compares with every candidate, so that the time taken does not tell which one came close. */
function anyEqual(candidates: readonly Buffer[], expected: Buffer): boolean {
  let equal = false;
  for (const one of candidates) equal = (one.length === expected.length && timingSafeEqual(one, expected)) || equal;
  return equal;
}

function digestOf(hash: Hash | Hmac, pieces: readonly (string | NodeJS.ArrayBufferView)[]): Buffer {
  for (const piece of pieces) hash.update(piece as string);
  return hash.digest();
}

type Digesting = Extract<Verify, { type: "hmac" | "hash" }>;

function checkDigest(spec: Digesting, call: InboundCall, keys: Keyring, nowMs: number): boolean {
  const secret = secretOf(keys, spec);
  const ts = freshOf(call, spec.timestamp, nowMs);
  const given = signaturesOf(call, spec.signature);
  if (secret === null || ts === false || given.length === 0) return false;
  const signatureField = spec.signature.in === "body" ? spec.signature.name : null;
  const pieces = signedPieces(spec.signed, call, { secret, ts, signatureField });
  if (pieces === null) return false;
  if (spec.type === "hash") return anyEqual(given, digestOf(createHash(spec.hash), pieces));
  const key = Buffer.from(secret, spec.secretEncoding);
  return key.length > 0 && anyEqual(given, digestOf(createHmac(spec.hash, key), pieces));
}

type Asymmetric = Extract<Verify, { type: "public_key" }>;

/** Whether the key is of the declared kind: an RSA key must never check what should be signed on a curve. */
function fits(key: KeyObject, algorithm: Asymmetric["algorithm"]): boolean {
  return key.asymmetricKeyType === { rsa: "rsa", ecdsa: "ec", ed25519: "ed25519" }[algorithm];
}

async function checkPublicKey(spec: Asymmetric, call: InboundCall, keys: Keyring, nowMs: number): Promise<boolean> {
  const ts = freshOf(call, spec.timestamp, nowMs);
  const given = signaturesOf(call, spec.signature);
  if (ts === false || given.length === 0) return false;
  const pieces = signedPieces(spec.signed, call, { secret: keys.endpoint ?? "", ts, signatureField: null });
  // A declared hole for a secret we do not have would sign an empty text.
  if (pieces === null || (/\{(secret|formSecret)\}/.test(spec.signed) && !keys.endpoint)) return false;
  const key = await publicKeyOf(spec.key satisfies PublicKey, call, keys);
  if (key === null || !fits(key, spec.algorithm)) return false;
  const data = Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : (piece as Uint8Array))));
  const hash = spec.algorithm === "ed25519" ? null : spec.hash;
  const by = spec.algorithm === "ecdsa" ? { key, dsaEncoding: spec.form === "der" ? ("der" as const) : ("ieee-p1363" as const) } : key;
  return given.some((signature) => {
    try {
      return verifySignature(hash, data, by, signature);
    } catch {
      return false;
    }
  });
}

function checkBasic(spec: Extract<Verify, { type: "basic" }>, call: InboundCall, keys: Keyring): boolean {
  const secret = secretOf(keys, spec);
  const given = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(call.header("authorization") ?? "")?.[1];
  if (secret === null || given === undefined) return false;
  const wanted = spec.user === undefined ? secret : `${spec.user}:${secret}`;
  return safeEqual(Buffer.from(given, "base64").toString(), wanted);
}

/** Whether there is nothing to check a call with. */
function lacksSecret(spec: Exclude<Verify, { type: "unsigned" }>, keys: Keyring): boolean {
  const key = spec.type === "public_key" || spec.type === "jwt" ? spec.key : undefined;
  if (key) return key.from === "endpoint" && !keys.endpoint;
  return !("secret" in spec) || spec.secret === undefined || secretOf(keys, { ...spec, secret: spec.secret }) === null;
}

/** What was wrong with a call that was refused, for the people who set it up; its sender is told nothing. */
export function refusalOf(spec: Verify, call: InboundCall, keys: Keyring, nowMs: number): "no_secret" | "missing" | "time" | "signature" {
  if (spec.type === "unsigned") return "signature";
  if (lacksSecret(spec, keys)) return "no_secret";
  if (spec.type === "jwt") return tokenOf(spec, call) === null ? "missing" : "signature";
  if (spec.type === "basic") return call.header("authorization") === null ? "missing" : "signature";
  if (spec.type === "shared") return textsOf(call, spec.value).length === 0 ? "missing" : "signature";
  if (textsOf(call, spec.signature).length === 0) return "missing";
  if (freshOf(call, spec.timestamp, nowMs) !== false) return "signature";
  return spec.timestamp && textsOf(call, spec.timestamp).length === 0 ? "missing" : "time";
}

/**
 * Whether a call comes from whom it says: over its raw bytes, in constant time, within the timestamp's tolerance. A secret
 * that is not configured refuses every call. Rejects only when a public key cannot be fetched right now.
 */
export async function verifyCall(spec: Verify, call: InboundCall, keys: Keyring, nowMs: number): Promise<boolean> {
  switch (spec.type) {
    case "hmac":
    case "hash":
      return checkDigest(spec, call, keys, nowMs);
    case "public_key":
      return checkPublicKey(spec, call, keys, nowMs);
    case "jwt": {
      const secret = spec.secret === undefined ? null : secretOf(keys, { ...spec, secret: spec.secret });
      return checkJwt(spec, call, keys, { secret, nowMs });
    }
    case "basic":
      return checkBasic(spec, call, keys);
    case "shared": {
      const secret = secretOf(keys, spec);
      const [given, ...more] = textsOf(call, spec.value);
      return secret !== null && given !== undefined && more.length === 0 && safeEqual(given, secret);
    }
    case "unsigned":
      return true;
  }
}
