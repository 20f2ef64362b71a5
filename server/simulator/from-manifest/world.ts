import type { Manifest } from "#server/runtime/manifest";
import { listTree } from "./faults";
import { momentLike } from "./moments";
import { idPaths, idTextOf } from "./row-id";
import { settled } from "./template";
import { copy, look, plant, type Tree } from "./tree";

type ObjectSpec = Manifest["objects"][string];
export type Row = {
  id: string;
  record: unknown;
  updatedMs: number;
  /** Whose it is, by what that is known by among all (`keyOf`). */
  parent: string | null;
  /** Gone: known to feeds and marks only. */
  deletedMs: number | null;
  /** What was written, by the names of writes. */
  data: Tree;
};
/** Rows of one object, and how they look. */
export type Kind = {
  key: string;
  spec: ObjectSpec;
  idPath: string;
  /** What else lists are gone on by, and each row has one of its own of. */
  keys: readonly string[];
  /** Answers as they were recorded: the first page and the last; made up where nothing was. */
  pages: { first: unknown; last: unknown };
  rows: Row[];
};
export type World = { nowMs: number; kinds: Record<string, Kind>; made: number };

const DAY_MS = 86_400_000;
/** Records of an object that stands by itself, and of each parent of one that does not. */
const ROWS = 7;
const READ_OWN = new Set(["since", "until", "page", "offset", "from", "to", "limit", "parent", "id", "job", "file"]);

/** An id in the look of another one. */
function idLike(sample: unknown, n: number): unknown {
  if (typeof sample === "number") return sample + n;
  const text = String(sample ?? "1");
  const [, head = "", digits = ""] = /^(.*?)(\d{1,15})$/.exec(text) ?? [];
  if (digits.length >= 3 || (digits !== "" && head === ""))
    return `${head}${String(BigInt(digits || "1") + BigInt(n)).padStart(digits.length, "0")}`;
  return `${text.slice(0, Math.max(1, text.length - 4))}${String(1_000 + n)}`;
}

/** A key in the look of another one: each is before the next. */
function keyLike(sample: unknown, n: number): unknown {
  const dated = typeof sample === "string" && /^\d{4}-\d\d-\d\d|^\/Date\(/.test(sample);
  return dated ? momentLike(sample, Date.UTC(2020, 0, 1) + n * DAY_MS) : idLike(sample, n);
}

/** Rows of a table are known by their place. */
const isTable = ({ table }: ObjectSpec): boolean => table !== undefined;

const textOf = (value: unknown): string => String(Array.isArray(value) ? value[0] : value);

/** Whether ids count anew below each parent, as they may where nobody says that they do not. */
const startsAnew = ({ each, unique }: ObjectSpec): boolean => each !== undefined && !unique;
/** The same in each row's own list, of which one record is shown. */
const isLine = ({ nested, unique, id }: ObjectSpec): boolean =>
  nested !== undefined && !unique && (typeof id === "string" || Array.isArray(id));

/** The id of a new row: of no other one, or of no other one of its parent. `nth`: the how manieth of that parent it is. */
function newId(world: World, { spec, idPath }: Kind, first: unknown, { updatedMs, nth }: { updatedMs: number; nth: number }): unknown {
  if (idPath === spec.updatedAt) return momentLike(first, updatedMs + world.made++);
  if (isLine(spec) && !Object.hasOwn(spec.nested?.with ?? {}, idPath)) return idLike(first, 1);
  return idLike(first, startsAnew(spec) ? nth : ++world.made);
}

/** What a record is told of its row: of lines, each of another one. */
function tellRow(world: World, { spec }: Kind, record: unknown): void {
  for (const path of Object.keys(spec.nested?.with ?? {})) {
    const told = look(record, path) ?? "1";
    plant(record, path, isLine(spec) ? idLike(told, ++world.made) : told);
  }
}

/** A new row in the look of those recorded. `nth`: the how manieth of its parent. */
export function newRow(
  world: World,
  kind: Kind,
  { parent, updatedMs, number, nth }: { parent: string | null; updatedMs: number; number: number; nth: number },
): Row {
  const { spec, idPath } = kind;
  const samples = kind.rows.length > 0 ? kind.rows : [];
  const template = copy(samples[number % Math.max(1, samples.length)]?.record ?? recordedRows(kind)[0] ?? spec.sample);
  const row: Row = { id: "", record: template, updatedMs, parent, deletedMs: null, data: {} };
  if (isTable(spec)) {
    row.id = String(number);
    return row;
  }
  stamp(kind, row);
  tellRow(world, kind, row.record);
  const first = recordedRows(kind)[0] ?? spec.sample;
  const id = newId(world, kind, look(first, idPath), { updatedMs, nth });
  plant(row.record, idPath, id);
  for (const key of kind.keys) plant(row.record, key, keyLike(look(first, key), number));
  const whole = /^(.+)\.0$/.exec(idPath)?.[1];
  if (whole !== undefined && Array.isArray(look(row.record, whole)))
    plant(
      row.record,
      whole,
      (look(row.record, whole) as unknown[]).map(() => id),
    );
  row.id = idTextOf(spec.id, row.record) ?? textOf(id);
  return row;
}

/** What a row is known by among all: with its parent's id, where ids are joined with those. */
export const keyOf = ({ spec }: Kind, { parent, id }: Row): string => (spec.parent?.inId ? `${parent}:${id}` : id);

/** Writes a record's id where it is looked for: its parts each at their own place. */
export function plantId(tree: unknown, at: string | readonly string[], { spec, idPath }: Kind, row: Row): unknown {
  if (typeof at === "string") return plant(tree, at, look(row.record, idPath) ?? row.id);
  return at.reduce((now, path, n) => plant(now, path, look(row.record, idPaths(spec.id)[n] ?? idPath)), tree);
}

/** Writes when it last changed into the record, where records show it. */
export function stamp({ spec, idPath }: Kind, row: Row): void {
  if (spec.updatedAt === undefined || spec.updatedAt === idPath || isTable(spec)) return;
  const sample = look(row.record, spec.updatedAt) ?? look(spec.sample, spec.updatedAt);
  plant(row.record, spec.updatedAt, momentLike(sample, row.updatedMs));
}

const listIn = (page: unknown, path: string): unknown[] => {
  const found = look(page, path);
  return Array.isArray(found) ? found : found === undefined || found === null || found === "" ? [] : [found];
};

function recordedRows({ pages, spec: { records, nested } }: Kind): unknown[] {
  const rows = [pages.first, pages.last].flatMap((page) => listIn(page, records));
  return nested ? rows.flatMap((row) => listIn(row, nested.list)) : rows;
}

/** A row with this record in its list, and with what the record is told of it. */
export function rowAround(nested: ObjectSpec["nested"] | null, record: unknown): unknown {
  if (!nested) return record;
  const row = plant({}, nested.list, [record]);
  return Object.entries(nested.with).reduce((whole, [path, from]) => plant(whole, from, look(record, path)), row);
}

/** An object as the answers of the connect form have it. */
export function withVariants(spec: ObjectSpec, known: Readonly<Record<string, string>>): ObjectSpec {
  const variants = spec.variants.filter(({ when }) => known[when.field] === when.is);
  return Object.assign({}, spec, ...variants.map(({ when: _when, ...own }) => own));
}

/** What is different in each record: of an id in parts the last one. */
const tellingPath = ({ id, fields }: ObjectSpec): string =>
  idPaths(id).at(-1) ?? fields.find(({ type }) => type === "string")?.path ?? "id";

/** By what lists are gone on, besides the id and the time of change. */
function keysOf(manifest: Manifest, spec: ObjectSpec, idPath: string): string[] {
  if (spec.nested || isTable(spec) || spec.changes?.record !== undefined) return [];
  const ways = [spec.pagination ?? manifest.pagination, spec.changes?.pagination];
  const keys = ways.flatMap((way) => (way?.type === "keyset" && !way.json && way.key !== undefined ? [way.key] : []));
  return [...new Set(keys)].filter((key) => key !== idPath && key !== spec.updatedAt);
}

function kindOf(manifest: Manifest, key: string, known: Readonly<Record<string, string>>, recorded: readonly unknown[]): Kind {
  const given = settled(manifest.objects[key], known, READ_OWN) as ObjectSpec;
  const spec = withVariants(given, known);
  const made = plant(listTree(manifest, spec.protocol ?? manifest.http.protocol, spec.records), spec.records, [
    rowAround(spec.nested, spec.sample),
  ]);
  const pages = { first: recorded[0] ?? made, last: recorded.at(-1) ?? made };
  const idPath = tellingPath(spec);
  return { key, spec, idPath, keys: keysOf(manifest, spec, idPath), pages, rows: [] };
}

/** Parents first. */
function inOrder(kinds: Record<string, Kind>): Kind[] {
  const depth = (kind: Kind): number => (kind.spec.each === undefined ? 0 : 1 + depth(kinds[kind.spec.each] as Kind));
  return Object.values(kinds).sort((a, b) => depth(a) - depth(b));
}

/** How long ago records were made: what is asked for by windows lies within the first of them. */
function ageOf({ changes }: ObjectSpec, nowMs: number): number {
  const { start, startAgoMs = start === undefined ? undefined : nowMs - Date.parse(start) } = changes?.window ?? {};
  return Math.min(40 * DAY_MS, startAgoMs === undefined || startAgoMs <= 0 ? Number.POSITIVE_INFINITY : startAgoMs * 0.9);
}

/** A spread of old moments in which a whole page, and more than one, shares its moment. */
function momentOf(spec: ObjectSpec, nowMs: number, n: number): number {
  const ageMs = ageOf(spec, nowMs);
  return Math.floor(nowMs - ageMs + (n < 2 || n > 5 ? n : 3) * Math.min(3_600_000, ageMs / 20));
}

function fill(world: World, kind: Kind): void {
  const { each, table } = kind.spec;
  const above = each === undefined ? undefined : world.kinds[each];
  const parents = each === undefined ? [null] : (above?.rows ?? []).map((row) => keyOf(above as Kind, row));
  if (table) {
    const [cells] = recordedRows(kind);
    const first = 2;
    kind.rows = Array.from({ length: ROWS }, (_, n) => ({
      ...newRow(world, { ...kind, rows: [] }, { parent: null, updatedMs: momentOf(kind.spec, world.nowMs, n), number: first + n, nth: n }),
      record: copy(cells ?? []),
    }));
    return;
  }
  kind.rows = parents.flatMap((parent, p) =>
    Array.from({ length: parent === null ? ROWS : p === 0 ? 4 : p === 1 ? 0 : 1 }, (_, n) => n).map((n) =>
      newRow(world, { ...kind, rows: [] }, { parent, updatedMs: momentOf(kind.spec, world.nowMs, n), number: n, nth: n + 1 }),
    ),
  );
}

/** Records of every object of a manifest. `recorded`: its pages as they were once answered. */
export function createWorld(
  manifest: Manifest,
  {
    nowMs,
    known,
    recorded,
  }: { nowMs: number; known: Readonly<Record<string, string>>; recorded: Readonly<Record<string, readonly unknown[]>> },
): World {
  const kinds = Object.fromEntries(Object.keys(manifest.objects).map((key) => [key, kindOf(manifest, key, known, recorded[key] ?? [])]));
  const world: World = { nowMs, kinds, made: 0 };
  for (const kind of inOrder(kinds)) fill(world, kind);
  return world;
}

export const alive = (kind: Kind, parent: string | null = null): Row[] =>
  kind.rows.filter((row) => row.deletedMs === null && (parent === null || row.parent === parent));

/** A row changes now. */
export function touch(world: World, kind: Kind, row: Row): void {
  row.updatedMs = world.nowMs;
  stamp(kind, row);
  touchAbove(world, kind, row);
}

/** What happens in a list changes its parent, where that is declared. */
function touchAbove(world: World, { spec: { each, parent } }: Kind, row: Row): void {
  const above = parent?.changed && each !== undefined ? world.kinds[each] : undefined;
  const owner = above?.rows.find((one) => keyOf(above, one) === row.parent);
  if (above && owner) touch(world, above, owner);
}

/** One more, now. */
export function addRow(world: World, kind: Kind, parent: string | null = null): Row {
  const last = Math.max(0, ...kind.rows.map((row) => Number(row.id)));
  const nth = kind.rows.filter((one) => one.parent === parent).length + 1;
  const row = newRow(world, kind, { parent, updatedMs: world.nowMs, number: kind.spec.table ? last + 1 : kind.rows.length, nth });
  kind.rows.push(row);
  touchAbove(world, kind, row);
  return row;
}

/** A row is deleted now; where deletions are marked, it says so. */
export function removeRow(world: World, kind: Kind, row: Row): void {
  row.deletedMs = world.nowMs;
  const mark = kind.spec.deletes?.by === "mark" ? kind.spec.deletes : null;
  if (!mark) return;
  touch(world, kind, row);
  plant(row.record, mark.path, mark.equals ?? new Date(world.nowMs).toISOString());
}
