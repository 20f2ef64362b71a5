import { findEmbedding } from "#server/domains/environments/find-embedding";
import type { Deps } from "#server/lib/context";

const FRESH_MS = 3_000;
const MOST = 1_000;

/** Where a marketplace may be framed, and where its font comes from. */
export type Framing = { origins: string[]; font: string | null };

type Known = { framing: Framing | null; until: number };
const known = new Map<string, Known>();

/** Who may frame a publishable key's marketplace, null for an unknown key; a few seconds old at most. */
export async function framingOf(deps: Pick<Deps, "db">, publishableKey: string): Promise<Framing | null> {
  const now = Date.now();
  const hit = known.get(publishableKey);
  if (hit && hit.until > now) return hit.framing;
  const embedding = await findEmbedding(deps, { publishableKey });
  const url = embedding?.branding.fontUrl;
  const font = url !== undefined && URL.canParse(url) ? new URL(url).origin : null;
  const framing = embedding && { origins: embedding.allowedOrigins, font };
  if (known.size >= MOST) known.clear();
  known.set(publishableKey, { framing, until: now + FRESH_MS });
  return framing;
}
