import { and, eq } from "drizzle-orm";
import { connectorVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import { rereadUnreadable } from "#server/domains/streams/reread-unreadable";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { forgetNewest } from "#server/runtime/find-manifest";
import { comparisonOf, newestPublished, type VersionComparison } from "./compare-versions";
import { lockKey, manifestIn, ofKey, versionOf } from "./internal";

export type PublishVersion = {
  key: string;
  version: number;
  /** Publish although some who use the version before lose something. */
  acceptBreaking?: boolean | undefined;
};

/**
 * Publishes a draft. Integrations that follow the newest published version go on with it within seconds, with the
 * connections they have, and read once more where the version before could not read a record; those that stay with a version do not. Throws `conflict` when it takes something away from
 * connections there are, unless that is accepted; `details.breaking` says from whom.
 */
export async function publishVersion(ctx: Ctx, input: PublishVersion): Promise<VersionComparison | null> {
  const { key, version, acceptBreaking = false } = input;
  const [row, before] = await withScope(
    ctx,
    async (tx) => [await versionOf(tx, ctx, key, version), await newestPublished(tx, ctx, key, version)] as const,
  );
  if (row.status === "retired") throw new AppError("conflict", `Version ${version} was retired. Upload it again as a new version.`);
  if (row.status === "published") return null;
  if (before && before.version > version)
    throw new AppError("conflict", `Version ${before.version} is published and newer. Upload this one again to make it the newest.`);
  manifestIn(row);
  const comparison = before && (await comparisonOf(ctx, before, row));
  const hurt = (comparison?.breaking ?? []).filter((one) => one.connections > 0 || one.streams > 0);
  if (hurt.length > 0 && !acceptBreaking) {
    const words = hurt.map((one) => `${one.path}: ${one.message} (${one.connections} connections, ${one.streams} streams)`);
    throw new AppError(
      "conflict",
      `Publishing version ${version} takes something away: ${words.slice(0, 5).join("; ")}. Publish with acceptBreaking to go on.`,
      {
        details: { breaking: hurt },
      },
    );
  }
  const now = ctx.clock.now();
  await withScope(ctx, async (tx) => {
    await lockKey(tx, ctx, key);
    const [done] = await tx
      .update(connectorVersions)
      .set({ status: "published", publishedAt: now })
      .where(and(ofKey(ctx, key), eq(connectorVersions.version, version), eq(connectorVersions.status, "draft")))
      .returning({ version: connectorVersions.version });
    if (!done) throw new AppError("conflict", `Version ${version} was changed in the meantime.`);
  });
  forgetNewest(ctx.db, ctx.scope.vendorId, key);
  await rereadUnreadable(ctx, { connectorKey: key });
  return comparison;
}
