import type { Pagination } from "./manifest";
import { at } from "./paths";
import type { Reply } from "./send";

// RFC 8288: `<address>; rel="next"`, among others, in one header.
const LINK_NEXT = /<([^>]*)>[^,]*;\s*rel="?[^",]*\bnext\b/i;

type Of<T extends Pagination["type"]> = Extract<Pagination, { type: T }>;

function nextToken({ next }: Of<"cursor">, reply: Reply): string | null {
  const token = at(reply.json, next);
  return typeof token === "string" || typeof token === "number" ? String(token) || null : null;
}

function nextNumber({ first, last, more }: Of<"page">, page: string | null, reply: Reply, count: number): string | null {
  const now = Number(page ?? first);
  if (count === 0 || (more !== undefined && at(reply.json, more) === false)) return null;
  const pages = last === undefined ? undefined : at(reply.json, last);
  return typeof pages === "number" && now >= pages ? null : String(now + 1);
}

function nextAddress({ next }: Of<"link">, reply: Reply): string | null {
  const given = next === undefined ? LINK_NEXT.exec(reply.headers["link"] ?? "")?.[1] : at(reply.json, next);
  return typeof given === "string" && given !== "" ? new URL(given, reply.url).href : null;
}

/**
 * Token, number or address of the page after `page`; null at the end. Only the source's own sign ends a pass: a short page
 * in the middle is a page like others.
 */
export function nextPage(pagination: Pagination, page: string | null, reply: Reply, count: number): string | null {
  switch (pagination.type) {
    case "cursor":
      return nextToken(pagination, reply);
    case "page":
      return nextNumber(pagination, page, reply, count);
    case "link":
      return nextAddress(pagination, reply);
  }
}
