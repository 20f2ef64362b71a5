import { type ListHeldRecords, listHeldCauses, listHeldRecords } from "#server/domains/records/list-held-records";
import type { Ctx } from "#server/lib/context";
import { isErrorCode } from "#server/lib/errors";
import type { ProblemCause, ProblemRecord } from "#server/trpc/views/embed";
import { fieldNames, problemCauses } from "./problem-causes";

const codeOf = (stored: string) => (isErrorCode(stored) ? stored : "record_invalid");

/** Who did something to a record. Customers are not told which of the vendor's people it was. */
export const byWhom = <T extends string | null>(ctx: Ctx, who: T): T | "vendor" =>
  who === null || who === "customer" || ctx.actor.type !== "customer" ? who : "vendor";

/** Records held back, or put aside, newest first. Customers are told in their words, the vendor's team in the engine's. */
export async function listProblemRecords(ctx: Ctx, input: ListHeldRecords): Promise<{ items: ProblemRecord[]; next: string | null }> {
  const { items: held, next } = await listHeldRecords(ctx, input);
  const causes = await problemCauses(ctx, held);
  const items = held.map(
    ({ id, streamId, side, state, op, externalId, ownId, cause, attempts, retrying, paused, since, ...one }, index) => ({
      ...{ id, streamId, side, state, op, externalId, ownId, cause, attempts, retrying, paused, since },
      ...{ code: codeOf(one.code), skippedBy: byWhom(ctx, one.skippedBy) },
      ...(causes[index] ?? { message: one.message, field: null, fieldName: null, input: null }),
    }),
  );
  return { items, next };
}

/** Why records are held back, with how many for each reason. */
export async function listProblemCauses(ctx: Ctx, input: Omit<ListHeldRecords, "limit" | "cursor">): Promise<ProblemCause[]> {
  const causes = await listHeldCauses(ctx, input);
  const names = await fieldNames(ctx, causes);
  return causes.map(({ side, streamId, cause, code, records }, index) => ({
    ...{ side, streamId, cause, records, code: codeOf(code) },
    ...(names[index] ?? { field: null, fieldName: null }),
  }));
}
