import { getTRPCErrorFromUnknown, tracked } from "@trpc/server";
import { watchConnection } from "#server/domains/views/watch-connection";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId } from "#server/lib/ids";
import { toTrpcError } from "./errors";

type WatchInput = { connectionId: ConnectionId; lastEventId?: string | null | undefined };

/** A connection as an event stream: the newest view now, then one per change. The event id lets a client go on without a repeat. */
export async function* watch(ctx: Ctx, input: WatchInput, signal: AbortSignal | undefined) {
  try {
    for await (const { version, view } of watchConnection(ctx, input, signal)) yield tracked(version, view);
  } catch (error) {
    // Thrown while streaming, past the middleware that translates: a refusal must not look like an outage and be retried.
    throw toTrpcError(getTRPCErrorFromUnknown(error));
  }
}
