import { workflowId } from "#workflows/contract";
import type { Account, Bed } from "./bed";

/** The code of what is wrong with a stream now: of its last run, or of the attempt that just failed and is tried again. Null = nothing is. */
export async function shownOf(bed: Bed, account: Account): Promise<string | null> {
  const { failure_code: code } = await bed.stream(account);
  if (code) return String(code);
  const keeper = bed.client.workflow.getHandle(workflowId.keeper(account.ctx.scope.environmentId, account.streamId));
  const { raw } = await keeper.describe().catch(() => ({ raw: null }));
  return raw?.pendingActivities?.find((one) => one.lastFailure)?.lastFailure?.applicationFailureInfo?.type ?? null;
}
