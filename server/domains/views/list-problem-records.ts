import { listProblems } from "#server/domains/records/list-problems";
import type { Ctx } from "#server/lib/context";
import { isErrorCode } from "#server/lib/errors";
import type { ProblemRecord } from "#server/trpc/views/embed";
import { sayTo } from "#server/words/reader";

/** Records held back of a stream or of a connection, newest first. */
export async function listProblemRecords(ctx: Ctx, input: { streamId: string } | { connectionId: string }): Promise<ProblemRecord[]> {
  const problems = await listProblems(ctx, input);
  const say = sayTo(ctx);
  return problems.map(({ streamId: _, code: stored, hidden, ...problem }) => {
    const code = isErrorCode(stored) ? stored : "record_invalid";
    if (hidden && ctx.actor.type === "customer") return { ...problem, code, field: null, message: say("problems.hidden") };
    // The engine's own words are English; who reads another language is told what it comes to.
    const message =
      say.language === "en" ? problem.message : say(code === "record_invalid" ? "problems.empty_value" : "problems.bad_value");
    return { ...problem, code, message };
  });
}
