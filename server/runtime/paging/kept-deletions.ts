import { type Cursor, parseCursor } from "../cursor";
import type { SourcePage } from "../source";

/** So many characters of ids a cursor keeps at most; it is written with each page. */
const MOST_KEPT = 8_000;

/** As many of them, in order, as a cursor may keep, and the others. */
function fitting(ids: readonly string[]): { kept: string[]; over: string[] } {
  let room = MOST_KEPT;
  const fits = ids.findIndex((id) => {
    room -= id.length + 3;
    return room < 0;
  });
  return fits === -1 ? { kept: [...ids], over: [] } : { kept: ids.slice(0, fits), over: ids.slice(fits) };
}

/**
 * A page of a source that lists deletions, read from `stands`: what that list tells is kept in the cursor until the changes of the same time are
 * read, and told with the last of their pages, without the records that they show. A lookback tells deletions of a while ago again; a
 * record that was made anew since would be deleted and created once more. What a cursor has no room for is told at once. Pure.
 */
export function keepDeletions(page: SourcePage, stands: Cursor): SourcePage {
  const before = stands.gone ?? [];
  const { gone: _gone, ...cursor } = parseCursor(page.cursor);
  if (stands.mode === "deletes") {
    const { kept, over } = fitting([...new Set([...before, ...page.deleted])]);
    return { ...page, deleted: over, cursor: JSON.stringify({ ...cursor, ...(kept.length > 0 ? { gone: kept } : {}) }) };
  }
  if (before.length === 0) return page;
  const shown = new Set([...page.records.map((one) => one.id), ...page.faults.map((one) => one.externalId)]);
  const gone = before.filter((id) => !shown.has(id));
  if (page.done) return { ...page, deleted: [...new Set([...page.deleted, ...gone])], cursor: JSON.stringify(cursor) };
  return { ...page, cursor: JSON.stringify({ ...cursor, ...(gone.length > 0 ? { gone } : {}) }) };
}
