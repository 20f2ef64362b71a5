import { createPrivateKey, type KeyObject, randomUUID } from "node:crypto";
import { importJWK, type JWTPayload, SignJWT } from "jose";
import { AppError } from "#server/lib/errors";
import type { Algorithm } from "./schema";

type Key = KeyObject | CryptoKey | Uint8Array;

export type Assertion = {
  algorithm: Algorithm;
  /** PEM (PKCS #8, PKCS #1, SEC 1) or JWK; for `HS…` the shared secret. */
  key: string;
  keyEncoding?: "utf8" | "hex" | "base64";
  header?: Record<string, string>;
  claims: JWTPayload;
  lifetimeMs: number;
  jti?: boolean;
};

const unusable = (cause?: unknown) =>
  new AppError("config_invalid", "The private key cannot be used: it must be a PEM file or a JWK, and fit the algorithm.", { cause });

/** A PEM whose lines were lost on the way, by a form of one line or an escape, has them again. */
function asPem(text: string): string {
  const [, label, body] = /^-----BEGIN ([A-Z ]+)-----(.*)-----END [A-Z ]+-----$/s.exec(text.replaceAll("\\n", "\n")) ?? [];
  if (label === undefined || body === undefined) return text;
  const lines = body.replace(/\s+/g, "").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

async function keyOf({ algorithm, key, keyEncoding = "utf8" }: Assertion): Promise<{ key: Key; kid?: string }> {
  if (algorithm.startsWith("HS")) return { key: Buffer.from(key, keyEncoding) };
  const text = key.trim();
  if (!text.startsWith("{")) return { key: createPrivateKey(asPem(text)) };
  const jwk = JSON.parse(text);
  return { key: await importJWK(jwk, algorithm), ...(typeof jwk.kid === "string" ? { kid: jwk.kid } : {}) };
}

/**
 * A signed JWT, good for `lifetimeMs` from now (RFC 7519). `iat` is in seconds and never in the future of a clock that is a
 * little behind ours. A JWK's `kid` goes into the header. Throws `config_invalid` for a key that cannot sign.
 */
export async function signJwt(assertion: Assertion, nowMs: number): Promise<string> {
  const iat = Math.floor(nowMs / 1_000) - 5;
  const exp = Math.floor((nowMs + assertion.lifetimeMs) / 1_000);
  const claims: JWTPayload = { ...assertion.claims, iat, exp, ...(assertion.jti ? { jti: randomUUID() } : {}) };
  try {
    const { key, kid } = await keyOf(assertion);
    const header = { alg: assertion.algorithm, typ: "JWT", ...(kid === undefined ? {} : { kid }), ...assertion.header };
    return await new SignJWT(claims).setProtectedHeader(header).sign(key);
  } catch (cause) {
    // The cause may quote the key; it stays here.
    throw unusable(cause instanceof Error ? cause.name : undefined);
  }
}
