import { and, eq } from "drizzle-orm";
import { connectorVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { forgetNewest } from "#server/runtime/find-manifest";
import { newestPublished } from "./compare-versions";
import { lockKey, ofKey, usersOf, versionOf } from "./internal";

/**
 * Takes a version out of use. Integrations that follow go back to the newest one still published. Throws `conflict` when
 * integrations stay with this version, or follow and would be left with none.
 */
export async function retireVersion(ctx: Ctx, { key, version }: { key: string; version: number }): Promise<void> {
  const users = await usersOf(ctx, key);
  await withScope(ctx, async (tx) => {
    await lockKey(tx, ctx, key);
    const row = await versionOf(tx, ctx, key, version);
    if (row.status === "retired") return;
    if (users.pinned.includes(version))
      throw new AppError("conflict", `Integrations stay with version ${version}. Move them to another version first.`);
    if (row.status === "published" && users.following > 0 && !(await newestPublished(tx, ctx, key, version)))
      throw new AppError(
        "conflict",
        `Version ${version} is the only published one, and ${users.following} integrations use it. Publish another first.`,
      );
    await tx
      .update(connectorVersions)
      .set({ status: "retired", retiredAt: ctx.clock.now() })
      .where(and(ofKey(ctx, key), eq(connectorVersions.version, version)));
  });
  forgetNewest(ctx.db, ctx.scope.vendorId, key);
}
