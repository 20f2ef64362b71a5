import { AppError, type ErrorCode } from "#server/lib/errors";
import type { Manifest } from "./manifest";
import { at, textAt } from "./paths";
import { matchPattern } from "./pattern";
import { parseExactJson } from "./protocols/exact-json";
import type { ErrorRule, WaitReader } from "./protocols/schema";

const MAX_WAIT_MS = 24 * 3_600_000;
/** Where a source that wants a person to sign in sends its caller. */
const LOGIN = /(?:^|[/._-])(?:log[-_]?in|log[-_]?on|sign[-_]?in|sso|saml2?|oauth2?|authorize|sessions?\/new|auth)(?:$|[/._?-])/i;

const within = (ms: number): number | null => (Number.isFinite(ms) ? Math.min(MAX_WAIT_MS, Math.max(0, ms)) : null);

/** `Retry-After` in ms from `nowMs`: seconds or an HTTP date. Null when absent or nonsense. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  return within(/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : /[a-z]/i.test(text) ? Date.parse(text) - nowMs : Number.NaN);
}

/** `rows`: a file, which says nothing of itself. */
export type Answer = { status: number; headers: Record<string, string>; json: unknown; rows?: boolean };

const UNITS_MS = { seconds: 1_000, ms: 1, minutes: 60_000 } as const;

function headerJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

type Said = Pick<Answer, "headers" | "json">;

/** What a header, a place in a header's JSON or a place in the body says: several texts where the path leads to several places. */
function textsBy({ header, path }: Pick<WaitReader, "header" | "path">, { headers, json }: Said): string[] {
  const value = header === undefined ? json : path === undefined ? headers[header] : headerJson(headers[header]);
  const found = path === undefined ? value : at(value, path);
  const all: unknown[] = Array.isArray(found) ? found.flat(4) : [found];
  return all.flatMap((one) => (typeof one === "number" || (typeof one === "string" && one.trim() !== "") ? [String(one)] : []));
}

function waitBy(reader: WaitReader, answer: Said, nowMs: number): number | null {
  const { pattern } = reader;
  const waits = textsBy(reader, answer).flatMap((text) => {
    const match = pattern === undefined ? null : matchPattern(pattern, text, { whole: false });
    const found = pattern === undefined ? text : (match?.first ?? match?.whole);
    return found === undefined ? [] : [waitIn(reader, found, nowMs) ?? []].flat();
  });
  return waits.length > 0 ? Math.max(...waits) : null;
}

function waitIn({ unit }: WaitReader, found: string, nowMs: number): number | null {
  if (unit === "date") return within(Date.parse(String(found)) - nowMs);
  if (unit === "epoch_s") return within(Number(found) * 1_000 - nowMs);
  return within(unit === "epoch_ms" ? Number(found) - nowMs : Number(found) * UNITS_MS[unit]);
}

function waitForBudget(budget: Manifest["http"]["rateLimit"]["budget"], json: unknown): number | null {
  if (!budget) return null;
  const [left, perSecond, needed] = [budget.left, budget.perSecond, budget.needed].map((path) => Number(at(json, path) ?? Number.NaN));
  if (left === undefined || perSecond === undefined || needed === undefined || !(perSecond > 0)) return null;
  return within(Math.ceil(((needed - left) / perSecond) * 1_000));
}

/** How long the source asks to wait, in ms: the longest of what it says. Null when it says nothing that can be read. */
export function waitOf(answer: Answer, manifest: Manifest, nowMs: number): number | null {
  const { retryAfter, readers, budget } = manifest.http.rateLimit;
  const said = [
    retryAfterMs(answer.headers[retryAfter], nowMs),
    ...readers.map((reader) => waitBy(reader, answer, nowMs)),
    waitForBudget(budget, answer.json),
  ].filter((one) => one !== null);
  return said.length > 0 ? Math.max(...said) : null;
}

/** How much a text says is left; NaN when it says nothing. */
function leftIn({ pattern, usedOf }: Manifest["http"]["rateLimit"]["remaining"][number], text: string): number {
  const match = pattern === undefined ? null : matchPattern(pattern, text, { whole: false });
  const { used, of } = match?.groups ?? {};
  if (used !== undefined && of !== undefined) return Number(of) - Number(used);
  const number = Number(pattern === undefined ? text : (match?.first ?? match?.whole ?? Number.NaN));
  return usedOf === undefined ? number : usedOf - number;
}

/**
 * Whether an answer that says yes tells that little is left, and for how long that is so. `everyone`: nothing is left, so that
 * the next request would be refused. Null: there is enough, or it cannot be read.
 */
export function lackOf(answer: Said, manifest: Manifest, nowMs: number): { waitMs: number; everyone: boolean } | null {
  const { remaining, budget, defaultWaitMs } = manifest.http.rateLimit;
  const short = waitForBudget(budget, answer.json);
  const lacks = short === null || short === 0 ? [] : [{ waitMs: short, everyone: true }];
  for (const reader of remaining) {
    const left = Math.min(
      ...textsBy(reader, answer)
        .map((text) => leftIn(reader, text))
        .filter((one) => !Number.isNaN(one)),
    );
    if (!(left <= reader.reserve)) continue;
    const waitMs = (reader.reset && waitBy(reader.reset, answer, nowMs)) ?? defaultWaitMs;
    if (waitMs > 0) lacks.push({ waitMs, everyone: left <= 0 });
  }
  if (lacks.length === 0) return null;
  return { waitMs: Math.max(...lacks.map((one) => one.waitMs)), everyone: lacks.some((one) => one.everyone) };
}

const quote = (text: string | null) => (text === null ? "" : `: ${text.replace(/\s+/g, " ").slice(0, 300)}`);

function applies(rule: ErrorRule, { status, headers, json }: Answer): boolean {
  if (rule.statuses ? !rule.statuses.includes(status) : status < 200 || status >= 300) return false;
  if (rule.path === undefined && rule.header === undefined) return true;
  const found = rule.path === undefined ? headers[rule.header ?? ""] : at(json, rule.path);
  return means(rule, found);
}

/** Whether what stands there is what the rule speaks of. */
function means(rule: ErrorRule, found: unknown): boolean {
  const there = found !== undefined && found !== null && found !== "" && !(Array.isArray(found) && found.length === 0);
  // A header is text whatever it counts.
  const typed = (one: string | number | boolean) => (rule.header === undefined ? one : String(one));
  if (rule.equals !== undefined) return found === typed(rule.equals);
  if (rule.not !== undefined) return found !== typed(rule.not);
  if (rule.matches !== undefined)
    return (
      there && matchPattern(rule.matches, typeof found === "object" ? JSON.stringify(found) : String(found), { whole: false }) !== null
    );
  return there === (rule.present ?? true);
}

function codeOf(answer: Answer, manifest: Manifest): ErrorCode | null {
  const { status, headers, json, rows = false } = answer;
  const { errors, success, rateLimit } = manifest.http;
  const said = (one: ErrorRule) => !rows || one.path === undefined || at(json, one.path) !== undefined;
  const rule = errors.length > 0 ? errors.find((one) => said(one) && applies(one, answer)) : undefined;
  if (rule) return rule.code;
  if (rateLimit.statuses.includes(status)) return "provider_rate_limited";
  if (status === 401) return "reauth_required";
  if (status === 403) return "insufficient_scope";
  if (status >= 500 || status === 408) return "provider_unavailable";
  if (status >= 300 && status < 400 && LOGIN.test(headers["location"] ?? "")) return "reauth_required";
  if (status < 200 || status >= 300) return "provider_invalid_response";
  const fine = !success || rows || [success.equals].flat().some((one) => at(json, success.path) === one);
  return fine ? null : "provider_invalid_response";
}

/**
 * What an answer means: null when it is fine, else the AppError to throw. An error hidden in a 200 is found by the
 * manifest's predicates and by the protocol's own signs (`hidden`), so that "no records" is never concluded from an error.
 */
export function faultOf(answer: Answer, manifest: Manifest, nowMs: number, hidden: string | null = null): AppError | null {
  const code = codeOf(answer, manifest) ?? (hidden === null ? null : "provider_invalid_response");
  if (code === null) return null;
  const text = quote(textAt(answer.json, manifest.http.errorMessage) ?? hidden);
  const wait = waitOf(answer, manifest, nowMs);
  const message = `${manifest.name} answered ${answer.status}${text}`;
  const { defaultWaitMs } = manifest.http.rateLimit;
  // What a writer wants to know: an answer came, it was the protocol's own "no", it means this field.
  const field = manifest.http.errorField === undefined ? null : textAt(answer.json, manifest.http.errorField);
  const details = { status: answer.status, ...(hidden === null ? {} : { fault: true }), ...(field === null ? {} : { field }) };
  if (code === "provider_rate_limited") return new AppError(code, message, { retryAfterMs: wait || defaultWaitMs, details });
  if (code === "provider_unavailable" && wait !== null) return new AppError(code, message, { retryAfterMs: wait, details });
  return new AppError(code, message, { details });
}

/**
 * The answer's JSON. A page, a cut answer, or a bare word that is not even called JSON is `provider_invalid_response`, never "nothing".
 * An object or a list is taken whatever it is called: systems send JSON as text and as pages.
 */
export function parseJson(name: string, body: Buffer, contentType: string | undefined): unknown {
  const called = contentType === undefined || /[/+]json\b/i.test(contentType);
  if (!called && !/^[\uFEFF\s]*[[{]/.test(body.subarray(0, 200).toString("utf8"))) {
    throw new AppError(
      "provider_invalid_response",
      `${name} answered with ${contentType.split(";")[0]?.slice(0, 60)} where JSON was expected.`,
    );
  }
  try {
    return parseExactJson(body.toString("utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new AppError("provider_invalid_response", `${name} sent JSON that does not parse (${body.length} bytes).`, { cause });
  }
}
