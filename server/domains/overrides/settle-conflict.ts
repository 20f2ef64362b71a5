import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { settle } from "#server/mapping/overrides";
import { changeOverrides, refusal } from "./internal";
import { choiceOf, emptyRefusal, openConflicts, stillKnown } from "./patch";

/**
 * Decides on a field that a new version of the template and the customer have both changed: `customer` keeps what the customer has,
 * `template` takes the template's. `conflict` when there is nothing (more) to decide.
 */
export async function settleConflict(
  ctx: Ctx,
  input: { streamId: StreamId; n: number; target: string; keep: "customer" | "template" },
): Promise<{ n: number }> {
  const { target, keep } = input;
  const { n } = await changeOverrides(ctx, input, ({ ground, standing }) => {
    const found = standing.conflicts.some((conflict) => conflict.target === target);
    if (!found || (ctx.actor.type === "customer" && choiceOf(ground.choices, target).customer === "hidden"))
      throw new AppError("conflict", `There is nothing to decide about “${target}” any more. Reload the mapping.`);
    const overrides = settle(ground.fields, stillKnown(ground, standing.overrides), { [target]: keep });
    const isMapped = keep === "customer" || ground.fields.some((field) => field.target === target);
    const reason = isMapped ? null : emptyRefusal(ground, target);
    if (reason) throw refusal(ground, [{ target, message: reason }]);
    return { next: { overrides, conflicts: openConflicts(standing.conflicts, [target]) } };
  });
  return { n };
}
