import type { Ctx } from "#server/lib/context";
import { actionOf, checkInput } from "#server/runtime/writes/act";
import { type CallView, placeOf } from "./internal";
import { startCall, WAIT_MS } from "./start-call";

export type RunAction = {
  connectionId: string;
  /** Key of an action in the connector's manifest. */
  action: string;
  input: Record<string, unknown>;
  idempotencyKey?: string | undefined;
  waitMs?: number | undefined;
};

/**
 * Has a third party do something, or asks it something, on a connection. Throws `not_found` for a connection or action there is
 * not, `invalid` by field for input that does not fit, `reauth_required` before anything is sent. What the third party says
 * is in the answer: `refused` and `unknown` are no errors of the call.
 */
export async function runAction(ctx: Ctx, input: RunAction): Promise<CallView> {
  const place = await placeOf(ctx, input.connectionId);
  const action = actionOf(place.manifest, input.action);
  checkInput(action, input.input);
  return startCall(ctx, place, {
    kind: action.kind,
    name: input.action,
    content: { input: input.input },
    key: input.idempotencyKey,
    waitMs: input.waitMs ?? WAIT_MS,
  });
}
