import { and, eq, sql } from "drizzle-orm";
import { members } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Actor, Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** How often a member is written to about how the customers fare. */
export const RHYTHMS = ["daily", "weekly", "off"] as const;
type Chosen = (typeof RHYTHMS)[number];

type MemberCtx = Ctx & { actor: Extract<Actor, { type: "member" }> };

const self = (ctx: MemberCtx) => and(eq(members.vendorId, ctx.scope.vendorId), eq(members.id, ctx.actor.memberId));

/** The signed-in member's own. Owners and admins who have not chosen are written to weekly, others are not. */
export async function getDigest(ctx: MemberCtx): Promise<{ rhythm: Chosen }> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select({
        rhythm: sql<Chosen>`coalesce(${members.digest}, case when ${members.role} in ('owner', 'admin') then 'weekly' else 'off' end)`,
      })
      .from(members)
      .where(self(ctx)),
  );
  if (!row) throw new AppError("not_found");
  return row;
}

/** Chooses it, for oneself only. */
export async function setDigest(ctx: MemberCtx, { rhythm }: { rhythm: Chosen }): Promise<void> {
  const rows = await withScope(ctx, (tx) => tx.update(members).set({ digest: rhythm }).where(self(ctx)).returning({ id: members.id }));
  if (rows.length === 0) throw new AppError("not_found");
}
