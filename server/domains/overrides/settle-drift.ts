import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { DriftId } from "#server/lib/ids";
import type { ValueChoices } from "./schema";

export async function settleDrift(
  _ctx: Ctx,
  _input: { driftId: DriftId; act: "accept" | "dismiss"; to?: ValueChoices | undefined },
): Promise<{ n: number }> {
  throw new AppError("platform_error", "comes within the hour");
}
