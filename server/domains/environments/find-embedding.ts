import { eq } from "drizzle-orm";
import { environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

export type Embedding = { kind: "test" | "live"; allowedOrigins: string[] };

/** Who may frame the marketplace of a publishable key, or null when there is no such key. Public knowledge. */
export async function findEmbedding(deps: Pick<Deps, "db">, input: { publishableKey: string }): Promise<Embedding | null> {
  if (!/^pk_(test|live)_[\w-]{1,80}$/.test(input.publishableKey)) return null;
  const [row] = await asSystem(deps.db, "a page is framed before anybody is known", (tx) =>
    tx
      .select({ kind: environments.kind, allowedOrigins: environments.allowedOrigins })
      .from(environments)
      .where(eq(environments.publishableKey, input.publishableKey)),
  );
  return row ?? null;
}
