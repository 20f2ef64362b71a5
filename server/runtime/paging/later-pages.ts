import type { RequestSpec } from "./request-schema";
import type { Pagination } from "./schema";

/** How the pages of a list lead on, and the call for all but the first where that is another one. */
export type LaterPages = { pagination: Pagination; onward: RequestSpec | null };

/**
 * The same of a list beside the records': of changes, of deletions. It is as that list says itself, or as theirs. Their next call goes
 * with their tokens only, for a token says itself what it goes on with; a number or a key would lead into the records.
 */
export function laterPages(
  own: { pagination?: Pagination | undefined; onward?: RequestSpec | undefined },
  records: LaterPages,
): LaterPages {
  const pagination = own.pagination ?? records.pagination;
  const shares = own.pagination === undefined && pagination.type === "cursor";
  return { pagination, onward: own.onward ?? (shares ? records.onward : null) };
}
