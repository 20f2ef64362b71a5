import { isOutage, OUTAGE_RETRY_MS } from "./outage";

/** Who can do something about an error. Screens say it; alerts route by it. */
export type Fixer = "customer" | "vendor" | "provider" | "inlay";

type ErrorFacts = {
  /** For the vendor's team. What a customer reads stands in `server/words`, by the code. */
  vendor: string;
  fixer: Fixer;
  /** What to do next, as the label of a button or a short imperative. */
  next: string;
  /** Whether trying the same thing again can help. */
  retry: "never" | "backoff" | "after_fix";
};

/** The closed list of errors (design.md §4.6). Each door maps every code to its own language; a missing one does not compile. */
export const ERRORS = {
  reauth_required: {
    vendor: "The third party refused the stored credential for good. The customer has to reconnect.",
    fixer: "customer",
    next: "Reconnect",
    retry: "after_fix",
  },
  insufficient_scope: {
    vendor: "The granted permissions do not cover the scopes this integration asks for.",
    fixer: "customer",
    next: "Reconnect",
    retry: "after_fix",
  },
  account_mismatch: {
    vendor: "The customer reconnected with another account at the third party.",
    fixer: "customer",
    next: "Choose an account",
    retry: "after_fix",
  },
  provider_rate_limited: {
    vendor: "The third party's rate limit was reached. Work resumes when it allows.",
    fixer: "provider",
    next: "Wait",
    retry: "backoff",
  },
  provider_unavailable: {
    vendor: "The third party could not be reached or answered with a server error.",
    fixer: "provider",
    next: "Wait",
    retry: "backoff",
  },
  provider_invalid_response: {
    vendor: "The third party's answer did not have the shape its connector describes.",
    fixer: "vendor",
    next: "Look at the run",
    retry: "backoff",
  },
  provider_cursor_loop: {
    vendor: "The page cursor did not advance; the run was stopped before it could loop for ever.",
    fixer: "vendor",
    next: "Look at the run",
    retry: "after_fix",
  },
  record_invalid: {
    vendor: "Records failed validation and wait in quarantine.",
    fixer: "customer",
    next: "See the records",
    retry: "after_fix",
  },
  mapping_failed: {
    vendor: "The mapping failed for these records; they wait in quarantine.",
    fixer: "vendor",
    next: "Check the mapping",
    retry: "after_fix",
  },
  config_invalid: {
    vendor: "The integration's configuration is incomplete or wrong.",
    fixer: "vendor",
    next: "Open the integration",
    retry: "after_fix",
  },
  delete_guard_tripped: {
    vendor: "The delete guard held an unusually large number of deletions for approval.",
    fixer: "customer",
    next: "Review the deletions",
    retry: "after_fix",
  },
  destination_unavailable: {
    vendor: "Your webhook endpoint could not be reached or refused the delivery.",
    fixer: "vendor",
    next: "Look at the deliveries",
    retry: "backoff",
  },
  quota_exceeded: {
    vendor: "A limit of this service was reached.",
    fixer: "vendor",
    next: "Try again later",
    retry: "backoff",
  },
  not_found: {
    vendor: "No such object in this environment.",
    fixer: "vendor",
    next: "Check the id",
    retry: "never",
  },
  forbidden: {
    vendor: "This key or role may not do this.",
    fixer: "vendor",
    next: "Ask an owner",
    retry: "never",
  },
  unauthenticated: {
    vendor: "The credential is missing, wrong, expired or revoked.",
    fixer: "vendor",
    next: "Sign in again",
    retry: "after_fix",
  },
  conflict: {
    vendor: "The object is not in the state this needs.",
    fixer: "vendor",
    next: "Reload",
    retry: "after_fix",
  },
  invalid: {
    vendor: "The request is not valid.",
    fixer: "vendor",
    next: "Correct the request",
    retry: "never",
  },
  platform_error: {
    vendor: "An unexpected error on our side. Quote the request id when you write to us.",
    fixer: "inlay",
    next: "Try again",
    retry: "backoff",
  },
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof ERRORS;

export type AppErrorOptions = {
  /** When the same call may be tried again, in ms from now (rate limits, maintenance). */
  retryAfterMs?: number;
  /** Structured facts for the door: invalid fields, ids. Never secrets. */
  details?: Record<string, unknown>;
  cause?: unknown;
};

const BRAND = Symbol.for("inlay.AppError");

/**
 * The one error of the product. `message` is for the vendor's engineer: it names the thing and the remedy, never a
 * secret. Recognised by a brand, not by class, because the web process holds two bundles of this file.
 */
export class AppError extends Error {
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string = ERRORS[code].vendor, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }
}

export function isAppError(error: unknown): error is AppError {
  return typeof error === "object" && error !== null && BRAND in error;
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERRORS, value);
}

/** Any thrown value as an AppError; what is unknown becomes `platform_error` with the original as cause. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (!isOutage(error)) return new AppError("platform_error", undefined, { cause: error });
  return new AppError("platform_error", OUTAGE.vendor, { cause: error, retryAfterMs: OUTAGE_RETRY_MS, details: { outage: true } });
}

/** What the vendor is told of an outage of ours, instead of the words of `platform_error`: it passes by itself. */
export const OUTAGE = {
  vendor: "The database does not answer right now. Nothing was lost; try again in a moment.",
} as const;

/** Whether {@link toAppError} found an outage behind this error. */
export const isOutageError = (error: AppError): boolean => error.code === "platform_error" && error.details?.["outage"] === true;
