import { AppError, type ErrorCode } from "#server/lib/errors";
import type { Manifest } from "./manifest";
import { at, textAt } from "./paths";

const MAX_WAIT_MS = 24 * 3_600_000;

/** `Retry-After` in ms from `nowMs`: seconds or an HTTP date. Null when absent or nonsense. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : /[a-z]/i.test(text) ? Date.parse(text) - nowMs : Number.NaN;
  return Number.isFinite(ms) ? Math.min(MAX_WAIT_MS, Math.max(0, ms)) : null;
}

export type Answer = { status: number; headers: Record<string, string>; json: unknown };

const quote = (text: string | null) => (text === null ? "" : `: ${text.replace(/\s+/g, " ").slice(0, 300)}`);

function codeOf(status: number, manifest: Manifest, json: unknown): ErrorCode | null {
  if (manifest.http.rateLimit.statuses.includes(status)) return "provider_rate_limited";
  if (status === 401) return "reauth_required";
  if (status === 403) return "insufficient_scope";
  if (status >= 500 || status === 408) return "provider_unavailable";
  if (status < 200 || status >= 300) return "provider_invalid_response";
  return manifest.http.errors.find((rule) => at(json, rule.path) === rule.equals)?.code ?? null;
}

/**
 * What an answer means: null when it is fine, else the AppError to throw. An error hidden in a 200 is found by the
 * manifest's predicates, so that "no records" is never concluded from an error.
 */
export function faultOf(answer: Answer, manifest: Manifest, nowMs: number): AppError | null {
  const code = codeOf(answer.status, manifest, answer.json);
  if (code === null) return null;
  const text = quote(textAt(answer.json, manifest.http.errorMessage));
  const wait = retryAfterMs(answer.headers[manifest.http.rateLimit.retryAfter], nowMs);
  const message = `${manifest.name} answered ${answer.status}${text}`;
  if (code === "provider_rate_limited") return new AppError(code, message, { retryAfterMs: wait || manifest.http.rateLimit.defaultWaitMs });
  if (code === "provider_unavailable" && wait !== null) return new AppError(code, message, { retryAfterMs: wait });
  return new AppError(code, message);
}

/** The answer's JSON. An HTML page, a cut answer or another content type is `provider_invalid_response`, never "nothing". */
export function parseJson(name: string, body: Buffer, contentType: string | undefined): unknown {
  if (contentType !== undefined && !/[/+]json\b/i.test(contentType)) {
    throw new AppError(
      "provider_invalid_response",
      `${name} answered with ${contentType.split(";")[0]?.slice(0, 60)} where JSON was expected.`,
    );
  }
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new AppError("provider_invalid_response", `${name} sent JSON that does not parse (${body.length} bytes).`, { cause });
  }
}
