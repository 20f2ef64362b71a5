import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import type { OverridesVersion } from "./schema";

export async function overridesHistory(_ctx: Ctx, _input: { streamId: StreamId }): Promise<OverridesVersion[]> {
  throw new AppError("platform_error", "comes within the hour");
}
