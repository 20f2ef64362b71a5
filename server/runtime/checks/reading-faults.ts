import { didYouMean } from "#server/lib/did-you-mean";
import type { Changes, Manifest, ObjectSpec, RequestSpec } from "../manifest";
import { type LaterPages, laterPages } from "../paging/later-pages";
import { at as valueAt } from "../paths";
import type { Protocol } from "../protocols/schema";
import { type At, connectionFault, type Fault, type Hole, holesOfRequest, holesOfText, type Known } from "./holes-of";
import { noneFaults } from "./none-faults";
import { holdsAny, type Paged, pagingFaults, pagingNames, placeFault, rowFaults } from "./paging-faults";

/** Where a request is made, and what its holes may be besides the connection's. */
type Spot = { known: Known; protocol: Protocol; own: ReadonlySet<string>; samples?: Samples };
/** Records by the names that stand for them in holes: `parent`, `parent_order`. */
type Samples = Record<string, { object: string; sample: unknown }>;

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
  row: "is filled where each row of a list is fetched: in `get`",
  id: "is filled where one record is asked for: in `get`, `one` and writes",
  ids: "is filled in `get`, where `get.batch` is given",
  job: "is filled in the requests of `job` that come after `create`",
  file: "is filled in the requests of `job` that come after `poll`",
};

const TYPES = new Set(["number", "text"]);

/** What is wrong with the filters of a hole, or null. */
function filterFault({ name, filters, whole }: Hole, inBody: boolean): string | null {
  if (filters.length === 0) return null;
  const hole = `"{${name}|${filters.join("|")}}"`;
  if (filters.length > 1 || !TYPES.has(filters[0] ?? ""))
    return `${hole}: only writes and actions change values; here it is sent as it stands`;
  return whole && inBody ? null : `${hole} is a value of its own: only where nothing else stands in a text of a body`;
}

function readingFault(hole: Hole, { known, own, samples = {} }: Spot, inBody: boolean): string | null {
  const { name, root, way } = hole;
  const fault = filterFault(hole, inBody);
  if (fault !== null) return fault;
  if (own.has(name)) return way ? `"{+${name}}" is for what was entered when connecting; write "{${name}}"` : null;
  if (name !== root && own.has(`${root}.`))
    return way ? `"{+${name}}" is for what was entered when connecting; write "{${name}}"` : fieldFault(hole, samples[root]);
  if (known.all.has(name)) return connectionFault(name, known);
  const when = Object.hasOwn(WHEN, root) ? WHEN[root] : root.startsWith("parent_") ? "names no object that this one hangs on" : undefined;
  return when === undefined ? connectionFault(name, known, own) : `"{${name}}" ${when}`;
}

/** Whether the record that a field is taken of has one by that name. */
function fieldFault({ name, root }: Hole, of: { object: string; sample: unknown } | undefined): string | null {
  const path = name.slice(root.length + 1);
  if (!of || valueAt(of.sample, path) !== undefined) return null;
  const meant = didYouMean(path, Object.keys(of.sample as object));
  return `no ${of.object} of the sample has "${path}"${meant === null ? "" : `; did you mean "{${root}.${meant}}"?`}`;
}

/** What is wrong with the holes of a request that reads, and whether what it would send is sent. */
function requestFaults(request: RequestSpec, at: At, spot: Spot): Fault[] {
  const { holes, faults } = holesOfRequest(request, at, spot.protocol);
  for (const hole of holes) {
    const message = readingFault(hole, spot, hole.at[at.length] === "body");
    if (message !== null) faults.push({ path: hole.at, message });
  }
  if (request.body !== undefined && request.method === "GET")
    faults.push({ path: [...at, "body"], message: "is not sent with GET: give the request `method: POST`" });
  return faults;
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
  return above.length === 0 ? [] : ["parent", ...above.map((one) => `parent_${one}`)].flatMap((name) => [name, `${name}.`]);
};

/** A record of each object that one hangs on. */
function samplesAbove(manifest: Manifest, key: string): Samples {
  const above = ancestorsOf(manifest, key);
  const named = [...above.slice(0, 1).map((one) => ["parent", one] as const), ...above.map((one) => [`parent_${one}`, one] as const)];
  return Object.fromEntries(named.map(([name, object]) => [name, { object, sample: manifest.objects[object]?.sample }]));
}

function sinceFaults(changes: Changes, at: At, { request, pagination, protocol }: Paged): Fault[] {
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

/** How a list's pages lead on, and where that is said. */
type Leading = LaterPages & Pick<Paged, "pagingAt" | "onwardAt">;

/** The same of a list beside the records', which says it itself or goes on as they do. */
function leadingOf(own: Parameters<typeof laterPages>[0], at: At, records: Leading): Leading {
  return {
    ...laterPages(own, records),
    pagingAt: own.pagination ? [...at, "pagination"] : records.pagingAt,
    onwardAt: own.onward ? [...at, "onward"] : records.onwardAt,
  };
}

/** A list, with all that it may hold of its own. */
function pagedFaults(paged: Paged, spot: Spot): Fault[] {
  return [
    ...requestFaults(paged.request, paged.requestAt, spot),
    ...(paged.onward ? requestFaults(paged.onward, paged.onwardAt, spot) : []),
    ...pagingFaults(paged),
    ...enteredFaults(paged.pagination, paged.pagingAt, spot.known),
  ];
}

/** One way to ask for pages: the listing, or with `changes` what is new. */
function queryFaults(asked: Asked, leading: Leading, changes?: { value: Changes; at: At }): Fault[] {
  const { manifest, key, spec, at, known, protocol } = asked;
  const request = changes?.value.request ?? spec.list;
  if (!request) return [];
  const requestAt = changes?.value.request ? [...changes.at, "request"] : [...at, "list"];
  const own = new Set([...parentNames(manifest, key), ...pagingNames(leading.pagination).fills]);
  if (changes?.value.token) own.add("token");
  else if (changes) own.add("since");
  if (changes?.value.window) own.add("until");
  const paged: Paged = { ...leading, request, requestAt, protocol };
  const { value = spec, at: rowsAt = at } = changes ?? {};
  const { records, nested } = value;
  return [
    ...rowFaults({ ...leading, records, nested, recordsAt: [...rowsAt, "records"], nestedAt: [...rowsAt, "nested"] }),
    ...pagedFaults(paged, { known, protocol, own, samples: samplesAbove(manifest, key) }),
    ...(changes ? sinceFaults(changes.value, changes.at, paged) : placeFault(spec.select?.place, request, [...at, "select", "place"])),
    ...(changes ? enteredFaults(changes.value.since, [...changes.at, "since"], known) : []),
  ];
}

/** How the records' pages lead on. */
const leadingAt = ({ manifest, spec, at }: Asked): Leading => ({
  pagination: spec.pagination ?? manifest.pagination,
  pagingAt: spec.pagination ? [...at, "pagination"] : ["pagination"],
  onward: spec.onward ?? null,
  onwardAt: [...at, "onward"],
});

/** The listing as it is, and as each answer of the connect form makes it. */
function listingFaults(asked: Asked): Fault[] {
  const { spec, at } = asked;
  const records = leadingAt(asked);
  const changesFaults = (changes: Changes | undefined, changesAt: At) =>
    changes ? queryFaults(asked, leadingOf(changes, changesAt, records), { value: changes, at: changesAt }) : [];
  return [
    ...queryFaults(asked, records),
    ...changesFaults(spec.changes, [...at, "changes"]),
    ...spec.variants.flatMap((variant, n) => {
      const variantAt = [...at, "variants", n];
      const { pagination } = variant;
      const paged = pagination ? queryFaults(asked, { ...records, pagination, pagingAt: [...variantAt, "pagination"] }) : [];
      return [...paged, ...changesFaults(variant.changes, [...variantAt, "changes"])];
    }),
  ];
}

/** The list of deletions, where there is one. */
function feedFaults(asked: Asked): Fault[] {
  const { manifest, key, spec, at, known, protocol } = asked;
  const { deletes } = spec;
  if (deletes?.by !== "feed") return [];
  const feedAt = [...at, "deletes"];
  const leading = leadingOf(deletes, feedAt, leadingAt(asked));
  const paged: Paged = { ...leading, request: deletes.request, requestAt: [...feedAt, "request"], protocol: deletes.protocol ?? protocol };
  const own = new Set(["since", ...parentNames(manifest, key), ...pagingNames(leading.pagination).fills]);
  return [
    ...pagedFaults(paged, { known, protocol: paged.protocol, own, samples: samplesAbove(manifest, key) }),
    ...placeFault(deletes.since, deletes.request, [...feedAt, "since"]),
  ];
}

/** The requests of an object that stand beside its listing. */
function besideFaults({ manifest, key, spec, at, known, protocol }: Asked): Fault[] {
  const parents = parentNames(manifest, key);
  const faults = (request: RequestSpec | undefined, steps: At, ...own: string[]) =>
    request ? requestFaults(request, [...at, ...steps], { known, protocol, own: new Set(own), samples: samplesAbove(manifest, key) }) : [];
  const getFaults = (get: ObjectSpec["get"], steps: At) =>
    faults(get?.request, steps, ...parents, ...(get?.batch ? ["ids"] : ["id", "row."]));
  const { job } = spec;
  return [
    ...getFaults(spec.get, ["get", "request"]),
    ...getFaults(spec.changes?.get, ["changes", "get", "request"]),
    ...faults(spec.changes?.token?.request, ["changes", "token", "request"], ...parents),
    ...faults(spec.count?.request, ["count", "request"]),
    ...faults(spec.describe?.request, ["describe", "request"]),
    ...faults(spec.file?.request, ["file", "request"]),
    ...faults(job?.create, ["job", "create"]),
    ...faults(job?.poll, ["job", "poll"], "job"),
    ...faults(job?.locate?.request, ["job", "locate", "request"], "job", "file"),
    ...faults(job?.download, ["job", "download"], "job", "file"),
    ...(["records", "id", "updatedAt"] as const).flatMap((name) => enteredFaults(spec[name], [...at, name], known)),
  ];
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
  if (spec.parent?.changed && !manifest.objects[each]?.changes)
    return [{ path: [...at, "parent", "changed"], message: `which of them changed is not known: "${each}" has no \`changes\`` }];
  if (!manifest.objects[each]?.list) return [{ path, message: `"${each}" has no \`list\` whose records could be gone through` }];
  const holes = holesOfRequest(list, [], protocol).holes.map(({ root }) => root);
  if (holes.includes("parent") || holes.includes(`parent_${each}`)) return [];
  return [{ path: [...at, "list"], message: `is asked for each ${each} and does not say for which: put "{parent}" into it` }];
}

/** What is wrong with how an object is read: holes that nothing fills, pages that lead nowhere, changes that are not asked for. */
export function readingFaults(manifest: Manifest, known: Known): Fault[] {
  return Object.entries(manifest.objects).flatMap(([key, spec]) => {
    const protocol = spec.protocol ?? manifest.http.protocol;
    const asked: Asked = { manifest, key, spec, at: ["objects", key], known, protocol };
    return [...listingFaults(asked), ...feedFaults(asked), ...besideFaults(asked), ...noneFaults(asked), ...hangingFaults(asked)];
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
