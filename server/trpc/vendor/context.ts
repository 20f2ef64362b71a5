import { vendorCtx } from "#server/auth/member";
import { type Incoming, requestIdOf } from "#server/auth/request";
import type { Deps } from "#server/lib/context";
import type { DoorContext, MemberCtx } from "../init";

/** The vendor door's context: the member by session cookie, looked up at most once a request. */
export function createVendorContext(deps: Deps, incoming: Incoming, responseHeaders = new Headers()): DoorContext<MemberCtx> {
  const requestId = requestIdOf(incoming);
  let known: Promise<MemberCtx> | undefined;
  return {
    requestId,
    responseHeaders,
    authenticate() {
      known ??= vendorCtx(deps, incoming, requestId);
      return known;
    },
  };
}
