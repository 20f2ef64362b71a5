import { type AppError, type ErrorCode, isAppError } from "#server/lib/errors";
import { at, textAt } from "../paths";
import { matchPattern } from "../pattern";
import { type IdPath, joinId } from "../record-id";
import type { Reply } from "../send";
import type { Also, NewId, Refused } from "./schema";

/**
 * What became of one record. `refused`: the third party (or our check) said no for good, in `message`. `later`: not done, or safe
 * to do again; `again` must then be said with the next attempt when it is true. `unknown`: it may have been done, and only a person can tell.
 */
export type WriteResult =
  | { outcome: "done"; id: string | null; created: boolean | null; record?: unknown }
  | { outcome: "refused"; code: ErrorCode; message: string; field: string | null }
  | { outcome: "later"; code: ErrorCode; message: string; retryAfterMs: number | null; again: boolean }
  | { outcome: "unknown"; message: string };

const detailOf = (error: AppError, name: string): unknown => error.details?.[name];
const fieldOf = (error: AppError): string | null => {
  const issues = detailOf(error, "issues");
  const named = Array.isArray(issues) ? (issues[0] as { path?: unknown } | undefined)?.path : detailOf(error, "field");
  return typeof named === "string" ? named : null;
};

const refusal = (error: AppError, code: ErrorCode): WriteResult => ({
  outcome: "refused",
  code,
  message: error.message,
  field: fieldOf(error),
});
const postponed = (error: AppError): WriteResult => ({
  outcome: "later",
  code: error.code,
  message: error.message,
  retryAfterMs: error.retryAfterMs ?? null,
  again: false,
});
const doubt = (error: AppError): WriteResult => ({ outcome: "unknown", message: error.message });

/** An answer that could not be read, or is an error by its status or by what it says. */
function byStatus(error: AppError, { guarded, keyed }: Circumstances): WriteResult {
  const status = detailOf(error, "status");
  if (typeof status !== "number") return doubt(error); // it answered something, after we had sent
  if (keyed && status === 409) return doubt(error); // the first attempt may be under way still
  return refusal(error, guarded && (status === 409 || status === 412) ? "conflict" : "record_invalid");
}

/** `guarded`: 409 and 412 say that the record has changed. `keyed`: it is a repeat under a key the third party knows. */
export type Circumstances = { guarded?: boolean; keyed?: boolean };

/**
 * What an error means for what was to be written. Never "not done" when it may have been done: a connection lost after sending, a time-out, a
 * 5xx, an answer that cannot be read are `unknown`. Throws what is no answer at all.
 */
export function resultOfError(error: unknown, circumstances: Circumstances = {}): WriteResult {
  if (!isAppError(error)) throw error;
  switch (error.code) {
    case "record_invalid":
    case "invalid":
      return refusal(error, error.code);
    case "provider_unavailable":
      if (detailOf(error, "unsent") === true) return postponed(error);
      return detailOf(error, "fault") === true ? refusal(error, "record_invalid") : doubt(error);
    case "provider_invalid_response":
      return byStatus(error, circumstances);
    case "provider_rate_limited":
    case "reauth_required":
    case "insufficient_scope":
    case "config_invalid":
      return postponed(error);
    default:
      throw error;
  }
}

const isThere = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);

/** XML does not tell one from a list of one: `errors.0.message` is then `errors.message`. */
const textIn = (json: unknown, path: string | undefined): string | null =>
  path === undefined ? null : (textAt(json, path) ?? textAt(json, path.replace(/(?<=\.)0\./g, "")));

const listText = (value: unknown): string | null => (Array.isArray(value) ? value.map(String).join(".") : null);

/** The refusal in a fine-looking answer, or null. */
export function refusedBy(refused: Refused | undefined, json: unknown, name: string): WriteResult | null {
  if (!refused) return null;
  const found = at(json, refused.path);
  if (refused.equals === undefined ? !isThere(found) : found !== refused.equals) return null;
  const words = textIn(json, refused.message) ?? (typeof found === "string" ? found : null);
  const field = refused.field === undefined ? null : (textIn(json, refused.field) ?? listText(at(json, refused.field)));
  return {
    outcome: "refused",
    code: "record_invalid",
    message: `${name} refused this: ${(words ?? "no reason given").slice(0, 500)}`,
    field,
  };
}

const taken = (text: string, pattern: string | undefined): string | null => {
  if (pattern === undefined) return text;
  const match = matchPattern(pattern, text, { whole: false });
  return match ? (match.first ?? match.whole) : null;
};

/** The last part of an address, which names what it leads to: `…/contacts(12)`, `…/contacts/12`. */
function lastPart(address: string): string | null {
  const path = (URL.canParse(address, "https://x/") ? new URL(address, "https://x/").pathname : address).replace(/\/$/, "");
  const last = path.slice(path.lastIndexOf("/") + 1);
  const inner = /\('?([^()']+)'?\)$/.exec(last)?.[1] ?? last;
  try {
    return decodeURIComponent(inner) || null;
  } catch {
    return inner;
  }
}

/** The id that an answer tells of what was written, or found. */
export function writtenId(json: unknown, where: IdPath): string | null {
  if (typeof where === "string") return textAt(json, where);
  const parts = where.map((path) => textAt(json, path));
  return parts.some((part) => part === null) ? null : joinId(parts as string[]);
}

/** The id in an answer: from its body, or from a header. */
export function idIn(where: NewId | undefined, reply: Pick<Reply, "json" | "headers">): string | null {
  if (where === undefined) return null;
  if (typeof where === "string" || Array.isArray(where)) return writtenId(reply.json, where);
  if ("path" in where) {
    const text = textAt(reply.json, where.path);
    return text === null ? null : taken(text, where.pattern);
  }
  const text = reply.headers[where.header];
  if (text === undefined || text === "") return null;
  return where.pattern === undefined ? lastPart(text) : taken(text, where.pattern);
}

/** The id that an answer meaning "it is done all the same" names, when it does. */
export function idOfAlso(also: readonly Also[], status: number, json: unknown): string | null {
  const one = also.find((each) => each.status === status && each.id !== undefined);
  const text = one?.id === undefined ? null : textAt(json, one.id);
  return text === null ? null : taken(text, one?.pattern);
}

/** The text at a path of a single result in a batch, whatever shape it has there. */
export const wordsAt = (json: unknown, path: string | undefined): string | null => {
  if (path === undefined) return null;
  const found = textIn(json, path) ?? at(json, path);
  if (!isThere(found)) return null;
  return (typeof found === "string" ? found : JSON.stringify(found)).slice(0, 500);
};
