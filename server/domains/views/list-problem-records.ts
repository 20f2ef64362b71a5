import { listProblems } from "#server/domains/records/list-problems";
import type { Ctx } from "#server/lib/context";
import { isErrorCode } from "#server/lib/errors";
import type { ProblemRecord } from "#server/trpc/views/embed";

/** Records held back of a stream or of a connection, newest first. */
export async function listProblemRecords(ctx: Ctx, input: { streamId: string } | { connectionId: string }): Promise<ProblemRecord[]> {
  const problems = await listProblems(ctx, input);
  return problems.map(({ streamId: _, code: stored, hidden, ...problem }) => {
    const code = isErrorCode(stored) ? stored : "record_invalid";
    if (!hidden || ctx.actor.type !== "customer") return { ...problem, code };
    return { ...problem, code, field: null, message: "This record could not be taken. The people who run this service can see why." };
  });
}
