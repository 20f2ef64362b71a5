import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";

export async function settleConflict(
  _ctx: Ctx,
  _input: { streamId: StreamId; n: number; target: string; keep: "customer" | "template" },
): Promise<{ n: number }> {
  throw new AppError("platform_error", "comes within the hour");
}
