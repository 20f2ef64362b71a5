import { and, eq, isNull } from "drizzle-orm";
import { idempotencyKeys } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { answerSeal } from "./internal";

/** How a claimed call ended: with an answer to keep, or null when it changed nothing, and may be tried again under its key. */
export type SettleCall = { keyHash: string; answer: { status: number; body: string } | null };

/** Notes how a call that `claimCall` gave out has ended. */
export async function settleCall(ctx: Ctx, { keyHash, answer }: SettleCall): Promise<void> {
  const k = idempotencyKeys;
  const open = and(eq(k.environmentId, ctx.scope.environmentId), eq(k.keyHash, keyHash), isNull(k.status));
  await withScope(ctx, async (tx) => {
    if (answer === null) await tx.delete(k).where(open);
    else
      await tx
        .update(k)
        .set({ status: answer.status, answer: ctx.vault.seal(answer.body, answerSeal(ctx, keyHash)) })
        .where(open);
  });
}
