import type { Changes, Manifest, ObjectSpec, RequestSpec } from "../manifest";
import type { Pagination, Place } from "../paging/schema";
import type { Protocol } from "../protocols/schema";
import { type At, connectionFault, type Fault, type Hole, holesOfRequest, holesOfText, type Known } from "./holes-of";

/** Where a request is made, and what its holes may be besides the connection's. */
type Spot = { known: Known; protocol: Protocol; own: ReadonlySet<string>; object?: string };

/** Names that reading fills, and when it does. */
const WHEN: Readonly<Record<string, string>> = {
  since: "is filled where changes are asked for: in `changes.request`, or in the request of a list of deletions",
  until: "is filled in `changes.request`, where `changes.window` is given",
  page: "is filled by a `pagination` of type cursor, page or keyset",
  offset: "is filled by a `pagination` of type offset or range",
  from: "is filled by a `pagination` of type offset or range",
  to: "is filled by a `pagination` of type range",
  limit: "is filled where the `pagination` has a `limit`",
  token: "is filled in `changes.request`, where `changes.token` is given",
  parent: "is filled where the object has `each`, naming the object whose records it is asked for",
  id: "is filled where one record is asked for: in `get`, `one` and writes",
  ids: "is filled in `get`, where `get.batch` is given",
  job: "is filled in the requests of `job` that come after `create`",
  file: "is filled in the requests of `job` that come after `poll`",
};

function readingFault({ name, filters, way }: Hole, { known, own }: Spot): string | null {
  if (filters.length > 0) return `"{${name}|${filters.join("|")}}": only writes and actions change values; here it is sent as it stands`;
  if (own.has(name)) return way ? `"{+${name}}" is for what was entered when connecting; write "{${name}}"` : null;
  if (known.all.has(name)) return connectionFault(name, known);
  const when = Object.hasOwn(WHEN, name) ? WHEN[name] : name.startsWith("parent_") ? "names no object that this one hangs on" : undefined;
  return when === undefined ? connectionFault(name, known, own) : `"{${name}}" ${when}`;
}

/** What is wrong with the holes of a request that reads, and whether what it would send is sent. */
function requestFaults(request: RequestSpec, at: At, spot: Spot): Fault[] {
  const { holes, faults } = holesOfRequest(request, at, spot.protocol);
  for (const hole of holes) {
    const message = readingFault(hole, spot);
    if (message !== null) faults.push({ path: hole.at, message });
  }
  if (request.body !== undefined && request.method === "GET")
    faults.push({ path: [...at, "body"], message: "is not sent with GET: give the request `method: POST`" });
  return faults;
}

const holdsAny = (request: RequestSpec, protocol: Protocol, names: readonly string[]): boolean =>
  holesOfRequest(request, [], protocol).holes.some(({ name }) => names.includes(name));

const placeFault = (place: Place | undefined, request: RequestSpec, at: At): Fault[] =>
  place?.in === "body" && request.method === "GET"
    ? [{ path: [...at, "in"], message: "a GET has no body: give the request `method: POST`, or put it into the query" }]
    : [];

/** Names that a way of paging fills, and those of which one must stand somewhere if it has no place. */
function pagingNames({ type, limit }: Pagination): { fills: string[]; needs: string[] } {
  const size = limit || type === "range" ? ["limit"] : [];
  if (type === "offset") return { fills: [...size, "offset", "from"], needs: ["offset", "from"] };
  if (type === "range") return { fills: [...size, "offset", "from", "to"], needs: ["offset", "from"] };
  if (type === "none" || type === "link") return { fills: size, needs: [] };
  return { fills: [...size, "page"], needs: ["page"] };
}

/** Texts of a declaration that the answers of the connect form may fill: `records: "Envelope.Body.{records}"`. */
function enteredFaults(value: unknown, at: At, known: Known): Fault[] {
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, inner]) =>
      enteredFaults(inner, [...at, Array.isArray(value) ? Number(name) : name], known),
    );
  if (typeof value !== "string") return [];
  return holesOfText(value, at).flatMap(({ name }) => {
    const message = name === "value" && at.at(-1) === "template" ? null : connectionFault(name, known);
    return message === null ? [] : [{ path: at, message }];
  });
}

/** Names of the objects that one hangs on, nearest first. */
function ancestorsOf({ objects }: Manifest, key: string): string[] {
  const found: string[] = [];
  for (let each = objects[key]?.each; each !== undefined && !found.includes(each); each = objects[each]?.each) found.push(each);
  return found;
}

const parentNames = (manifest: Manifest, key: string): string[] => {
  const above = ancestorsOf(manifest, key);
  return above.length === 0 ? [] : ["parent", ...above.map((one) => `parent_${one}`)];
};

type Query = { request: RequestSpec; requestAt: At; pagination: Pagination; pagingAt: At; onward: RequestSpec | undefined; onwardAt: At };

/** Whether a listing can lead to its next page at all. */
function pagingFaults({ request, requestAt, pagination, pagingAt, onward, onwardAt }: Query, spot: Spot): Fault[] {
  const { needs } = pagingNames(pagination);
  const place = "place" in pagination ? pagination.place : undefined;
  const faults = [
    ...(onward ? [] : placeFault(place, request, [...pagingAt, "place"])),
    ...placeFault(pagination.limit?.place, request, [...pagingAt, "limit", "place"]),
  ];
  const holder = onward ?? request;
  if (needs.length === 0 || holdsAny(holder, spot.protocol, needs)) return faults;
  if (onward) return [...faults, { path: onwardAt, message: `is asked for every page but the first, and does not hold "{${needs[0]}}"` }];
  if (place) return faults;
  const where = requestAt.join(".");
  const message = `every page would be the first: give it a \`place\`, or put "{${needs[0]}}" into ${where}`;
  return [...faults, { path: pagingAt, message }];
}

function sinceFaults(changes: Changes, at: At, query: Query, { protocol }: Spot): Fault[] {
  const { request, pagination } = query;
  const faults = [
    ...placeFault(changes.since, request, [...at, "since"]),
    ...placeFault(changes.until, request, [...at, "until"]),
    ...placeFault(changes.select?.place, request, [...at, "select", "place"]),
    ...placeFault(changes.token?.place, request, [...at, "token", "place"]),
  ];
  const say = (path: At, message: string) => faults.push({ path, message });
  if (changes.until && !changes.window) say([...at, "until"], "is filled only where `changes.window` is given");
  if (changes.token) {
    if (!changes.token.place && pagination.type !== "link" && !holdsAny(request, protocol, ["token"]))
      say([...at, "token"], 'goes nowhere: give it a `place`, or put "{token}" into `changes.request`');
  } else if (!changes.since && !holdsAny(request, protocol, ["since"]))
    say(at, 'asks for everything each time: give `since` a place, or put "{since}" into `changes.request`');
  return faults;
}

type Asked = { manifest: Manifest; key: string; spec: ObjectSpec; at: At; known: Known; protocol: Protocol };

/** One way to ask for pages: the listing, or with `changes` what is new. */
function queryFaults(asked: Asked, pagination: Pagination, pagingAt: At, changes?: { value: Changes; at: At }): Fault[] {
  const { manifest, key, spec, at, known, protocol } = asked;
  const request = changes?.value.request ?? spec.list;
  if (!request) return [];
  const requestAt = changes?.value.request ? [...changes.at, "request"] : [...at, "list"];
  const own = new Set([...parentNames(manifest, key), ...pagingNames(pagination).fills]);
  if (changes?.value.token) own.add("token");
  else if (changes) own.add("since");
  if (changes?.value.window) own.add("until");
  const spot: Spot = { known, protocol, own };
  const query: Query = { request, requestAt, pagination, pagingAt, onward: spec.onward, onwardAt: [...at, "onward"] };
  return [
    ...requestFaults(request, requestAt, spot),
    ...(spec.onward ? requestFaults(spec.onward, query.onwardAt, spot) : []),
    ...pagingFaults(query, spot),
    ...enteredFaults(pagination, pagingAt, known),
    ...(changes
      ? sinceFaults(changes.value, changes.at, query, spot)
      : placeFault(spec.select?.place, request, [...at, "select", "place"])),
    ...(changes ? enteredFaults(changes.value.since, [...changes.at, "since"], known) : []),
  ];
}

/** The listing as it is, and as each answer of the connect form makes it. */
function listingFaults(asked: Asked): Fault[] {
  const { manifest, spec, at } = asked;
  const ownAt = spec.pagination ? [...at, "pagination"] : ["pagination"];
  const pagination = spec.pagination ?? manifest.pagination;
  const changesFaults = (changes: Changes | undefined, changesAt: At) => {
    if (!changes) return [];
    const [one, oneAt] = changes.pagination ? [changes.pagination, [...changesAt, "pagination"]] : [pagination, ownAt];
    return queryFaults(asked, one, oneAt, { value: changes, at: changesAt });
  };
  return [
    ...queryFaults(asked, pagination, ownAt),
    ...changesFaults(spec.changes, [...at, "changes"]),
    ...spec.variants.flatMap((variant, n) => {
      const variantAt = [...at, "variants", n];
      const paged = variant.pagination ? queryFaults(asked, variant.pagination, [...variantAt, "pagination"]) : [];
      return [...paged, ...changesFaults(variant.changes, [...variantAt, "changes"])];
    }),
  ];
}

/** The requests of an object that stand beside its listing. */
function besideFaults({ manifest, key, spec, at, known, protocol }: Asked): Fault[] {
  const parents = parentNames(manifest, key);
  const faults = (request: RequestSpec | undefined, steps: At, ...own: string[]) =>
    request ? requestFaults(request, [...at, ...steps], { known, protocol, own: new Set(own) }) : [];
  const getFaults = (get: ObjectSpec["get"], steps: At) => faults(get?.request, steps, ...parents, get?.batch ? "ids" : "id");
  const { deletes, job } = spec;
  const found = [
    ...getFaults(spec.get, ["get", "request"]),
    ...getFaults(spec.changes?.get, ["changes", "get", "request"]),
    ...faults(spec.changes?.token?.request, ["changes", "token", "request"], ...parents),
    ...faults(spec.count?.request, ["count", "request"]),
    ...faults(spec.describe?.request, ["describe", "request"]),
    ...faults(job?.create, ["job", "create"]),
    ...faults(job?.poll, ["job", "poll"], "job"),
    ...faults(job?.locate?.request, ["job", "locate", "request"], "job", "file"),
    ...faults(job?.download, ["job", "download"], "job", "file"),
    ...(["records", "id", "updatedAt"] as const).flatMap((name) => enteredFaults(spec[name], [...at, name], known)),
  ];
  if (deletes?.by !== "feed") return found;
  const pagination = deletes.pagination ?? spec.pagination ?? manifest.pagination;
  const feedAt = [...at, "deletes", "request"];
  const request = { ...deletes.request, query: deletes.request.query };
  const own = new Set(["since", ...parents, ...pagingNames(pagination).fills]);
  const feed = requestFaults(request, feedAt, { known, protocol: deletes.protocol ?? protocol, own });
  return [...found, ...feed, ...placeFault(deletes.since, request, [...at, "deletes", "since"])];
}

/** As deep as lists may hang on the records of other lists. */
const MOST_ABOVE = 3;

/** Whether an object hangs on others in a way that ends, and asks of which record it is asked. */
function hangingFaults({ manifest, key, spec, at, protocol }: Asked): Fault[] {
  const { each, list } = spec;
  if (each === undefined || !list || !Object.hasOwn(manifest.objects, each)) return [];
  const above = ancestorsOf(manifest, key);
  const path = [...at, "each"];
  if (above.includes(key))
    return [{ path, message: each === key ? "an object cannot hang on itself" : `hangs on itself by way of ${above.join(", ")}` }];
  if (above.length > MOST_ABOVE)
    return [{ path, message: `hangs on ${above.length} lists; at most ${MOST_ABOVE} may be above one another` }];
  if (!manifest.objects[each]?.list) return [{ path, message: `"${each}" has no \`list\` whose records could be gone through` }];
  if (holdsAny(list, protocol, ["parent", `parent_${each}`])) return [];
  return [{ path: [...at, "list"], message: `is asked for each ${each} and does not say for which: put "{parent}" into it` }];
}

/** What is wrong with how an object is read: holes that nothing fills, pages that lead nowhere, changes that are not asked for. */
export function readingFaults(manifest: Manifest, known: Known): Fault[] {
  return Object.entries(manifest.objects).flatMap(([key, spec]) => {
    const protocol = spec.protocol ?? manifest.http.protocol;
    const asked: Asked = { manifest, key, spec, at: ["objects", key], known, protocol };
    return [...listingFaults(asked), ...besideFaults(asked), ...hangingFaults(asked)];
  });
}

/** What is wrong with the requests that belong to no object. */
export function accountFaults({ identify, check, http }: Manifest, known: Known): Fault[] {
  const spot: Spot = { known, protocol: http.protocol, own: new Set() };
  return [
    ...(identify.request ? requestFaults(identify.request, ["identify", "request"], spot) : []),
    ...(check ? requestFaults(check, ["check"], spot) : []),
    ...enteredFaults(identify.account, ["identify", "account"], known),
    ...(identify.request ? [] : enteredFaults(identify.label, ["identify", "label"], known)),
    ...enteredFaults(http.headers, ["http", "headers"], known),
  ];
}
