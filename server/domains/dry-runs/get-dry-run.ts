import { and, eq, sql } from "drizzle-orm";
import { actionCalls } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError, ERRORS, isErrorCode } from "#server/lib/errors";
import type { ActionCallId } from "#server/lib/ids";
import { sayTo } from "#server/words/reader";
import { type CallRow, isUnderWay, outcomeOf, ownCustomer, sealContext } from "../actions/internal";
import { readingTrouble } from "../schemas/internal";
import { DryRunResult, type DryRunView } from "./schema";
import { trialOf } from "./trial";
import { inWords } from "./write-tally";

/** After this long nobody works on it any more. */
const LOST_MS = 3 * 60_000;

/**
 * How far a dry run is, and what it found. Asking keeps it going: one that nobody asks about ends by itself. Kept for a week. A customer's
 * own only: what the vendor tries on their records shows fields that are not theirs to see.
 */
export async function getDryRun(ctx: Ctx, { callId }: { callId: ActionCallId }): Promise<DryRunView> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .update(actionCalls)
      .set({ askedAt: sql`now()` })
      .where(
        and(
          eq(actionCalls.id, callId),
          eq(actionCalls.environmentId, ctx.scope.environmentId),
          ownCustomer(ctx),
          eq(actionCalls.kind, "dry_run"),
        ),
      )
      .returning(),
  );
  if (!row || !maySee(ctx, row)) throw new AppError("not_found", `no dry run ${callId.slice(0, 100)} here; they are kept for a week`);
  if (isUnderWay(ctx, row, LOST_MS)) return { status: "pending" };
  if (row.status === "done") return { status: "done", result: told(ctx, DryRunResult.parse(outcomeOf(ctx, row)?.result)) };
  return failed(ctx, row);
}

/** The engine's own words are English; who reads another language is told what it comes to. */
function told(ctx: Ctx, result: DryRunResult): DryRunResult {
  const say = sayTo(ctx);
  if (say.language === "en") return result;
  const samples = result.samples.map((sample) => (sample.message ? { ...sample, message: say("problems.bad_value") } : sample));
  return { ...result, samples, writes: result.writes && inWords(result.writes, say) };
}

const maySee = (ctx: Ctx, row: CallRow): boolean =>
  ctx.actor.type !== "customer" || trialOf(JSON.parse(ctx.vault.open(row.input, sealContext(row, "input")))).audience === "customer";

function failed(ctx: Ctx, row: CallRow): DryRunView {
  const code = isErrorCode(row.code) ? row.code : "platform_error";
  const said = outcomeOf(ctx, row)?.message ?? null;
  const isOwn = (code === "conflict" || code === "invalid") && sayTo(ctx).language === "en"; // our own words, fit for everybody who reads them
  return {
    status: "failed",
    code,
    text: isOwn && said ? said : readingTrouble(ctx, code),
    detail: ctx.actor.type === "customer" ? null : said,
    next: ERRORS[code].next,
  };
}
