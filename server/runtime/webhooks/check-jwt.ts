import { createHash } from "node:crypto";
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { safeEqual } from "#server/lib/tokens";
import { textAt } from "../paths";
import { type InboundCall, textsOf, tokenBody } from "./call";
import { publicKeyOf } from "./public-key";
import type { Verify } from "./scheme";
import { signedPieces } from "./signed-text";
import type { Keyring } from "./verify";

type Jwt = Extract<Verify, { type: "jwt" }>;

/** The one token of a call: where it is declared, or the body itself. */
export function tokenOf(spec: Jwt, call: InboundCall): string | null {
  if (!spec.token) return tokenBody(call);
  const [token, ...more] = textsOf(call, spec.token);
  return token !== undefined && token !== "" && more.length === 0 ? token : null;
}

/** A token without an end holds for as long as a timestamp would. */
const isFresh = ({ exp, iat }: JWTPayload, toleranceMs: number, nowMs: number): boolean =>
  exp !== undefined || (iat !== undefined && Math.abs(nowMs - iat * 1_000) <= toleranceMs);

/** Whether the claims say what was declared, `{url}` being our address without its query. */
function claimsFit({ claims }: Jwt, payload: JWTPayload, call: InboundCall): boolean {
  return Object.entries(claims).every(([name, template]) => {
    const wanted = template.replaceAll("{url}", () => call.url.split("?", 1)[0] ?? "");
    const found = payload[name];
    return Array.isArray(found) ? found.includes(wanted) : String(found ?? "") === wanted;
  });
}

/** Whether each declared claim is the hash of what it is to be the hash of. */
function hashesFit({ hashes }: Jwt, payload: JWTPayload, call: InboundCall, secret: string): boolean {
  return hashes.every(({ claim, of, hash, encoding }) => {
    const pieces = signedPieces(of, call, { secret, ts: null, signatureField: null });
    const said = textAt(payload, claim);
    if (pieces === null || said === null) return false;
    const digest = createHash(hash);
    for (const piece of pieces) digest.update(piece as string);
    const wanted = digest.digest(encoding);
    return safeEqual(encoding === "hex" ? said.toLowerCase() : said, wanted);
  });
}

function kidOf(token: string): string | null {
  const { kid } = decodeProtectedHeader(token);
  return typeof kid === "string" && /^[\w.:-]{1,200}$/.test(kid) ? kid : null;
}

/** Whether a call is proven by a signed token. Rejects only when a public key cannot be fetched right now. */
export async function checkJwt(
  spec: Jwt,
  call: InboundCall,
  keys: Keyring,
  { secret, nowMs }: { secret: string | null; nowMs: number },
): Promise<boolean> {
  const token = tokenOf(spec, call);
  if (token === null || token.length > 100_000) return false;
  if (spec.secret !== undefined && secret === null) return false;
  try {
    const bytes = secret === null ? null : Buffer.from(secret, spec.secretEncoding);
    const key = spec.key ? await publicKeyOf(spec.key, call, keys, kidOf(token)) : bytes;
    if (key === null || (Buffer.isBuffer(key) && key.length === 0)) return false;
    const { payload } = await jwtVerify(token, key, {
      algorithms: spec.algorithms,
      clockTolerance: 60,
      currentDate: new Date(nowMs),
    });
    return isFresh(payload, spec.toleranceMs, nowMs) && claimsFit(spec, payload, call) && hashesFit(spec, payload, call, secret ?? "");
  } catch (error) {
    // Whatever is wrong with the token is a refusal; a key that cannot be had now is none.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return false;
    throw error;
  }
}
