import type { Manifest } from "#server/runtime/manifest";
import { matchOf, sampleText } from "./sample-text";
import { look, plant, uproot } from "./tree";

type Pagination = Manifest["pagination"];
type Reading = Extract<Pagination, { type: "cursor" }>["next"];
/** What one request asks for: the rows there are for it, and the place it stands at. */
export type Asked = {
  rows: readonly unknown[];
  /** As the request named it; null on the first page of styles that name none. */
  position: string | null;
  /** The address asked, by the third party's own host. */
  url: URL;
  /** The key of a row, for sources that are read by it. */
  keyOf: (row: unknown) => string;
  /** A recorded token or address, for the look of ours. */
  recorded: unknown;
  /** Notes where a token or an address leads. */
  issue: (token: string, offset: number) => void;
  /** Where a token or an address led; null for one we never gave. */
  issued: (token: string) => number | null;
  fresh: () => string;
  /** Whatever is asked, the first page comes, with the way on it had. */
  stuck: boolean;
};
export type Page = { rows: unknown[]; last: boolean; refused?: string };
type Answer = { tree: unknown; headers: Record<string, string> };

/** Fewer than anybody asks for, as a source may give. */
export const PAGE_ROWS = 3;

/** A number the request names, counted from the style's first. */
const counted = (position: string | null, first: number): number | null => (/^\d+$/.test(position ?? "") ? Number(position) - first : null);

const isFirst = (position: string | null, begin?: string): boolean => position === null || position === "" || position === begin;

function offsetOf(pagination: Pagination, { position, rows, keyOf, issued }: Asked): number | null {
  switch (pagination.type) {
    case "none":
      return 0;
    case "cursor":
      return isFirst(position, pagination.begin) ? 0 : issued(position ?? "");
    case "link":
      return isFirst(position) ? 0 : issued(position ?? "");
    case "page": {
      const page = counted(position, pagination.first);
      return page === null ? null : page * PAGE_ROWS;
    }
    case "offset":
    case "range":
      return counted(position, pagination.first);
    case "keyset": {
      const at = rows.findLastIndex((row) => keyOf(row) === position);
      if (at >= 0) return at + 1;
      return isFirst(position, pagination.begin) ? 0 : null;
    }
  }
}

/** Where a page ends: rows of one key come together, since whoever goes on by it would pass over the others. */
function endOf(pagination: Pagination, { rows, keyOf }: Asked, offset: number): number {
  if (pagination.type === "none") return rows.length;
  let end = Math.min(offset + PAGE_ROWS, rows.length);
  if (pagination.type === "keyset" && pagination.key !== undefined)
    while (end > offset && end < rows.length && keyOf(rows[end]) === keyOf(rows[end - 1])) end++;
  return end;
}

/** The rows of the page that is asked for, and whether it is the last. */
export function pageOf(pagination: Pagination, asked: Asked): Page & { offset: number } {
  const found = asked.stuck && pagination.type !== "none" ? 0 : offsetOf(pagination, asked);
  if (found === null || found < 0) return { rows: [], last: true, offset: 0, refused: `no page at "${asked.position}"` };
  const repeats = pagination.stop.repeated && found >= asked.rows.length && found > 0;
  const offset = repeats ? Math.max(0, asked.rows.length - (asked.rows.length % PAGE_ROWS || PAGE_ROWS)) : found;
  const rows = asked.rows.slice(offset, endOf(pagination, asked, offset));
  return { rows, last: !asked.stuck && offset + rows.length >= asked.rows.length, offset };
}

function set(answer: Answer, where: Reading, value: unknown): void {
  if (typeof where === "string") answer.tree = plant(answer.tree, where, value);
  else if (value !== null) answer.headers[where.header] = String(value);
}

function clear(answer: Answer, where: Reading): void {
  if (typeof where !== "string") return;
  const now = look(answer.tree, where);
  // As it was recorded on a last page: absent, null or empty; else taken away.
  if (now !== null && now !== "" && now !== undefined) uproot(answer.tree, where);
}

/** Our token in the look of a longer text it stands in. */
function wrapped(pattern: string, token: string, recorded: unknown): string {
  const found = typeof recorded === "string" ? matchOf(pattern, recorded) : null;
  if (found?.first !== undefined && typeof recorded === "string") return recorded.replace(found.first, token);
  const made = sampleText(pattern);
  const inner = made === null ? undefined : matchOf(pattern, made)?.first;
  return made === null ? token : inner ? made.replace(inner, token) : made + token;
}

/** A mark in the look it is shown in, and as it will come back: of several parts where it is JSON, unless it was recorded as a text. */
export function markShown(json: boolean, mark: string, recorded: unknown = undefined): { shown: unknown; key: string } {
  if (!json || typeof recorded === "string") return { shown: mark, key: mark };
  const shown = [mark, 7];
  return { shown, key: JSON.stringify(shown) };
}

/** The next address: the recorded one with another last value, or the one that was asked with a mark. */
function nextAddress(asked: Asked, against: Of<"link">["against"], token: string): { shown: string; key: string } {
  const recorded = typeof asked.recorded === "string" && asked.recorded !== "" ? asked.recorded : null;
  const url = recorded === null ? new URL(asked.url) : new URL(recorded, asked.url);
  if (recorded !== null) url.host = asked.url.host;
  const [last] = [...url.searchParams.keys()].slice(-1);
  if (recorded === null) url.searchParams.set("page", token);
  else if (last !== undefined) url.searchParams.set(last, token);
  else url.pathname = `${url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1)}${token}`;
  const relative = recorded?.startsWith("/") && against === "request";
  return { shown: relative ? url.pathname + url.search : url.href, key: `${url.pathname}${url.search}` };
}

function setStop(answer: Answer, pagination: Pagination, { last, total }: { last: boolean; total: number }): void {
  const { stop } = pagination;
  const pages = Math.max(1, Math.ceil(total / PAGE_ROWS));
  if (stop.more !== undefined) set(answer, stop.more, !last);
  if (stop.done !== undefined) set(answer, stop.done, last);
  if (stop.total !== undefined) set(answer, stop.total, total);
  if (stop.pages !== undefined) set(answer, stop.pages, pages);
  if (pagination.type !== "page") return;
  if (pagination.last !== undefined) set(answer, pagination.last, pages);
  if (pagination.more !== undefined) set(answer, pagination.more, !last);
}

type Shown = { rows: unknown[]; last: boolean; offset: number };
type Of<T extends Pagination["type"]> = Extract<Pagination, { type: T }>;

function signCursor(pagination: Of<"cursor">, asked: Asked, page: Shown, answer: Answer): void {
  if (page.last) {
    if (pagination.none === undefined) clear(answer, pagination.next);
    else set(answer, pagination.next, pagination.none);
    return;
  }
  const token = asked.stuck ? "stuck" : asked.fresh();
  const { shown, key } = markShown(pagination.json, token, asked.recorded);
  asked.issue(key, page.offset + page.rows.length);
  set(answer, pagination.next, pagination.pattern === undefined ? shown : wrapped(pagination.pattern, token, asked.recorded));
}

function signLink(pagination: Of<"link">, asked: Asked, page: Shown, answer: Answer): void {
  if (page.last) {
    if (pagination.next !== undefined) clear(answer, pagination.next);
    return;
  }
  const { shown, key } = nextAddress(asked, pagination.against, asked.stuck ? "stuck" : asked.fresh());
  asked.issue(key, page.offset + page.rows.length);
  if (pagination.next !== undefined) set(answer, pagination.next, shown);
  else answer.headers["link"] = `<${shown}>; rel="next", <${asked.url.href}>; rel="first"`;
}

/** Says in the answer how it goes on, in every way that is declared. */
export function signPage(pagination: Pagination, asked: Asked, page: Shown, answer: Answer): void {
  setStop(answer, pagination, { last: page.last, total: asked.stuck ? 10_000 : asked.rows.length });
  if (pagination.type === "cursor") signCursor(pagination, asked, page, answer);
  if (pagination.type === "link") signLink(pagination, asked, page, answer);
}
