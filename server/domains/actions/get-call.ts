import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ActionCallId } from "#server/lib/ids";
import { type CallView, callOf, isAction, viewOf } from "./internal";

/** One call as it stands now. */
export async function getCall(ctx: Ctx, input: { callId: string }): Promise<CallView> {
  const [row] = await withScope(ctx, (tx) => callOf(ctx, tx, input.callId as ActionCallId));
  if (!row || !isAction(row)) throw new AppError("not_found", `no call ${input.callId.slice(0, 100)} here; calls are kept for a week`);
  return viewOf(ctx, row);
}
