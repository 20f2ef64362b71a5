import { authenticateEmbedSession } from "#server/auth/embed-session";
import { type Incoming, requestIdOf } from "#server/auth/request";
import type { CustomerCtx, Deps } from "#server/lib/context";
import type { DoorContext } from "../init";

/** The embed door's context: the customer by bearer token, looked up at most once a request. No cookie is read. */
export function createEmbedContext(deps: Deps, incoming: Incoming, responseHeaders = new Headers()): DoorContext<CustomerCtx> {
  const requestId = requestIdOf(incoming);
  let known: Promise<CustomerCtx> | undefined;
  return {
    requestId,
    responseHeaders,
    authenticate() {
      known ??= authenticateEmbedSession(deps, incoming, requestId);
      return known;
    },
  };
}
