import { LIMITS } from "./limits";

/** What a step returns for a value it cannot take: the reason, in words that name the remedy. */
export class Misfit {
  readonly reason: string;
  /** A required value that is not there, rather than one that does not fit. */
  readonly missing: boolean;
  constructor(reason: string, missing = false) {
    this.reason = reason;
    this.missing = missing;
  }
}

/** A short, safe picture of a value for messages. */
export function describeValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return value.length > 40 ? `the text "${value.slice(0, 40)}…"` : `the text "${value}"`;
  return `the ${typeof value} ${String(value)}`;
}

/** No value: what is absent, null or an empty text in a source. */
export const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

export const tooLong = () => new Misfit(`is longer than ${LIMITS.text} characters; shorten it with "truncate" or choose another field`);
