import { findEmbedding } from "#server/domains/environments/find-embedding";
import type { Deps } from "#server/lib/context";

const FRESH_MS = 3_000;
const MOST = 1_000;

type Known = { origins: string[] | null; until: number };
const known = new Map<string, Known>();

/** Origins that may frame a publishable key's marketplace, null for an unknown key; a few seconds old at most. */
export async function framingOrigins(deps: Pick<Deps, "db">, publishableKey: string): Promise<string[] | null> {
  const now = Date.now();
  const hit = known.get(publishableKey);
  if (hit && hit.until > now) return hit.origins;
  const origins = (await findEmbedding(deps, { publishableKey }))?.allowedOrigins ?? null;
  if (known.size >= MOST) known.clear();
  known.set(publishableKey, { origins, until: now + FRESH_MS });
  return origins;
}
