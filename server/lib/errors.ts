import { isOutage, OUTAGE_RETRY_MS } from "./outage";

/** Who can do something about an error. Screens say it; alerts route by it. */
export type Fixer = "customer" | "vendor" | "provider" | "inlay";

type ErrorFacts = {
  /** For the customer: what happened and what to do, no developer's words. */
  customer: string;
  /** For the vendor's team. */
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
    customer: "This account no longer allows access. Reconnect to continue; nothing was lost.",
    vendor: "The third party refused the stored credential for good. The customer has to reconnect.",
    fixer: "customer",
    next: "Reconnect",
    retry: "after_fix",
  },
  insufficient_scope: {
    customer: "The connected account does not allow everything this integration needs. Reconnect with an account that does.",
    vendor: "The granted permissions do not cover the scopes this integration asks for.",
    fixer: "customer",
    next: "Reconnect",
    retry: "after_fix",
  },
  account_mismatch: {
    customer: "That is a different account from the one connected before. Choose which one to use.",
    vendor: "The customer reconnected with another account at the third party.",
    fixer: "customer",
    next: "Choose an account",
    retry: "after_fix",
  },
  provider_rate_limited: {
    customer: "The other system asked us to slow down. We continue by ourselves; nothing is lost.",
    vendor: "The third party's rate limit was reached. Work resumes when it allows.",
    fixer: "provider",
    next: "Wait",
    retry: "backoff",
  },
  provider_unavailable: {
    customer: "The other system is not answering right now. We keep trying; nothing is lost.",
    vendor: "The third party could not be reached or answered with a server error.",
    fixer: "provider",
    next: "Wait",
    retry: "backoff",
  },
  provider_invalid_response: {
    customer: "The other system sent an answer we could not read. We keep trying and have noted it.",
    vendor: "The third party's answer did not have the shape its connector describes.",
    fixer: "vendor",
    next: "Look at the run",
    retry: "backoff",
  },
  provider_cursor_loop: {
    customer: "The other system keeps sending the same page. Nothing was lost; the people who run this service can see it.",
    vendor: "The page cursor did not advance; the run was stopped before it could loop for ever.",
    fixer: "vendor",
    next: "Look at the run",
    retry: "after_fix",
  },
  record_invalid: {
    customer: "Some records could not be read. The others were synced.",
    vendor: "Records failed validation and wait in quarantine.",
    fixer: "customer",
    next: "See the records",
    retry: "after_fix",
  },
  mapping_failed: {
    customer: "Some values did not fit. The other records were synced.",
    vendor: "The mapping failed for these records; they wait in quarantine.",
    fixer: "vendor",
    next: "Check the mapping",
    retry: "after_fix",
  },
  config_invalid: {
    customer: "This integration is not set up completely yet. Its provider has been told what is missing.",
    vendor: "The integration's configuration is incomplete or wrong.",
    fixer: "vendor",
    next: "Open the integration",
    retry: "after_fix",
  },
  delete_guard_tripped: {
    customer: "Many records disappeared at once, so nothing was deleted yet. Check and confirm.",
    vendor: "The delete guard held an unusually large number of deletions for approval.",
    fixer: "customer",
    next: "Review the deletions",
    retry: "after_fix",
  },
  destination_unavailable: {
    customer: "The receiving system is not answering. We keep trying; nothing is lost.",
    vendor: "Your webhook endpoint could not be reached or refused the delivery.",
    fixer: "vendor",
    next: "Look at the deliveries",
    retry: "backoff",
  },
  quota_exceeded: {
    customer: "Too many requests at once. Try again in a moment.",
    vendor: "A limit of this service was reached.",
    fixer: "vendor",
    next: "Try again later",
    retry: "backoff",
  },
  not_found: {
    customer: "This does not exist, or is not yours to see.",
    vendor: "No such object in this environment.",
    fixer: "vendor",
    next: "Check the id",
    retry: "never",
  },
  forbidden: {
    customer: "You are not allowed to do this.",
    vendor: "This key or role may not do this.",
    fixer: "vendor",
    next: "Ask an owner",
    retry: "never",
  },
  unauthenticated: {
    customer: "Your session has ended. Reload the page to go on.",
    vendor: "The credential is missing, wrong, expired or revoked.",
    fixer: "vendor",
    next: "Sign in again",
    retry: "after_fix",
  },
  conflict: {
    customer: "This was changed in the meantime. Reload and try again.",
    vendor: "The object is not in the state this needs.",
    fixer: "vendor",
    next: "Reload",
    retry: "after_fix",
  },
  invalid: {
    customer: "Something in this form is not right. Check the marked fields.",
    vendor: "The request is not valid.",
    fixer: "vendor",
    next: "Correct the request",
    retry: "never",
  },
  platform_error: {
    customer: "We could not finish this. It has been reported; please try again.",
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

/** What each reader is told of an outage of ours, instead of the words of `platform_error`: it passes by itself. */
export const OUTAGE = {
  customer: "The service does not answer right now. Nothing was lost; try again in a moment.",
  vendor: "The database does not answer right now. Nothing was lost; try again in a moment.",
} as const;

/** Whether {@link toAppError} found an outage behind this error. */
export const isOutageError = (error: AppError): boolean => error.code === "platform_error" && error.details?.["outage"] === true;
