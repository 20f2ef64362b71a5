import { desc, eq } from "drizzle-orm";
import { brandingVersions } from "#server/db/schema";
import type { Branding } from "#server/db/schema/identity";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

const MOST = 50;

export type BrandingVersion = {
  n: number;
  at: Date;
  by: string /** What differs from the revision before, by field. */;
  changed: (keyof Branding)[];
};

const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** How the marketplace has looked, newest first. The last fifty. */
export async function brandingHistory(ctx: Ctx): Promise<BrandingVersion[]> {
  const rows = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(brandingVersions)
      .where(eq(brandingVersions.environmentId, ctx.scope.environmentId))
      .orderBy(desc(brandingVersions.n))
      .limit(MOST + 1),
  );
  return rows.slice(0, MOST).map(({ n, branding, createdBy, createdAt }, at) => {
    const before = rows[at + 1]?.branding ?? {};
    const fields = [...new Set([...Object.keys(branding), ...Object.keys(before)])] as (keyof Branding)[];
    return { n, at: createdAt, by: createdBy, changed: n === 0 ? [] : fields.filter((field) => !same(branding[field], before[field])) };
  });
}
