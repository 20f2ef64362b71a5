import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import type { MappingDocument } from "./schema";

export async function mappingDocument(_ctx: Ctx, _input: { connectionId: ConnectionId }): Promise<MappingDocument> {
  throw new AppError("platform_error", "comes within the hour");
}
