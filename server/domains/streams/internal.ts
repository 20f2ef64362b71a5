import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { streams } from "#server/db/schema";
import type { Ctx, Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type CustomerId, type EnvironmentId, newId, type StreamId, type VendorId } from "#server/lib/ids";
import type { StreamRef } from "#workflows/contract";

/** A context for durable work on one stream: the scope is that of its customer. */
export function streamCtx(deps: Deps, ref: StreamRef, reason: string): Ctx {
  return {
    ...deps,
    actor: { type: "system", reason },
    scope: {
      vendorId: ref.vendorId as VendorId,
      environmentId: ref.environmentId as EnvironmentId,
      customerId: ref.customerId as CustomerId,
    },
    requestId: newId("event"),
  };
}

export type StreamRow = typeof streams.$inferSelect;

/** The stream, locked, or `not_found` when it is not in scope. */
export async function lockStream(ctx: Ctx, tx: Tx, streamId: StreamId): Promise<StreamRow> {
  const [row] = await tx
    .select()
    .from(streams)
    .where(and(eq(streams.id, streamId), eq(streams.environmentId, ctx.scope.environmentId), ownCustomer(ctx)))
    .for("update");
  if (!row) throw new AppError("not_found", `no stream ${streamId} here`);
  return row;
}

/** The explicit predicate beside the wall: a customer's context sees its own rows only. */
export const ownCustomer = (ctx: Ctx) => (ctx.scope.customerId ? eq(streams.customerId, ctx.scope.customerId) : sql`true`);

export function refOf(ctx: Ctx, stream: Pick<StreamRow, "id" | "customerId">): StreamRef {
  return { vendorId: ctx.scope.vendorId, environmentId: ctx.scope.environmentId, customerId: stream.customerId, streamId: stream.id };
}

/** Which trigger a poke by this actor is: the words of the run list. */
export const triggerOf = (ctx: Ctx): "customer" | "vendor" => (ctx.actor.type === "customer" ? "customer" : "vendor");

/**
 * What lets a stream go on that its circuit has stopped: with this mapping it is not stopped again. `conflict` for a stream that is paused for any
 * other reason as well.
 */
export function goingOn(row: StreamRow) {
  const lifted = goingOnBesides(row);
  if (lifted.pauseReasons.length > 0)
    throw new AppError("conflict", `this stream is paused (${lifted.pauseReasons.join(", ")}); resume it first`);
  return row.pauseReasons.length === 0 ? {} : lifted;
}

/** {@link goingOn}, where other reasons may stay. */
export function goingOnBesides(row: StreamRow) {
  const pauseReasons = row.pauseReasons.filter((reason) => reason !== "quarantine");
  if (pauseReasons.length === row.pauseReasons.length) return { pauseReasons };
  return { pauseReasons, circuitOffAt: row.mappingVersion, failureCode: null, failureMessage: null, failures: 0 };
}

/** Whose pause this actor sets and lifts. */
export const pauseReasonOf = triggerOf;
