import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { ERRORS, type ErrorCode, type Fixer, isAppError } from "#server/lib/errors";

type TrpcCode = TRPCError["code"];

/** Who reads the words: the vendor's team in the dashboard, or a customer inside the vendor's product. */
export type Audience = "vendor" | "customer";

/** This door's language for every code of ours; a missing one does not compile. */
const TRPC_CODE = {
  reauth_required: "PRECONDITION_FAILED",
  insufficient_scope: "PRECONDITION_FAILED",
  account_mismatch: "CONFLICT",
  provider_rate_limited: "TOO_MANY_REQUESTS",
  provider_unavailable: "BAD_GATEWAY",
  provider_invalid_response: "BAD_GATEWAY",
  provider_cursor_loop: "BAD_GATEWAY",
  record_invalid: "UNPROCESSABLE_CONTENT",
  mapping_failed: "UNPROCESSABLE_CONTENT",
  config_invalid: "PRECONDITION_FAILED",
  delete_guard_tripped: "PRECONDITION_FAILED",
  destination_unavailable: "BAD_GATEWAY",
  quota_exceeded: "TOO_MANY_REQUESTS",
  not_found: "NOT_FOUND",
  forbidden: "FORBIDDEN",
  unauthenticated: "UNAUTHORIZED",
  conflict: "CONFLICT",
  invalid: "BAD_REQUEST",
  platform_error: "INTERNAL_SERVER_ERROR",
} as const satisfies Record<ErrorCode, TrpcCode>;

/** Codes tRPC throws by itself, before any verb of ours ran. What is not here is `platform_error`. */
const OWN_CODE: Partial<Record<TrpcCode, ErrorCode>> = {
  NOT_FOUND: "not_found",
  BAD_REQUEST: "invalid",
  PARSE_ERROR: "invalid",
  METHOD_NOT_SUPPORTED: "invalid",
  UNSUPPORTED_MEDIA_TYPE: "invalid",
  PAYLOAD_TOO_LARGE: "invalid",
};

/** Detail a customer may read: the other system's own words, or what is wrong with their own input. */
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

/** What a screen is given of an error, as `error.data.inlay`. */
export type InlayError = {
  code: ErrorCode;
  /** In the reader's words. */
  text: string;
  /** The particulars, or null when there are none for this reader. */
  detail: string | null;
  fixer: Fixer;
  next: string;
  requestId: string;
  retryAfterMs: number | null;
  /** Messages by field of the input, for `invalid`. */
  fields: Record<string, string[]> | null;
};

const isFields = (value: unknown): value is Record<string, string[]> =>
  typeof value === "object" && value !== null && Object.values(value).every((list) => Array.isArray(list));

/** Messages by dotted path of the input; `""` is the whole of it. */
function fieldsOf(error: z.ZodError): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const path = issue.path.join(".");
    fields[path] = [...(fields[path] ?? []), issue.message];
  }
  return fields;
}

function factsOf(error: TRPCError): { code: ErrorCode; detail: string | null; retryAfterMs: number | null; fields: InlayError["fields"] } {
  const none = { detail: null, retryAfterMs: null, fields: null };
  const { cause } = error;
  if (isAppError(cause)) {
    const fields = cause.details?.["fields"];
    const detail = cause.code === "platform_error" ? null : cause.message;
    return { code: cause.code, detail, retryAfterMs: cause.retryAfterMs ?? null, fields: isFields(fields) ? fields : null };
  }
  if (error.code === "BAD_REQUEST" && cause instanceof z.ZodError) return { ...none, code: "invalid", fields: fieldsOf(cause) };
  return { ...none, code: OWN_CODE[error.code] ?? "platform_error" };
}

/** An error in the reader's language. Nothing of an unknown error gets out but the request id. */
export function describeError(error: TRPCError, audience: Audience, requestId: string): InlayError {
  const facts = factsOf(error);
  const { customer, vendor, fixer, next } = ERRORS[facts.code];
  const detail = audience === "vendor" || CUSTOMER_DETAIL.has(facts.code) ? facts.detail : null;
  return { ...facts, detail, text: audience === "vendor" ? vendor : customer, fixer, next, requestId };
}

/** A thrown AppError under tRPC's own code; everything else stays what it was. */
export function toTrpcError(error: TRPCError): TRPCError {
  const { cause } = error;
  if (!isAppError(cause)) return error;
  return new TRPCError({ code: TRPC_CODE[cause.code], message: cause.code, cause });
}

/** tRPC's code of one of ours. */
export function trpcCode(code: ErrorCode): TrpcCode {
  return TRPC_CODE[code];
}

export function mayCustomerSeeDetail(code: ErrorCode): boolean {
  return CUSTOMER_DETAIL.has(code);
}
