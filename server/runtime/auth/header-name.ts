/** Set by the egress alone. */
const HEADERS_OF_OURS = new Set(["host", "connection", "upgrade", "transfer-encoding", "content-length", "keep-alive", "te", "expect"]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A name that the customer enters: `{header_name}`. */
const NAMED = /^\{([a-z][a-z0-9_]*)\}$/;

/** The one hole that a name is, or null. */
export const holeOf = (name: string): string | null => NAMED.exec(name)?.[1] ?? null;

/** Why no header of ours may be called so, or null. */
export function headerNameFault(name: string): string | null {
  if (!HEADER_NAME.test(name)) return "is no header name";
  return HEADERS_OF_OURS.has(name.toLowerCase()) ? "is a header we set ourselves" : null;
}
