import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { type Place, placeOf } from "../actions/internal";
import { storeCall, tellWorker } from "../actions/start-call";
import { mappingsOver } from "./internal";
import { newestLook } from "./look-state";

/** A look this young that is still under way is not asked for again. */
const UNDER_WAY_MS = 120_000;

/** Fields that somebody picks just now: a look at this object alone, which reads them. */
export type Picked = { object: string; paths: readonly string[] };

/** Stores the wish for a look; null when one is under way already, or no template reads anything of this account. */
async function storeLook(ctx: Ctx, place: Place, picked?: Picked) {
  const drafts = ctx.actor.type === "member";
  const newest = await newestLook(ctx, place.connectionId);
  if (!picked && newest?.status === "looking" && ctx.clock.now().getTime() - newest.startedAt.getTime() < UNDER_WAY_MS) return null;
  if ((await mappingsOver(ctx, place.connectionId, { drafts })).length === 0) return null;
  return storeCall(ctx, place, { kind: "look", name: "fields", content: { drafts, ...picked } });
}

/**
 * Has the worker take stock of an account's fields and of a few of its records, within seconds; `getAdaptation` tells how far it is.
 * `picked`: fields whose values are wanted in any case, where a source gives only what it is asked for by name.
 * Throws `not_found`, and `reauth_required` when the customer has to reconnect first.
 */
export async function startLook(
  ctx: Ctx,
  { connectionId, picked }: { connectionId: ConnectionId; picked?: Picked | undefined },
): Promise<void> {
  const place = await placeOf(ctx, connectionId);
  if (place.status === "reauth") throw new AppError("reauth_required");
  const stored = await storeLook(ctx, place, picked);
  if (stored) await tellWorker(ctx, place, stored, 0);
}

/** {@link startLook} for an account that was just connected: whatever becomes of it, the connecting is done and does not wait. */
export async function lookSoon(ctx: Ctx, connectionId: ConnectionId): Promise<void> {
  const told = (error: unknown) => ctx.log.warn({ err: error, connectionId }, "the account's fields will not be looked at now");
  try {
    const place = await placeOf(ctx, connectionId);
    const stored = await storeLook(ctx, place);
    if (stored) void tellWorker(ctx, place, stored, 0).catch(told);
  } catch (error) {
    told(error);
  }
}
