import { and, eq, inArray, isNotNull } from "drizzle-orm";
import { authorizations, environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { hashToken } from "#server/lib/tokens";

/** Whose marketplace a name leads to, by its publishable key; null = nobody has proven it. Public knowledge. */
export async function findOwnOrigin(deps: Pick<Deps, "db">, input: { origins: string[] }): Promise<{ publishableKey: string } | null> {
  const [row] = await asSystem(deps.db, "a name is looked up before anybody is known", (tx) =>
    tx
      .select({ publishableKey: environments.publishableKey })
      .from(environments)
      .where(and(inArray(environments.ownOrigin, input.origins), isNotNull(environments.ownOriginProvenAt))),
  );
  return row ?? null;
}

/** Whether a vendor has saved this origin: a certificate is needed before it can be proven. */
export async function isNamed(deps: Pick<Deps, "db">, input: { origin: string }): Promise<boolean> {
  const rows = await asSystem(deps.db, "a name is looked up before anybody is known", (tx) =>
    tx.select({ id: environments.id }).from(environments).where(eq(environments.ownOrigin, input.origin)).limit(1),
  );
  return rows.length > 0;
}

/**
 * Where the marketplace stands that began a sign-in, if at the vendor's own origin: its window can be read from there only. Null = at ours,
 * or the origin is not proven any more.
 */
export async function frameOf(deps: Pick<Deps, "db">, input: { state: string }): Promise<string | null> {
  const [row] = await asSystem(deps.db, "a callback brings a state, not a scope", (tx) =>
    tx
      .select({ origin: authorizations.frameOrigin })
      .from(authorizations)
      .innerJoin(
        environments,
        and(eq(environments.id, authorizations.environmentId), eq(environments.ownOrigin, authorizations.frameOrigin)),
      )
      .where(and(eq(authorizations.stateHash, hashToken(input.state)), isNotNull(environments.ownOriginProvenAt))),
  );
  return row?.origin ?? null;
}
