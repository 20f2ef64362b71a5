import { findEmbedding } from "#server/domains/environments/find-embedding";
import { findOwnOrigin } from "#server/domains/environments/find-own-origin";
import type { Deps } from "#server/lib/context";

const FRESH_MS = 3_000;
const MOST = 1_000;

/** Where a marketplace may be framed, and where its font comes from. */
export type Framing = { origins: string[]; font: string | null };

/** Answers by key, a few seconds old at most. */
function remembering<T>(find: (deps: Pick<Deps, "db">, key: string) => Promise<T>) {
  const known = new Map<string, { answer: T; until: number }>();
  return async (deps: Pick<Deps, "db">, key: string): Promise<T> => {
    const now = Date.now();
    const hit = known.get(key);
    if (hit && hit.until > now) return hit.answer;
    const answer = await find(deps, key);
    if (known.size >= MOST) known.clear();
    known.set(key, { answer, until: now + FRESH_MS });
    return answer;
  };
}

/** Who may frame a publishable key's marketplace, null for an unknown key. */
export const framingOf = remembering<Framing | null>(async (deps, publishableKey) => {
  const embedding = await findEmbedding(deps, { publishableKey });
  const url = embedding?.branding.fontUrl;
  const font = url !== undefined && URL.canParse(url) ? new URL(url).origin : null;
  return embedding && { origins: embedding.allowedOrigins, font };
});

/** The publishable key of the one marketplace that stands under a vendor's own host name; null for every other host. */
export const keyAtHost = remembering<string | null>(async (deps, host) => {
  const found = await findOwnOrigin(deps, { origins: [`https://${host}`, `http://${host}`] });
  return found?.publishableKey ?? null;
});
