import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { textAt } from "../paths";
import { type InboundCall, textsOf } from "./call";
import type { PublicKey } from "./scheme";
import type { Keyring } from "./verify";

/** A PEM whose line breaks were lost on the way, put right; bare base64 is taken for a public key's DER. */
function keyFromText(text: string): KeyObject | null {
  const pem = /-----BEGIN ([A-Z ]+)-----([\sA-Za-z0-9+/=]+)-----END \1-----/.exec(text);
  const body = (pem?.[2] ?? text).replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body)) return null;
  try {
    if (!pem) return createPublicKey({ key: Buffer.from(body, "base64"), format: "der", type: "spki" });
    if (pem[1]?.includes("PRIVATE")) return null;
    return createPublicKey(`-----BEGIN ${pem[1]}-----\n${body.replace(/.{64}/g, "$&\n")}\n-----END ${pem[1]}-----\n`);
  } catch {
    return null;
  }
}

function keyFromJwks(text: string, keyId: string | null): KeyObject | null {
  try {
    const { keys } = JSON.parse(text) as { keys?: (JsonWebKey & { kid?: string })[] };
    const jwk = keys?.find((one) => keyId === null || one.kid === keyId);
    // An octet key would be a secret everybody can read.
    return jwk && jwk.kty !== "oct" ? createPublicKey({ key: jwk, format: "jwk" }) : null;
  } catch {
    return null;
  }
}

function atPath(text: string, path: string | undefined): string | null {
  if (path === undefined) return text;
  try {
    return textAt(JSON.parse(text), path);
  } catch {
    return null;
  }
}

/** The one text of a value that is fit to be part of an address. */
function idOf(call: InboundCall, value: Parameters<typeof textsOf>[1] | undefined): string | null {
  const [text] = value ? textsOf(call, value) : [];
  return text !== undefined && /^[\w.-]{1,200}$/.test(text) ? text : null;
}

/** The key a call is to be checked with, or null when there is none that may be used. `kid`: what the call's own token calls it. */
export async function publicKeyOf(
  source: PublicKey,
  call: InboundCall,
  keys: Keyring,
  kid: string | null = null,
): Promise<KeyObject | null> {
  if (source.from === "endpoint") return keys.endpoint ? keyFromText(keys.endpoint) : null;
  if (source.from === "request") {
    const [address = ""] = textsOf(call, source.address);
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url?.protocol !== "https:" || url.port !== "" || url.username !== "" || !source.hosts.includes(url.hostname)) return null;
    return keyFromText(await keys.fetchText(url.href));
  }
  const keyId = source.keyId ? idOf(call, source.keyId) : kid;
  if (source.keyId && keyId === null) return null;
  const text = await keys.fetchText(source.url.replace("{keyId}", encodeURIComponent(keyId ?? "")));
  if (source.format === "jwks") return keyFromJwks(text, keyId);
  const pem = atPath(text, source.path);
  return pem === null ? null : keyFromText(pem);
}
