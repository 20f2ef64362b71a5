import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { DriftRow, DriftStatus } from "./schema";

export async function listDrifts(
  _ctx: Ctx,
  _input: { status?: DriftStatus | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: DriftRow[]; next: string | null }> {
  throw new AppError("platform_error", "comes within the hour");
}
