import type { ApiCtx } from "#server/auth/api-key";
import { claimCall } from "#server/domains/api-calls/claim-call";
import { settleCall } from "#server/domains/api-calls/settle-call";
import { AppError } from "#server/lib/errors";
import type { Reply, RestCall } from "./call";
import { problemReply } from "./problem";

export type Answered = { status: number; body: string };

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The call's `Idempotency-Key`, or null without one. */
export function idempotencyKeyOf(request: Pick<RestCall, "headers">): string | null {
  const key = request.headers.get("idempotency-key");
  if (key !== null && !KEY.test(key))
    throw new AppError("invalid", "An Idempotency-Key is 1 to 255 visible characters, such as a UUID. Make a new one for each change.");
  return key;
}

const REUSED =
  "This Idempotency-Key was used for another call within the last 24 hours. Send a new key with a new call; the same key only with the same one.";

/**
 * Does `work` once for a key: the same call again gets the first one's answer, marked `idempotency-replayed`. A call that was
 * refused or failed has changed nothing, so its key is free again. A different call under the key is refused with 422.
 */
export async function once(
  ctx: ApiCtx,
  call: { key: string; request: string },
  respond: (answered: Answered, headers?: Record<string, string>) => Reply,
  work: () => Promise<Answered>,
): Promise<Reply> {
  const claim = await claimCall(ctx, call);
  if (claim.state === "done") return respond(claim, { "idempotency-replayed": "true" });
  if (claim.state === "other") return problemReply(new AppError("invalid", REUSED), ctx.requestId, { status: 422 });
  const { keyHash } = claim;
  let answered: Answered;
  try {
    answered = await work();
  } catch (error) {
    await settleCall(ctx, { keyHash, answer: null }).catch((cause: unknown) => {
      ctx.log.warn({ err: cause, requestId: ctx.requestId }, "an Idempotency-Key could not be given back; it is free again in a minute");
    });
    throw error;
  }
  await settleCall(ctx, { keyHash, answer: answered });
  return respond(answered);
}
