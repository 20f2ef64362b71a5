import { createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { AppError } from "#server/lib/errors";

export type KeyAlg = "ES256" | "RS256" | "EdDSA";
export type PublicKey = { kid: string; alg: KeyAlg; jwk: Record<string, string> };

const LEAST_RSA_BITS = 2048;
const MOST_KEYS = 10;
const KID = /^[\x21-\x7e]{1,200}$/;
/** The members that make a key; everything else of a given JWK is left behind. */
const MEMBERS = ["kty", "crv", "x", "y", "n", "e"] as const;

const fault = (message: string) => new AppError("invalid", `The key ${message}`, { details: { issues: [{ path: "key", message }] } });

const PRIVATE = "is a private key or a shared secret. Register the public half only, and replace this one: it has left its place.";

type Given = { key: KeyObject; kid: string | undefined };

function open(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw fault("could not be read. Paste a PEM (“-----BEGIN PUBLIC KEY-----”), a JWK or a JWKS.");
  }
}

function ofJwk(value: unknown): Given {
  if (typeof value !== "object" || value === null) throw fault("is no JWK: it has to be a JSON object.");
  const jwk = value as Record<string, unknown>;
  if ("d" in jwk || jwk["kty"] === "oct") throw fault(PRIVATE);
  return {
    key: open(() => createPublicKey({ key: jwk as never, format: "jwk" })),
    kid: typeof jwk["kid"] === "string" ? jwk["kid"] : undefined,
  };
}

function given(text: string): Given[] {
  if (text.includes("PRIVATE KEY")) throw fault(PRIVATE);
  if (text.startsWith("-----BEGIN")) return [{ key: open(() => createPublicKey(text)), kid: undefined }];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault("could not be read. Paste a PEM (“-----BEGIN PUBLIC KEY-----”), a JWK or a JWKS.");
  }
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return [ofJwk(value)];
  if (keys.length === 0 || keys.length > MOST_KEYS) throw fault(`set has to hold 1 to ${MOST_KEYS} keys.`);
  return keys.map(ofJwk);
}

/** The one algorithm a key is for: taken from the key, never from a token. */
function algOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): KeyAlg {
  if (type === "ed25519") return "EdDSA";
  if (type === "ec" && details?.namedCurve === "prime256v1") return "ES256";
  if (type === "rsa") {
    if ((details?.modulusLength ?? 0) >= LEAST_RSA_BITS) return "RS256";
    throw fault(`is an RSA key of ${details?.modulusLength} bits; at least ${LEAST_RSA_BITS} are needed.`);
  }
  throw fault("is of a kind that is not taken. Use P-256 (ES256), RSA (RS256) or Ed25519 (EdDSA).");
}

/**
 * Public keys as a person pastes them: PEM, JWK or JWKS. A key without a `kid` is named `kid`, or else by its thumbprint
 * (RFC 7638). Throws `invalid` in words for the form, also for a private key.
 */
export async function parsePublicKeys(text: string, kid?: string): Promise<PublicKey[]> {
  const keys = given(text.trim());
  if (kid !== undefined && keys.length > 1) throw fault("set names its keys itself; leave the key id empty.");
  return Promise.all(
    keys.map(async ({ key, kid: own }) => {
      const whole = key.export({ format: "jwk" }) as Record<string, unknown>;
      const jwk = Object.fromEntries(MEMBERS.flatMap((member) => (typeof whole[member] === "string" ? [[member, whole[member]]] : [])));
      const name = kid ?? own ?? (await calculateJwkThumbprint(jwk as JWK));
      if (!KID.test(name)) throw fault("id may have at most 200 visible ASCII characters.");
      return { kid: name, alg: algOf(key), jwk };
    }),
  );
}
