import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, TemplateId } from "#server/lib/ids";
import type { Adaptation } from "./schema";

export async function getAdaptation(_ctx: Ctx, _input: { connectionId: ConnectionId; templateId: TemplateId }): Promise<Adaptation> {
  throw new AppError("platform_error", "comes within the hour");
}
