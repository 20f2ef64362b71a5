import { ancestorsOf, holeOf, ownersTold, rowsBelow, strangerIn, textOf } from "./below";
import { endAnswer, noneAnswer } from "./ends";
import { listTree } from "./faults";
import { fileRoles, jobRoles } from "./jobs";
import { bad, changedRows, faultOf, type Listing, OWN, type Pagination, POSITION, type Stage, spotsOf } from "./listing";
import { momentIn } from "./moments";
import { type Asked, markShown, PAGE_ROWS, pageOf, signPage } from "./pager";
import type { Call, Role, Said } from "./role";
import { idAt, withId } from "./row-id";
import { recordAnswer } from "./single";
import type { Told } from "./template";
import { pageIn, tellToken, tokenIn, tokenRoles } from "./tokens";
import { copy, look, plant, type Tree, uproot } from "./tree";
import type { Protocol } from "./wire";
import { alive, type Kind, keyOf, type Row, rowAround } from "./world";

type Paged = { stage: Stage; kind: Kind; listing: Listing; role: string; records: string; base: { first: unknown; last: unknown } };

/** What is asked for, in the words of the pager. */
function askedOf({ stage, kind, listing, role }: Paged, rows: readonly unknown[], position: string | null, call: Call): Asked {
  const { pagination } = listing;
  const key = pagination.type === "keyset" ? (pagination.key ?? kind.idPath) : kind.idPath;
  return {
    rows,
    position,
    url: call.url,
    keyOf: (row) => textOf(look(row, key)),
    recorded: "next" in pagination && typeof pagination.next === "string" ? look(kind.pages.first, pagination.next) : undefined,
    issue: (token, offset) => stage.issued.set(token, { rows, offset, role }),
    issued: (token) => stage.issued.get(token)?.offset ?? null,
    fresh: stage.fresh,
    stuck: stage.stuck(),
  };
}

function setTotal({ total }: Kind["spec"], answer: { tree: unknown; headers: Record<string, string> }, rows: number): void {
  if (typeof total === "string") answer.tree = plant(answer.tree, total, rows);
  else if (total) answer.headers[total.header] = String(rows);
}

/** Rows as a list, or as an object that holds each under its key. */
function keyed({ spec: { keyedBy } }: Kind, rows: readonly unknown[]): unknown {
  if (keyedBy === undefined) return rows;
  return Object.fromEntries(
    (rows as Tree[]).map((row) => {
      const { [keyedBy]: key, ...rest } = row;
      return [String(key), rest];
    }),
  );
}

/** One page of rows in the shape that was recorded, with its way on. */
function pageAnswer(paged: Paged, rows: readonly unknown[], position: string | null, call: Call): Said {
  const { kind, listing, records, base } = paged;
  const asked = askedOf(paged, rows, position, call);
  const page = pageOf(listing.pagination, asked);
  if (page.refused !== undefined) return bad(paged.stage, page.refused);
  const none = page.rows.length === 0 ? noneAnswer(paged) : null;
  if (none) return none;
  const end = page.rows.length === 0 && position !== null ? endAnswer(listing.pagination) : null;
  if (end) return end;
  const answer = { tree: copy(page.last ? base.last : base.first), headers: {} };
  if (page.rows.length === 0 && kind.spec.leavesOutEmpty) uproot(answer.tree, records);
  else answer.tree = plant(answer.tree, records, keyed(kind, page.rows));
  setTotal(kind.spec, answer, rows.length);
  signPage(listing.pagination, asked, page, answer);
  if (page.last) tellToken(answer, { stage: paged.stage, kind, listing, call, show: (row) => shown(paged, row, call) });
  return answer;
}

/** A made-up answer with a list in it, for lists that were not recorded. */
const madeUp = (stage: Stage, protocol: Protocol, records: string) => {
  const tree = plant(listTree(stage.manifest, protocol, records), records, []);
  return { first: tree, last: tree };
};

/** The address that a record is had at alone, of its own for each. */
function placeOf(stage: Stage, kind: Kind, row: Row, record: string, { url }: Call): string {
  const path = `/stand-in/records/${kind.key}/${encodeURIComponent(keyOf(kind, row))}`;
  stage.places.set(url.host + path, { role: `${kind.key}.get`, answer: () => recordAnswer(stage, kind, row, record) });
  return path;
}

/** A row as itself: lists of ids, and events that show a record as it was, are no place to read it from. */
function listed({ stage, kind, listing: { changes } }: Paged, row: Row, call: Call): unknown {
  const fetched = changes ? (kind.spec.changes?.get ?? kind.spec.get) : kind.spec.get;
  if (!fetched) return copy(row.record);
  const named = fetched.id === undefined ? withId(kind, row) : plant({}, fetched.id, look(row.record, kind.idPath));
  return fetched.address === undefined ? named : plant(named, fetched.address, placeOf(stage, kind, row, fetched.record, call));
}

/** Where rows are gone on from by a key of several parts, each has one of its own. */
function giveKey({ kind, listing: { pagination } }: Paged, row: Row): void {
  if (pagination.type === "keyset" && pagination.json && pagination.key !== undefined && pagination.key !== kind.idPath)
    plant(row.record, pagination.key, markShown(true, row.id).shown);
}

/** Who is gone on from by the time of change comes in its order. */
const inKeyOrder = ({ spec }: Kind, pagination: Pagination, rows: readonly Row[]): readonly Row[] =>
  pagination.type === "keyset" && pagination.key !== undefined && pagination.key === spec.updatedAt
    ? rows.toSorted((a, b) => a.updatedMs - b.updatedMs)
    : rows;

/** How a row is shown in a list. */
function shown(paged: Paged, row: Row, call: Call): unknown {
  const { kind, listing } = paged;
  const { changes, pagination } = listing;
  if (kind.spec.table) return row.deletedMs === null ? copy(row.record) : [];
  giveKey(paged, row);
  const record = listed(paged, row, call);
  const key = pagination.type === "keyset" ? (pagination.key ?? "id") : "id";
  const event = changes?.record === undefined ? record : (plant({}, changes.record, record) as Tree);
  const elsewhere = changes?.records !== undefined || changes?.record !== undefined;
  const nested = changes?.nested ?? (elsewhere ? null : kind.spec.nested);
  const whole = rowAround(nested, event);
  if (nested && pagination.type === "keyset" && look(whole, key) === undefined) return plant(whole, key, row.id);
  return changes?.record === undefined ? whole : plant(whole, key, `evt_${row.id}_${row.updatedMs}`);
}

/** What a request names for its first page: a token that stands for the beginning. */
function beginningOf({ pagination }: Listing, { query, body }: Role["request"]): string | null {
  const place = pagination.type === "cursor" ? pagination.place : undefined;
  const found = place?.in === "body" ? look(body, place.name) : place?.in === "query" ? query?.[place.name] : undefined;
  return typeof found === "string" ? found : null;
}

/** What a list, or a question for what is new, is answered with, page by page. */
function rowsFor(paged: Paged, told: Told, at: string | null, call: Call): readonly unknown[] {
  const { stage, kind, listing } = paged;
  const { changes } = listing;
  const led = changes?.token && tokenIn(told) === null ? stage.issued.get(at ?? "") : undefined;
  if (led) return led.rows;
  const rows = rowsBelow(kind, ownersTold(stage, kind, told));
  const found = changes ? changedRows(rows, changes, told) : rows;
  return inKeyOrder(kind, listing.pagination, found).map((row) => shown(paged, row, call));
}

function listRole(
  stage: Stage,
  kind: Kind,
  name: "list" | "changes",
  listing: Listing,
  request: Role["request"],
  protocol: Protocol,
): Role {
  const { spec, key } = kind;
  const records = (name === "changes" ? spec.changes?.records : undefined) ?? spec.records;
  const recorded =
    records === spec.records && listing.changes?.record === undefined && request.path.split("?")[0] === spec.list?.path.split("?")[0];
  const base = recorded ? kind.pages : madeUp(stage, protocol, records);
  const paged = { stage, kind, listing, role: `${key}.${name}`, records, base };
  const beginning = beginningOf(listing, request);
  const timed = listing.changes?.since !== undefined || /\{(?:since|until)[|}]/.test(JSON.stringify(request));
  return {
    name: `${key}.${name}`,
    request,
    protocol,
    spots: spotsOf(listing),
    own: new Set([...OWN, ...ancestorsOf(stage, kind).map(({ key: one }) => `parent_${one}`)]),
    // Where nothing but the moment tells them apart, what names none is the listing.
    ...(timed ? { mine: (told: Told) => told.has("since") || told.has("until") } : {}),
    answer: (told, call) => {
      const fault = faultOf(listing, told) ?? strangerIn(stage, kind, told);
      if (fault !== null) return bad(stage, fault);
      const named = holeOf(told, POSITION[listing.pagination.type] ?? "page");
      const at = listing.changes?.token ? pageIn(told, named) : named;
      const seen = rowsFor(paged, told, at, call);
      const cap = name === "changes" ? spec.changes?.windowCap : undefined;
      if (cap !== undefined && (stage.issued.get(at ?? "")?.offset ?? 0) + PAGE_ROWS > cap)
        return bad(stage, `nothing is given beyond row ${cap}`);
      return pageAnswer(paged, seen, at === beginning ? null : at, call);
    },
  };
}

/** Later pages that are another call: what it names tells whose they are. */
function onwardRole(stage: Stage, kind: Kind, listing: Listing, request: Role["request"], protocol: Protocol): Role {
  return {
    name: `${kind.key}.onward`,
    request,
    protocol,
    spots: [],
    own: OWN,
    answer: (told, call) => {
      const led = stage.issued.get(String(told.get("page")));
      if (!led) return bad(stage, `no page at "${told.get("page")}"`);
      const feed = led.role.endsWith(".deletes");
      const owner = stage.world.kinds[led.role.split(".", 1)[0] ?? ""] ?? kind;
      const records =
        feed && owner.spec.deletes?.by === "feed" ? owner.spec.deletes.records : (listing.changes?.records ?? owner.spec.records);
      const paged = { stage, kind: owner, listing, role: led.role, records, base: feed ? madeUp(stage, protocol, records) : owner.pages };
      return { ...pageAnswer(paged, led.rows, String(told.get("page")), call), role: led.role };
    },
  };
}

/** Rows of a list of deletions, among others where it tells of those too. */
function deletionRows(kind: Kind, feed: Extract<NonNullable<Kind["spec"]["deletes"]>, { by: "feed" }>, since: number): unknown[] {
  const row = (one: Row) => (feed.id === kind.idPath ? withId(kind, one) : idAt(feed.id, kind, one)) as Tree;
  const gone = kind.rows.filter((one) => one.deletedMs !== null && one.deletedMs >= since).map(row);
  if (!feed.where) return gone;
  const { path, equals } = feed.where;
  const other = alive(kind).slice(0, 1).map(row);
  return [...other.map((one) => plant(one, path, `not-${equals}`)), ...gone.map((one) => plant(one, path, equals))];
}

function deletesRole(stage: Stage, kind: Kind, protocol: Protocol, pagination: Pagination): Role[] {
  const feed = kind.spec.deletes;
  if (feed?.by !== "feed") return [];
  const changes = { ...feed, inclusive: true, until: undefined, window: undefined, order: "unknown" as const, record: undefined };
  const listing: Listing = { pagination: feed.pagination ?? pagination, select: undefined, changes };
  const paged = {
    stage,
    kind: { ...kind, idPath: [feed.id].flat().at(-1) ?? kind.idPath },
    listing,
    role: `${kind.key}.deletes`,
    records: feed.records,
    base: madeUp(stage, feed.protocol ?? protocol, feed.records),
  };
  const answer = (told: Told, call: Call): Said => {
    const fault = faultOf(listing, told);
    if (fault !== null) return bad(stage, fault);
    const since = told.has("since") ? (momentIn(String(told.get("since")), feed.format, feed.zone) ?? 0) : Number.NEGATIVE_INFINITY;
    return pageAnswer(paged, deletionRows(kind, feed, since), holeOf(told, POSITION[listing.pagination.type] ?? "page"), call);
  };
  const spoken = feed.protocol ?? protocol;
  return [
    {
      name: `${kind.key}.deletes`,
      request: feed.request,
      protocol: feed.request.protocol ?? spoken,
      spots: spotsOf(listing),
      own: OWN,
      answer,
    },
    ...(feed.onward ? [onwardRole(stage, kind, listing, feed.onward, spoken)] : []),
  ];
}

/** What is read of one object. */
export function readRoles(stage: Stage, kind: Kind): Role[] {
  const { spec } = kind;
  const { http } = stage.manifest;
  const protocol = spec.protocol ?? http.protocol;
  const pagination = spec.pagination ?? stage.manifest.pagination;
  const full: Listing = { pagination, select: spec.select, changes: null };
  const { list } = spec;
  const roles = [...jobRoles(stage, kind, protocol), ...fileRoles(stage, kind)];
  if (!list) return roles;
  if (spec.changes) {
    const listing = {
      pagination: spec.changes.pagination ?? pagination,
      select: spec.changes.select ?? spec.select,
      changes: spec.changes,
    };
    roles.push(listRole(stage, kind, "changes", listing, spec.changes.request ?? list, protocol));
    if (spec.changes.onward) roles.push(onwardRole(stage, kind, listing, spec.changes.onward, protocol));
  }
  roles.push(listRole(stage, kind, "list", full, list, protocol));
  if (spec.onward) roles.push(onwardRole(stage, kind, full, spec.onward, protocol));
  return [...roles, ...tokenRoles(stage, kind, protocol), ...deletesRole(stage, kind, protocol, pagination)];
}

/** An address that was given out, asked for later pages. */
export function followed(stage: Stage, call: Call): Said | null {
  const led = stage.issued.get(call.url.pathname + call.url.search);
  if (!led || call.method === "DELETE") return null;
  const [key = "", name] = led.role.split(".");
  const kind = stage.world.kinds[key];
  if (!kind) return null;
  const { spec } = kind;
  const changes = name === "changes" ? (spec.changes ?? null) : null;
  const feed = name === "deletes" && spec.deletes?.by === "feed" ? spec.deletes : null;
  const pagination = feed?.pagination ?? changes?.pagination ?? spec.pagination ?? stage.manifest.pagination;
  const records = feed?.records ?? changes?.records ?? spec.records;
  const protocol = feed?.protocol ?? spec.protocol ?? stage.manifest.http.protocol;
  const base = feed || changes?.request ? madeUp(stage, protocol, records) : kind.pages;
  const paged = { stage, kind, listing: { pagination, select: undefined, changes }, role: led.role, records, base };
  return pageAnswer(paged, led.rows, call.url.pathname + call.url.search, call);
}
