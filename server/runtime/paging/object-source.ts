import { AppError } from "#server/lib/errors";
import { fullPass } from "../cursor";
import type { Manifest, ObjectSpec, RequestSpec } from "../manifest";
import { countAt } from "../next-page";
import { readPage, standsAt } from "../pages";
import { put, at as valueAt } from "../paths";
import type { Protocol } from "../protocols/schema";
import { planOf, specOf } from "../read-plan";
import type { Send } from "../send";
import type { Source, SourcePage, SourceRecord } from "../source";
import { eachRecord } from "./each-record";
import { exportJob, isJobCursor } from "./export-job";
import { fanOut, type Parent } from "./fan-out";
import { fieldsNamed, fillRequest } from "./fill-request";
import { keepDeletions } from "./kept-deletions";
import { objectOf, ownRequest } from "./own-object";
import type { Get } from "./records-schema";
import { plainRequest } from "./request";
import { isFileCursor, wholeFile } from "./whole-file";

/** How deep lists may hang on the records of other lists. */
const MAX_DEPTH = 3;

type Count = NonNullable<ObjectSpec["count"]>;

/** `config` = what the connection knows of its account; it fills holes in queries, headers and bodies, as it does in paths. */
type Making = {
  send: Send;
  manifest: Manifest;
  nowMs: () => number;
  config?: Record<string, string>;
  paths?: readonly string[];
  /** Whose reading this is: a file that it left open is gone on with by the next of that name. */
  reader?: string;
};

/** The object with what a mapping reads besides the declared fields, so that it is asked for. */
function withPaths(spec: ObjectSpec, paths: readonly string[]): ObjectSpec {
  const known = new Set(spec.fields.map((field) => field.path));
  const more = paths.filter((path) => !known.has(path));
  return more.length === 0
    ? spec
    : { ...spec, fields: [...spec.fields, ...more.map((path) => ({ path, type: "string" as const, title: path }))] };
}

/** How many there are, for the progress bar. Who does not tell is read all the same: the pages themselves say what is wrong. */
async function totalOf(send: Send, { request, total }: Count, protocol: Protocol, signal: AbortSignal | undefined): Promise<number | null> {
  try {
    return countAt(await send(plainRequest(request, protocol), signal), total);
  } catch {
    return null;
  }
}

/** Of records that only calls bring there is nothing to read. */
const BROUGHT: Source = {
  readPage: async () => ({
    ...{ records: [], faults: [], deleted: [], cursor: JSON.stringify(fullPass()), done: true, total: null },
    facts: { method: "NONE", path: "brought by calls", status: 200, ms: 0, bytes: 0, retries: 0 },
  }),
};

/** Everything through a file: made on demand, or always there. */
function fileSource({ send, manifest, nowMs, config = {}, paths = [], reader }: Making, object: string): Source | null {
  const spec = withPaths(objectOf(manifest, object, config), paths);
  if (spec.file) {
    const file = { ...spec.file, request: ownRequest(spec.file.request, config, spec.file.protocol) };
    return wholeFile({ send, name: manifest.name, spec, file, nowMs, reader });
  }
  if (!spec.job) return null;
  const protocol = spec.protocol ?? manifest.http.protocol;
  const own = (request: RequestSpec) => ownRequest(request, config, protocol);
  const { create, poll, locate, download } = spec.job;
  const job = {
    ...spec.job,
    create: own(create),
    ...(poll ? { poll: own(poll) } : {}),
    ...(locate ? { locate: { ...locate, request: own(locate.request) } } : {}),
    ...(download ? { download: ownRequest(download, config, spec.job.protocol) } : {}),
  };
  return exportJob({ send, name: manifest.name, spec, job, protocol, nowMs, reader });
}

function listing({ send, manifest, nowMs, config = {}, paths = [] }: Making, object: string, parent: Parent | null): Source {
  const spec = withPaths(objectOf(manifest, object, config), paths);
  if (!spec.list) return BROUGHT;
  const protocol = spec.protocol ?? manifest.http.protocol;
  const forParent = (given: RequestSpec) => {
    const request = ownRequest(given, config, protocol);
    return parent === null ? request : fillRequest(request, parent.holes, protocol);
  };
  const ownGet = (get: Get): Get => (get.request ? { ...get, request: forParent(get.request) } : get);
  const changed = spec.changes?.get ? ownGet(spec.changes.get) : undefined;
  const token = spec.changes?.token?.request ? { token: { ...spec.changes.token, request: forParent(spec.changes.token.request) } } : {};
  /** The calls of a list beside the records'. */
  const calls = ({ request, onward }: { request?: RequestSpec | undefined; onward?: RequestSpec | undefined }) => ({
    ...(request ? { request: forParent(request) } : {}),
    ...(onward ? { onward: forParent(onward) } : {}),
  });
  const changes = spec.changes ? { ...spec.changes, ...calls(spec.changes), ...token } : undefined;
  const { deletes } = spec;
  const feed =
    deletes?.by === "feed"
      ? { deletes: { ...deletes, ...calls({ onward: deletes.onward }), request: { ...deletes.request, ...forParent(deletes.request) } } }
      : {};
  const plan = planOf(manifest, object, {
    ...spec,
    ...feed,
    list: forParent(spec.list),
    ...(spec.onward ? { onward: forParent(spec.onward) } : {}),
    ...(changes ? { changes } : {}),
  });
  const get = spec.get ? ownGet(spec.get) : undefined;
  const { count } = spec;
  const counted = async (page: SourcePage, signal: AbortSignal | undefined): Promise<SourcePage> => {
    if (!count || page.done || page.total !== null) return page;
    return { ...page, total: await totalOf(send, { ...count, request: forParent(count.request) }, protocol, signal) };
  };
  const pages: Source = {
    readPage: async (cursor, signal) => {
      const now = nowMs();
      const stands = standsAt(plan, cursor, now);
      const by = stands.mode === "changes" ? (changed ?? get) : get;
      const asked = by?.id === undefined ? plan : { ...plan, spec: { ...plan.spec, id: by.id } };
      const listed = await readPage(send, asked, cursor, now, signal);
      const page = cursor === null && parent === null ? await counted(listed, signal) : listed;
      const fetched = by ? await eachRecord({ send, name: manifest.name, spec, get: by, protocol, signal }, page) : page;
      return deletes?.by === "feed" ? keepDeletions(fetched, stands) : fetched;
    },
  };
  return pages;
}

/** An object that stands by itself: by its listing, or through files. */
function alone(making: Making, object: string): Source {
  const file = fileSource(making, object);
  if (!file || !specOf(making.manifest, object).list) return file ?? listing(making, object, null);
  const pages = listing(making, object, null);
  const { manifest, config = {}, nowMs } = making;
  const plan = planOf(manifest, object, objectOf(manifest, object, config));
  /** Everything is to be read again: by another file. */
  const isWhole = (cursor: string): boolean => {
    const { mode, page, since, startedAt } = standsAt(plan, cursor, nowMs());
    return mode === "full" && page === null && since === null && startedAt === null;
  };
  return {
    readPage: (cursor, signal) => {
      if (cursor === null || isJobCursor(cursor) || isFileCursor(cursor)) return file.readPage(cursor, signal);
      return isWhole(cursor) ? file.readPage(null, signal) : pages.readPage(cursor, signal);
    },
  };
}

/** Only where deletions are learned by a whole reading do pages tell of one. */
function withoutScan(source: Source): Source {
  return {
    readPage: async (cursor, signal) => {
      const { scan: _scan, ...page } = await source.readPage(cursor, signal);
      return page;
    },
  };
}

/** Fields of what it hangs on that an object's requests name. */
function fieldsOf({ list, onward, count, changes, deletes, get }: ObjectSpec): string[] {
  const feed = deletes?.by === "feed" ? [deletes.request, deletes.onward] : [];
  const asked = [
    list,
    onward,
    count?.request,
    get?.request,
    changes?.request,
    changes?.onward,
    changes?.token?.request,
    changes?.get?.request,
  ];
  const named = fieldsNamed(...asked, ...feed.map((one) => one && { ...one, method: "GET" as const }));
  return named.filter((name) => name.startsWith("parent"));
}

/** `below`: what hangs on this object names these fields of what is above both. */
type Depth = { depth: number; below: readonly string[] };

/** One object of a connector as a source: its listing, through files or record by record, and for each parent where it hangs on one. */
export function objectSource(making: Making, object: string, at: Depth = { depth: 0, below: [] }): Source {
  const { each, deletes } = specOf(making.manifest, object);
  const source = each === undefined ? alone(making, object) : hanging(making, object, each, at);
  return deletes?.by === "scan" ? source : withoutScan(source);
}

function hanging(making: Making, object: string, each: string, { depth, below }: Depth): Source {
  if (depth >= MAX_DEPTH) throw new AppError("config_invalid", `${making.manifest.name}'s objects hang on each other too deeply.`);
  const spec = specOf(making.manifest, object);
  const named = [...new Set([...fieldsOf(spec), ...below.filter((name) => !name.startsWith("parent."))])];
  const fields = named.filter((name) => name.startsWith("parent.") || name.startsWith(`parent_${each}.`));
  const parents = objectSource(making, each, { depth: depth + 1, below: named });
  const { id } = specOf(making.manifest, each);
  const idOf = (record: SourceRecord): string | number => {
    const found = typeof id === "string" ? valueAt(record.value, id) : undefined;
    return typeof found === "number" ? found : (record.under?.id ?? record.id);
  };
  const childOf = (parent: Parent): Source => {
    const list = listing(making, object, parent);
    return { readPage: async (cursor, signal) => withParent(await list.readPage(cursor, signal), parent, spec.parent, depth > 0) };
  };
  return fanOut({ parents, each, idOf, fields, changed: spec.parent?.changed, nowMs: making.nowMs, childOf });
}

/** Records that know whose they are, and ids that are told apart from those of other parents. `above`: others hang on them. */
function withParent(page: SourcePage, { id: parent, holes }: Parent, named: ObjectSpec["parent"], above: boolean): SourcePage {
  const idOf = (id: string) => (named?.inId ? `${parent}:${id}` : id);
  const told = (value: unknown): unknown => {
    if (named?.as === undefined) return value;
    const whole = structuredClone(value) as Record<string, unknown>;
    put(whole, named.as, parent);
    return whole;
  };
  if (!named && !above) return page;
  return {
    ...page,
    records: page.records.map(({ id, value }) => ({ id: idOf(id), value: told(value), ...(above ? { under: { id, holes } } : {}) })),
    faults: page.faults.map((fault) => ({ ...fault, externalId: idOf(fault.externalId) })),
    deleted: page.deleted.map(idOf),
  };
}
