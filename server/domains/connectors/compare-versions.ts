import { and, desc, eq, ne } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectorVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type Change, compareManifests } from "./compare-manifests";
import { type Affected, affectedBy, manifestIn, ofKey, type StoredVersion, usersOf, versionOf } from "./internal";

export type VersionComparison = { from: number; to: number; changes: Change[]; breaking: Affected[] };

/** The newest published version of a key, other than `besides`. */
export async function newestPublished(tx: Tx, ctx: Ctx, key: string, besides = 0): Promise<StoredVersion | null> {
  const [row] = await tx
    .select()
    .from(connectorVersions)
    .where(and(ofKey(ctx, key), eq(connectorVersions.status, "published"), ne(connectorVersions.version, besides)))
    .orderBy(desc(connectorVersions.version))
    .limit(1);
  return row ?? null;
}

/** What leads from one stored version to another, and whom the parts that break something touch. */
export async function comparisonOf(ctx: Ctx, from: StoredVersion, to: StoredVersion): Promise<VersionComparison> {
  const told = (row: StoredVersion) => ({ value: row.manifest, manifest: manifestIn(row) });
  const { changes, breaking } = compareManifests(told(from), told(to));
  return {
    from: from.version,
    to: to.version,
    changes,
    breaking: breaking.length === 0 ? [] : affectedBy(breaking, await usersOf(ctx, to.key)),
  };
}

/** Two versions side by side. Without `from`: what is published now, else the version before. */
export async function compareVersions(ctx: Ctx, input: { key: string; from?: number | undefined; to: number }): Promise<VersionComparison> {
  const { key } = input;
  const [from, to] = await withScope(ctx, async (tx) => {
    const target = await versionOf(tx, ctx, key, input.to);
    const base =
      input.from === undefined
        ? ((await newestPublished(tx, ctx, key, input.to)) ?? (input.to > 1 ? await versionOf(tx, ctx, key, input.to - 1) : target))
        : await versionOf(tx, ctx, key, input.from);
    return [base, target] as const;
  });
  if (from.version === to.version && input.from !== undefined) throw new AppError("invalid", "Name two different versions.");
  return comparisonOf(ctx, from, to);
}
