import { AppError, ERRORS, type ErrorCode, isOutageError, toAppError } from "#server/lib/errors";
import { sentence } from "#server/lib/sentence";
import { type Reply, toResponse } from "./call";

/** This door's language for every code of ours; a missing one does not compile. */
export const HTTP_STATUS = {
  reauth_required: 409,
  insufficient_scope: 409,
  account_mismatch: 409,
  provider_rate_limited: 503,
  provider_unavailable: 503,
  provider_invalid_response: 502,
  provider_cursor_loop: 502,
  record_invalid: 422,
  mapping_failed: 422,
  config_invalid: 409,
  delete_guard_tripped: 409,
  destination_unavailable: 502,
  quota_exceeded: 429,
  not_found: 404,
  forbidden: 403,
  unauthenticated: 401,
  conflict: 409,
  invalid: 400,
  platform_error: 500,
} as const satisfies Record<ErrorCode, number>;

/** Next steps that read otherwise for a program than for a person in the dashboard. */
const NEXT: Partial<Record<ErrorCode, string>> = { unauthenticated: "Send a valid secret key" };

/** RFC 9457. `code` is stable; `detail` is for a person and may change. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  next: string;
  requestId: string;
  issues?: { path: string; message: string }[];
  /** Newest position of the change feed, when the caller asked behind it. */
  latest?: number;
};

/** The answer of an address at which there is nothing. */
export function noSuchPath(pathname: string, requestId: string): Reply {
  const error = new AppError("not_found", `There is no ${pathname} here. All operations are listed at /v1/docs.`);
  return problemReply(error, requestId, { title: "No such path.", next: "Check the address" });
}

function issuesOf(details: Record<string, unknown> | undefined): Problem["issues"] {
  const issues = details?.["issues"];
  return Array.isArray(issues) ? (issues as { path: string; message: string }[]) : undefined;
}

/** Any thrown value as an answer; an outage of ours is 503, so that clients try again. Nothing of an unknown error gets out but the request id. `words` override the tables'. */
export function problemReply(thrown: unknown, requestId: string, words: { status?: number; title?: string; next?: string } = {}): Reply {
  const error = toAppError(thrown);
  const outage = isOutageError(error);
  const problem: Problem = {
    type: `/v1/docs#${error.code}`,
    title: words.title ?? (outage ? "A part of this service is away for a moment." : ERRORS[error.code].vendor),
    status: words.status ?? (outage ? 503 : HTTP_STATUS[error.code]),
    code: error.code,
    detail: sentence(error.message),
    next: words.next ?? NEXT[error.code] ?? ERRORS[error.code].next,
    requestId,
  };
  const issues = issuesOf(error.details);
  if (issues) problem.issues = issues;
  const latest = error.details?.["latest"];
  if (typeof latest === "number") problem.latest = latest;
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-request-id": requestId,
  };
  if (problem.status === 401) headers["www-authenticate"] = 'Bearer realm="inlay"';
  if (error.retryAfterMs !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
  return { status: problem.status, headers, body: JSON.stringify(problem) };
}

/** {@link problemReply} for a route of Next's. */
export const problemResponse = (thrown: unknown, requestId: string): Response => toResponse(problemReply(thrown, requestId));
