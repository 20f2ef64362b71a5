import type { RequestSpec } from "../manifest";
import type { LaterPages } from "../paging/later-pages";
import type { Pagination, Place } from "../paging/schema";
import type { Protocol } from "../protocols/schema";
import { type At, type Fault, holesOfRequest } from "./holes-of";

export const holdsAny = (request: RequestSpec, protocol: Protocol, names: readonly string[]): boolean =>
  holesOfRequest(request, [], protocol).holes.some(({ name }) => names.includes(name));

export const placeFault = (place: Place | undefined, request: RequestSpec, at: At): Fault[] =>
  place?.in === "body" && request.method === "GET"
    ? [{ path: [...at, "in"], message: "a GET has no body: give the request `method: POST`, or put it into the query" }]
    : [];

/** Names that a way of paging fills, and those of which one must stand somewhere if it has no place. */
export function pagingNames({ type, limit }: Pagination): { fills: string[]; needs: string[] } {
  const size = limit || type === "range" ? ["limit"] : [];
  if (type === "offset") return { fills: [...size, "offset", "from"], needs: ["offset", "from"] };
  if (type === "range") return { fills: [...size, "offset", "from", "to"], needs: ["offset", "from"] };
  if (type === "none" || type === "link") return { fills: size, needs: [] };
  return { fills: [...size, "page"], needs: ["page"] };
}

/** A list that is read page by page, and where what it says of that stands. */
export type Paged = LaterPages & { request: RequestSpec; requestAt: At; pagingAt: At; onwardAt: At; protocol: Protocol };

const NEVER_ASKED: Partial<Record<Pagination["type"], string>> = {
  link: "is never asked: pages by `link` lead on by an address of their own",
  none: "is never asked: everything comes at once, by `pagination`",
};

/** Whether a list can lead to its next page at all. */
export function pagingFaults({ request, requestAt, pagination, pagingAt, onward, onwardAt, protocol }: Paged): Fault[] {
  const never = onward ? NEVER_ASKED[pagination.type] : undefined;
  if (never !== undefined) return [{ path: onwardAt, message: never }];
  const { needs } = pagingNames(pagination);
  const place = "place" in pagination ? pagination.place : undefined;
  const faults = [
    ...(onward ? [] : placeFault(place, request, [...pagingAt, "place"])),
    ...placeFault(pagination.limit?.place, request, [...pagingAt, "limit", "place"]),
  ];
  const holder = onward ?? request;
  if (needs.length === 0 || holdsAny(holder, protocol, needs)) return faults;
  if (onward) return [...faults, { path: onwardAt, message: `is asked for every page but the first, and does not hold "{${needs[0]}}"` }];
  if (place) return faults;
  const where = requestAt.join(".");
  const message = `every page would be the first: give it a \`place\`, or put "{${needs[0]}}" into ${where}`;
  return [...faults, { path: pagingAt, message }];
}
