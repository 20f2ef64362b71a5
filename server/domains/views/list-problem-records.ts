import { listProblems } from "#server/domains/records/list-problems";
import type { Ctx } from "#server/lib/context";
import { isErrorCode } from "#server/lib/errors";
import type { ProblemRecord } from "#server/trpc/views/embed";
import { problemCauses } from "./problem-causes";

/** The newest 200 records held back of a stream or of a connection. Customers are told in their words, the vendor's team in the engine's. */
export async function listProblemRecords(ctx: Ctx, input: { streamId: string } | { connectionId: string }): Promise<ProblemRecord[]> {
  const { items: problems } = await listProblems(ctx, input);
  const causes = ctx.actor.type === "customer" ? await problemCauses(ctx, problems) : null;
  return problems.map(({ streamId: _stream, hidden: _hidden, source: _source, code, ...problem }, index) => ({
    ...problem,
    fieldName: null,
    code: isErrorCode(code) ? code : "record_invalid",
    ...causes?.[index],
  }));
}
