import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";

export async function runDryRun(_ctx: Ctx, _work: { connectionId: ConnectionId }, _signal?: AbortSignal): Promise<unknown> {
  throw new AppError("config_invalid", "comes within the hour");
}
