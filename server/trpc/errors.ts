import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { type Audience, detailFor } from "#server/domains/views/problem";
import { ERRORS, type ErrorCode, type Fixer, isAppError, isOutageError, OUTAGE, toAppError } from "#server/lib/errors";
import { isOutage } from "#server/lib/outage";
import { sentence } from "#server/lib/sentence";

type TrpcCode = TRPCError["code"];

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

const Issues = z.array(z.object({ path: z.string(), message: z.string() }));

/** Codes whose particulars are words of ours. In another language than English they are told when they were said in it (`details.said`). */
const OUR_WORDS: ReadonlySet<ErrorCode> = new Set(["invalid", "conflict"]);

/** Messages by dotted path; `""` is the whole of the input. */
function byPath(issues: readonly { path: string; message: string }[]): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { path, message } of issues) fields[path] = [...(fields[path] ?? []), message];
  return fields;
}

/** A verb names the fields it refuses in `details.fields` or `details.issues`. */
function refusedFields(details: Record<string, unknown> | undefined): InlayError["fields"] {
  const issues = Issues.safeParse(details?.["fields"] ?? details?.["issues"]);
  return issues.success ? byPath(issues.data) : null;
}

function factsOf(error: TRPCError): { code: ErrorCode; detail: string | null; retryAfterMs: number | null; fields: InlayError["fields"] } {
  const none = { detail: null, retryAfterMs: null, fields: null };
  const { cause } = error;
  if (isAppError(cause)) {
    return { code: cause.code, detail: cause.message, retryAfterMs: cause.retryAfterMs ?? null, fields: refusedFields(cause.details) };
  }
  if (error.code === "BAD_REQUEST" && cause instanceof z.ZodError) {
    const issues = cause.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    return { ...none, code: "invalid", fields: byPath(issues) };
  }
  return { ...none, code: OWN_CODE[error.code] ?? "platform_error" };
}

/** An error in the reader's language. Nothing of an unknown error gets out but the request id. */
export function describeError(error: TRPCError, audience: Audience, requestId: string): InlayError {
  const facts = factsOf(error);
  const { fixer, next, vendor } = ERRORS[facts.code];
  const isOutageNow = isAppError(error.cause) && isOutageError(error.cause);
  const detail = detailFor(audience, facts.code, facts.detail && sentence(facts.detail));
  if (audience === "vendor") return { ...facts, detail, text: isOutageNow ? OUTAGE.vendor : vendor, fixer, next, requestId };
  const text = audience(isOutageNow ? "error.outage" : `error.${facts.code}`);
  if (audience.language === "en" || !OUR_WORDS.has(facts.code) || wasSaid(error)) return { ...facts, detail, text, fixer, next, requestId };
  const fields = facts.fields && inGeneral(facts.fields, audience("connect.field.wrong"));
  return { ...facts, detail: null, fields, text, fixer, next, requestId };
}

const wasSaid = ({ cause }: TRPCError): boolean => isAppError(cause) && cause.details?.["said"] === true;

/** Which fields were refused, without our English reasons. */
const inGeneral = (fields: Record<string, string[]>, words: string): Record<string, string[]> =>
  Object.fromEntries(Object.keys(fields).map((path) => [path, [words]]));

/** A thrown AppError, or an outage, under tRPC's own code; everything else stays what it was. */
export function toTrpcError(error: TRPCError): TRPCError {
  const { cause } = error;
  if (isOutage(cause) && !isAppError(cause))
    return new TRPCError({ code: "SERVICE_UNAVAILABLE", message: "outage", cause: toAppError(cause) });
  if (!isAppError(cause)) return error;
  return new TRPCError({ code: TRPC_CODE[cause.code], message: cause.code, cause });
}
