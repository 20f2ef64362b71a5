import type { Ctx } from "#server/lib/context";
import type { SealContext } from "#server/lib/vault";

/** What a kept answer is bound to. */
export const answerSeal = (ctx: Ctx, keyHash: string): SealContext => ({
  environmentId: ctx.scope.environmentId,
  customerId: "",
  ownerId: keyHash,
  field: "answer",
  version: 1,
});
