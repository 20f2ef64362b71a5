import type { Deps } from "#server/lib/context";
import { findEmbedding } from "./find-embedding";

/** Whether a page that calls is one of ours: at our origin, or at the vendor's own. `caller`: its `Origin`; null = a browser left it out, as for its own pages. */
export async function isFrame(
  deps: Pick<Deps, "db" | "config">,
  input: { publishableKey: string; caller: string | null },
): Promise<boolean> {
  const { caller, publishableKey } = input;
  if (caller === null || caller === deps.config.origin) return true;
  return (await findEmbedding(deps, { publishableKey }))?.ownOrigin === caller;
}
