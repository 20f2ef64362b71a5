import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import type { Wishes } from "./schema";

export async function saveOverrides(_ctx: Ctx, _input: { streamId: StreamId; n: number; fields: Wishes }): Promise<{ n: number }> {
  throw new AppError("platform_error", "comes within the hour");
}
