import type { Ctx } from "#server/lib/context";
import { ERRORS, type ErrorCode, isErrorCode } from "#server/lib/errors";
import type { Problem } from "#server/trpc/views";
import { sayTo } from "#server/words/reader";
import type { Say } from "#server/words/say";

/** Who reads the words: the vendor's team in the dashboard, or a customer, who is spoken to in their language. */
export type Audience = "vendor" | Say;

export const audienceOf = (ctx: Pick<Ctx, "actor" | "reader">): Audience => (ctx.actor.type === "customer" ? sayTo(ctx) : "vendor");

/** Particulars a customer may read: the other system's own words, or what is wrong with their own input. */
const CUSTOMER_DETAIL: ReadonlySet<ErrorCode> = new Set([
  "reauth_required",
  "insufficient_scope",
  "account_mismatch",
  "provider_rate_limited",
  "provider_unavailable",
  "provider_invalid_response",
  "conflict",
  "invalid",
]);

/** `detail` if this reader may have it. What went wrong inside of us is for the log only. */
export function detailFor(audience: Audience, code: ErrorCode, detail: string | null): string | null {
  if (code === "platform_error") return null;
  return audience === "vendor" || CUSTOMER_DETAIL.has(code) ? detail : null;
}

const STOPPED =
  "Nearly all records were held back, so the stream was stopped. It goes on once the mapping, its model or the connector changes, or by Sync now.";

/** What a stream says that was stopped because a run held nearly everything back, and why. */
export function stoppedOf(audience: Audience, stored: string, detail: string | null): Problem {
  const problem = problemOf(audience, stored, detail);
  const words = problem.fixer === "customer" ? "head.stopped_customer" : "head.stopped_vendor";
  return { ...problem, text: audience === "vendor" ? STOPPED : audience(words) };
}

/** A stored failure as a person reads it. A code that is not on our list any more reads as `platform_error`. */
export function problemOf(audience: Audience, stored: string, detail: string | null): Problem {
  const code = isErrorCode(stored) ? stored : "platform_error";
  const { vendor, fixer, next } = ERRORS[code];
  return { code, text: audience === "vendor" ? vendor : audience(`error.${code}`), detail: detailFor(audience, code, detail), fixer, next };
}
