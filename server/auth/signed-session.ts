import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { decodeProtectedHeader, errors, importJWK, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import { embedKeys, environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { MintEmbedSession } from "#server/domains/embed-sessions/mint-embed-session";
import { Traits } from "#server/domains/integrations/gate";
import type { Ctx, Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EmbedKeyId } from "#server/lib/ids";

/** How far ahead a token may expire, and how far two clocks may be apart. */
const LONGEST_S = 60 * 60;
const TOLERANCE_S = 30;
const MOST_CHARACTERS = 4_096;

const Claims = z.object({
  sub: z.string().trim().min(1).max(200),
  name: z.string().trim().min(1).max(200).optional(),
  user: z.string().trim().min(1).max(200).optional(),
  origin: z.string().max(300).optional(),
  locale: z.string().max(35).optional(),
  traits: Traits.optional(),
  email: z.email().max(200).optional(),
});

type Key = { id: EmbedKeyId; kid: string; alg: "ES256" | "RS256" | "EdDSA"; jwk: Record<string, string> };

const refuse = (message: string) => new AppError("unauthenticated", message);

function find(deps: Deps, publishableKey: string) {
  return asSystem(deps.db, "a signed token is looked at before its scope is known", async (tx) => {
    const rows = await tx
      .select({
        vendorId: environments.vendorId,
        environmentId: environments.id,
        allowedOrigins: environments.allowedOrigins,
        key: { id: embedKeys.id, kid: embedKeys.kid, alg: embedKeys.alg, jwk: embedKeys.jwk },
      })
      .from(environments)
      .leftJoin(embedKeys, eq(embedKeys.environmentId, environments.id))
      .where(eq(environments.publishableKey, publishableKey));
    const [first] = rows;
    return first && { ...first, keys: rows.flatMap(({ key }) => (key ? [key] : [])) };
  });
}

/** The header as the token has it; nothing in it is believed but the name of a key that we hold. */
function headerOf(jwt: string): { alg: string; kid: string | null } {
  if (jwt.length > MOST_CHARACTERS) throw refuse(`This token is longer than ${MOST_CHARACTERS} characters.`);
  try {
    const { alg, kid } = decodeProtectedHeader(jwt);
    return { alg: String(alg), kid: typeof kid === "string" ? kid : null };
  } catch {
    throw refuse("This token is not a JWT.");
  }
}

function keyFor(keys: readonly Key[], { alg, kid }: { alg: string; kid: string | null }): Key {
  if (keys.length === 0) throw refuse("No signing key is registered for this environment. Add your public key under Settings.");
  if (alg.toLowerCase() === "none") throw refuse("This token is not signed (alg: none). Sign it with ES256, RS256 or EdDSA.");
  if (alg.startsWith("HS")) {
    throw refuse(`This token is signed with a shared secret (${alg}). Sign it with your private key: ES256, RS256 or EdDSA.`);
  }
  const [only, ...others] = keys;
  const key = kid === null ? (others.length === 0 ? only : undefined) : keys.find((known) => known.kid === kid);
  if (!key && kid === null) throw refuse("Several signing keys are registered: name the one you used as kid in the token's header.");
  if (!key) throw refuse(`No signing key with the id ${kid} is registered. Registered: ${keys.map((known) => known.kid).join(", ")}.`);
  if (alg !== key.alg && !(alg === "Ed25519" && key.alg === "EdDSA")) {
    throw refuse(`The key ${key.kid} is for ${key.alg}; this token says ${alg}.`);
  }
  return key;
}

const WORDS: Record<string, string> = {
  aud: "aud has to be your publishable key",
  sub: "sub has to be your own id of the customer",
  exp: "exp is needed, at most one hour ahead",
  nbf: "nbf lies in the future",
  iat: "iat lies in the future",
};

function refusal(error: unknown): AppError {
  if (error instanceof errors.JWTExpired) {
    const at = typeof error.payload.exp === "number" ? ` at ${new Date(error.payload.exp * 1000).toISOString()}` : "";
    return refuse(`This token expired${at}. Let session() sign a new one each time it is asked.`);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refuse(`This token was refused: ${WORDS[error.claim] ?? `${error.claim} is wrong`}.`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return refuse("The signature does not match the registered key.");
  return refuse("This token could not be verified: it is malformed.");
}

async function verify(deps: Deps, jwt: string, key: Key, audience: string[]): Promise<JWTPayload> {
  const now = deps.clock.now();
  const options = {
    // Of the key, not of the token: a token cannot choose how it is verified.
    algorithms: key.alg === "EdDSA" ? ["EdDSA", "Ed25519"] : [key.alg],
    audience,
    requiredClaims: ["sub", "exp"],
    clockTolerance: TOLERANCE_S,
    currentDate: now,
  };
  const { payload } = await jwtVerify(jwt, await importJWK(key.jwk, key.alg), options).catch((error: unknown) => {
    throw refusal(error);
  });
  const seconds = now.getTime() / 1000;
  if ((payload.exp ?? Number.POSITIVE_INFINITY) - seconds > LONGEST_S + TOLERANCE_S)
    throw refuse("This token would live longer than one hour. Set exp to at most an hour from now.");
  if (payload.iat !== undefined && payload.iat > seconds + TOLERANCE_S) throw refuse(`This token was refused: ${WORDS["iat"]}.`);
  return payload;
}

/**
 * A customer by the vendor's own signature: a JWT of a registered key, for this environment's publishable key, of at most an
 * hour. Returns whose marketplace to open, to be handed to `mintEmbedSession`. Throws `unauthenticated` with the reason in the
 * engineer's words.
 */
export async function authenticateSignedSession(
  deps: Deps,
  input: { publishableKey: string; token: string; hostOrigin: string; requestId: string },
): Promise<{ ctx: Ctx; session: MintEmbedSession }> {
  const environment = await find(deps, input.publishableKey);
  if (!environment) throw refuse("This publishable key is not known here.");
  const key = keyFor(environment.keys, headerOf(input.token));
  const claims = Claims.safeParse(await verify(deps, input.token, key, [input.publishableKey, deps.config.origin]));
  if (!claims.success) {
    const issue = claims.error.issues[0];
    throw refuse(`This token was refused: ${issue?.path.join(".")}: ${issue?.message}.`);
  }
  const { sub, name, user, origin, locale, traits, email } = claims.data;
  if (origin !== undefined && origin !== input.hostOrigin) {
    throw new AppError("forbidden", `This token was signed for ${origin}; the page is ${input.hostOrigin}.`);
  }
  await asSystem(deps.db, "a key's last use is noted", (tx) =>
    tx
      .update(embedKeys)
      .set({ lastUsedAt: sql`now()` })
      .where(and(eq(embedKeys.id, key.id), or(isNull(embedKeys.lastUsedAt), lt(embedKeys.lastUsedAt, sql`now() - interval '1 minute'`)))),
  );
  return {
    ctx: {
      ...deps,
      actor: { type: "system", reason: `a token signed with ${key.kid}` },
      scope: { vendorId: environment.vendorId, environmentId: environment.environmentId },
      requestId: input.requestId,
    },
    session: { customer: { id: sub, name, traits, email }, origin: input.hostOrigin, user, locale },
  };
}
