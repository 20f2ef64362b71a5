import type { RequestSpec } from "../manifest";
import type { LaterPages } from "../paging/later-pages";
import type { Nested } from "../paging/records-schema";
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

/** Lists whose rows are counted, and the records in them. */
type Rows = { records: string | undefined; nested: Nested | undefined; pagination: Pagination; recordsAt: At; nestedAt: At; pagingAt: At };

/** Whether pages are counted by what the source counts. */
export function rowFaults({ records, nested, pagination, recordsAt, nestedAt, pagingAt }: Rows): Fault[] {
  const faults: Fault[] = [];
  const [, outer, inner] = /^(.+?)\.\*\.(.*?)(?:\.\*)?$/.exec(records ?? "") ?? [];
  if (records !== undefined && records.split(".").filter((step) => step === "*").length > 1)
    faults.push({
      path: recordsAt,
      message: `pages are counted by the outer list: write "records: ${outer}" and "nested: { list: ${inner} }"`,
    });
  if (!nested) return faults;
  if (nested.list.includes("*") && !nested.leavesOutEmpty)
    faults.push({
      path: [...nestedAt, "list"],
      message: "a `*` leads to nothing where there is nothing: say `leavesOutEmpty: true` as well",
    });
  if (pagination.type === "keyset" && pagination.key === undefined)
    faults.push({
      path: pagingAt,
      message: "the last row's key leads on: name it in `key`, for the id is that of a record in a row",
    });
  return faults;
}
