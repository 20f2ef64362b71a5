import { fineTree, refusal } from "./faults";
import type { Stage } from "./listing";
import type { Role, Said, Spot } from "./role";
import { sampleText } from "./sample-text";
import { rowTold } from "./single";
import { dataIn, fitsValue, type Told } from "./template";
import { copy, look, plant, type Tree } from "./tree";
import { isLoose, isRpc, type Protocol, wireTemplate } from "./wire";
import { addRow, alive, type Kind, keyOf, plantId, type Row, removeRow, touch } from "./world";

type Writes = NonNullable<Kind["spec"]["writes"]>;
type Operation = "create" | "update" | "upsert" | "delete";
const OPERATIONS: readonly Operation[] = ["create", "update", "upsert", "delete"];
const OWN = new Set(["id", "data", "version", "key", "rest", "once", "ref", "items"]);
/** A value that the stand-in will not have. */
export const REFUSED = "refuse-this";

type NewId = NonNullable<Writes["create"]>["id"];
type Place = { in: "query" | "body" | "header"; name: string; template?: string | undefined };
/** One way to write, with all that may be declared for it. */
type Way = {
  request: Role["request"] & { protocol?: Protocol | undefined };
  batch?: NonNullable<Writes["create"]>["batch"];
  record?: string | undefined;
  id?: NewId | undefined;
  refused?:
    | { path: string; equals?: string | boolean | number | undefined; message?: string | undefined; field?: string | undefined }
    | undefined;
  also: { status: number; path?: string | undefined; equals?: string | boolean | number | undefined }[];
  once?: { by: "key"; place: Place } | { by: "find" } | undefined;
  guard?: { place: Place; version: string; required: boolean } | undefined;
  key?: string;
  created?: { path: string; equals: string | boolean | number } | undefined;
};
/** What one write came to, before it is put into words. */
type Outcome = { row: Row; made: boolean } | { refused: string; status: number };

const holdsRefused = (value: unknown): boolean => JSON.stringify(value ?? null).includes(REFUSED);

/** What is written, in the record where it has the same name there. */
function merge(record: unknown, data: Tree): void {
  if (typeof record !== "object" || record === null) return;
  for (const [name, value] of Object.entries(data)) {
    const there = (record as Tree)[name];
    const trees = [there, value].every((one) => typeof one === "object" && one !== null && !Array.isArray(one));
    if (trees) merge(there, value as Tree);
    else if (name !== "__proto__") (record as Tree)[name] = copy(value);
  }
}

type Doing = { stage: Stage; kind: Kind; operation: Operation; way: Way; protocol: Protocol };

function put({ stage, kind, way, protocol }: Doing, row: Row, data: Tree | undefined): void {
  Object.assign(row.data, copy(data ?? {}));
  if (kind.spec.table) row.record = copy(Object.values(data ?? {})[0]);
  else if (!isLoose(protocol) || protocol.type === "form") merge(row.record, data ?? {});
  touch(stage.world, kind, row);
  const version = way.guard?.version;
  if (version === undefined || version === kind.spec.updatedAt) return;
  const now = look(row.record, version);
  plant(row.record, version, /^\d+$/.test(String(now)) ? String(Number(now) + 1) : `${now ?? ""}x`);
}

/** The key by which a record is made or changed: as it was named, or within the data. */
const upsertKey = (way: Way, told: Told): unknown => told.get("key") ?? look(dataIn(told), way.key ?? "");

function findUpserted({ kind, way }: Doing, told: Told): Row | undefined {
  const key = upsertKey(way, told);
  return alive(kind).find((row) => key !== undefined && look(row.data, way.key ?? "") === key);
}

function make(doing: Doing, told: Told, data: Tree | undefined): Outcome {
  const { stage, kind, way } = doing;
  const above = kind.spec.each === undefined ? undefined : stage.world.kinds[kind.spec.each];
  const [owner] = above ? alive(above) : [];
  const parent = above && owner ? keyOf(above, owner) : null;
  const row = addRow(stage.world, kind, parent);
  row.data = {};
  put(doing, row, way.key === undefined ? data : (plant(data ?? {}, way.key, upsertKey(way, told)) as Tree));
  return { row, made: true };
}

/** Does one write, or says why not. */
function perform(doing: Doing, told: Told): Outcome {
  const { kind, operation, way, stage } = doing;
  const data = dataIn(told);
  if (holdsRefused(data)) return { refused: `"${REFUSED}" is not wanted here`, status: 400 };
  if (operation === "create") return make(doing, told, data);
  const row = operation === "upsert" ? findUpserted(doing, told) : rowTold(kind, told);
  if (!row && operation === "upsert") return make(doing, told, data);
  if (!row || row.deletedMs !== null) return { refused: "There is no such record", status: 404 };
  const version = told.get("version");
  if (way.guard && version !== undefined && String(version) !== String(look(row.record, way.guard.version)))
    return { refused: "The record has changed", status: 412 };
  if (way.guard?.required && version === undefined) return { refused: "The version is missing", status: 400 };
  if (operation === "delete") removeRow(stage.world, kind, row);
  else put(doing, row, data);
  return { row, made: false };
}

/** "It is gone already", as it is declared. */
function goneAnswer({ stage, way }: Doing, words: string): Said | null {
  const gone = way.also.find((one) => one.path !== undefined) ?? (isRpc(stage.manifest.http.protocol) ? undefined : way.also[0]);
  if (!gone) return null;
  const { tree } = refusal(stage.manifest, "provider_invalid_response", words);
  return { status: gone.status, tree: gone.path === undefined ? tree : plant(tree, gone.path, gone.equals ?? "gone") };
}

/** A "no" in the words of this write: in a fine-looking answer where that is declared. */
function refusedAnswer(doing: Doing, { refused, status }: Extract<Outcome, { refused: string }>): Said {
  const { stage, operation, way } = doing;
  const gone = operation === "delete" && status === 404 ? goneAnswer(doing, refused) : null;
  if (gone) return gone;
  if (!way.refused || status === 412) {
    const said = refusal(stage.manifest, "provider_invalid_response", refused);
    const field = stage.manifest.http.errorField;
    return { status: said.status === 200 ? 200 : status, tree: field === undefined ? said.tree : plant(said.tree, field, "sample_field") };
  }
  const { path, equals, message, field } = way.refused;
  let tree = plant(fineTree(stage.manifest), path, equals ?? [{}]);
  if (message !== undefined) tree = plant(tree, message, refused);
  if (field !== undefined) tree = plant(tree, field, "sample_field");
  return { tree };
}

function idHeader(id: NewId | undefined, row: Row): Record<string, string> {
  return id === undefined || typeof id === "string" || Array.isArray(id) || "path" in id
    ? {}
    : { [id.header]: `https://third-party.example/records/${encodeURIComponent(row.id)}` };
}

/** Another value than the one that means something. */
const unlike = (value: string | boolean | number): unknown =>
  typeof value === "boolean" ? !value : value === "false" ? "true" : `not-${value}`;

/** The sign of a refusal, where there is none. */
function fineSign({ refused }: Way, tree: unknown): unknown {
  if (!refused) return tree;
  if (refused.equals !== undefined) return plant(tree, refused.path, unlike(refused.equals));
  return refused.path.includes(".") ? plant(tree, refused.path, []) : tree;
}

function doneAnswer(doing: Doing, { row, made }: Extract<Outcome, { row: Row }>): Said {
  const { stage, operation, way, protocol } = doing;
  const speaks = protocol.type === "graphql" || protocol.type === "soap";
  const nothing = way.id === undefined && way.record === undefined;
  if (nothing && !speaks && stage.manifest.http.success === undefined) return { status: 204, empty: true };
  let tree = fineSign(way, fineTree(stage.manifest));
  if (way.record === "$") Object.assign(tree as Tree, copy(row.record));
  else if (way.record !== undefined) tree = plant(tree, way.record, copy(row.record));
  if (typeof way.id === "string" || Array.isArray(way.id)) tree = plantId(tree, way.id, doing.kind, row);
  else if (way.id && "path" in way.id) tree = plant(tree, way.id.path, sampleText(way.id.pattern, { id: row.id }));
  if (way.created) tree = plant(tree, way.created.path, made ? way.created.equals : unlike(way.created.equals));
  return { status: operation === "create" && !speaks ? 201 : 200, tree, headers: idHeader(way.id, row) };
}

const answerOf = (doing: Doing, outcome: Outcome): Said =>
  "refused" in outcome ? refusedAnswer(doing, outcome) : doneAnswer(doing, outcome);

type Results = NonNullable<NonNullable<Way["batch"]>["results"]>;

/** What a batch says of a record that is done. */
function doneEntry({ way, kind }: Doing, results: Results, { row, made }: Extract<Outcome, { row: Row }>): unknown {
  let entry: unknown = way.record === undefined ? {} : copy(row.record);
  if (results.id !== undefined) entry = plantId(entry, results.id, kind, row);
  if (results.ok) entry = plant(entry, results.ok.path, results.ok.equals ?? true);
  return way.created && made ? plant(entry, way.created.path.split(".").at(-1) ?? "new", way.created.equals) : entry;
}

/** What it says of one that it refused. */
function noEntry(results: Results, words: string): unknown {
  let entry: unknown = {};
  if (results.ok) entry = plant(entry, results.ok.path, typeof results.ok.equals === "boolean" ? !results.ok.equals : null);
  if (results.error !== undefined) entry = plant(entry, results.error, words);
  return results.field === undefined ? entry : plant(entry, results.field, "sample_field");
}

function resultEntry(doing: Doing, results: Results, outcome: Outcome, name: unknown): unknown {
  const entry = "row" in outcome ? doneEntry(doing, results, outcome) : noEntry(results, outcome.refused);
  return results.key === undefined ? entry : plant(entry, results.key, name);
}

function failureEntry(results: Results, outcome: Extract<Outcome, { refused: string }>, name: unknown): unknown {
  const entry = results.error === undefined ? {} : plant({}, results.error, outcome.refused);
  return plant(entry, results.errorKey ?? results.key ?? "key", name);
}

function batchAnswer(doing: Doing, entries: readonly unknown[]): Said {
  const { way, stage, protocol } = doing;
  const { batch } = way;
  const template = wireTemplate(protocol, batch?.item);
  const done = entries.map((entry) => {
    const told: Told = new Map();
    const fits = fitsValue(template, entry, told, { loose: isLoose(protocol) });
    return { entry, outcome: fits ? perform(doing, told) : ({ refused: "The entry is another one", status: 400 } as Outcome) };
  });
  const results = batch?.results;
  if (!results) {
    const no = done.find((one) => "refused" in one.outcome)?.outcome;
    return no && "refused" in no ? refusedAnswer(doing, no) : { status: 204, empty: true };
  }
  const nameOf = (entry: unknown) => (results.itemKey === undefined ? undefined : look(entry, results.itemKey));
  const apart = results.errors !== undefined;
  const shown = done
    .filter(({ outcome }) => !apart || "row" in outcome)
    .map(({ entry, outcome }) => resultEntry(doing, results, outcome, nameOf(entry)));
  let tree = plant(fineTree(stage.manifest), results.list, shown);
  const failed = done.flatMap(({ entry, outcome }) => ("refused" in outcome ? [failureEntry(results, outcome, nameOf(entry))] : []));
  if (results.errors !== undefined && failed.length > 0) tree = plant(tree, results.errors, failed);
  return { tree };
}

/** Answers that a key was given for are given again for the same key. */
function remembering(answers: Map<string, Said>, told: Told, answer: () => Said): Said {
  const key = told.get("once");
  const known = key === undefined ? undefined : answers.get(String(key));
  if (known) return known;
  const said = answer();
  if (key !== undefined) answers.set(String(key), said);
  return said;
}

const entriesOf = (told: Told): unknown[] => [told.get("items") ?? []].flat();

function spotsOf({ once, guard }: Way, keyed: boolean): Spot[] {
  return [
    ...(once?.by === "key" && keyed ? [{ ...once.place, as: "once", required: true }] : []),
    ...(guard ? [{ ...guard.place, as: "version", required: guard.required }] : []),
  ];
}

function rolesOf(stage: Stage, kind: Kind, operation: Operation): Role[] {
  const way = kind.spec.writes?.[operation] as Way | undefined;
  if (!way) return [];
  const usual = kind.spec.protocol ?? stage.manifest.http.protocol;
  const answers = new Map<string, Said>();
  const protocol = way.request.protocol ?? usual;
  const doing = { stage, kind, operation, way, protocol };
  const name = `${kind.key}.${operation}`;
  const one: Role = {
    name,
    request: way.request,
    protocol,
    spots: spotsOf(way, true),
    own: OWN,
    mine: (told) => operation === "create" || operation === "upsert" || rowTold(kind, told) !== undefined,
    answer: (told) => remembering(answers, told, () => answerOf(doing, perform(doing, told))),
  };
  const { batch } = way;
  if (!batch) return [one];
  const carries = JSON.stringify(batch.item).includes("{once}");
  const by = batch.request.protocol ?? usual;
  const many: Role = {
    name: `${name}.batch`,
    request: batch.request,
    protocol: by,
    spots: spotsOf({ ...way, guard: undefined }, !carries),
    own: OWN,
    mine: (told) => entriesOf(told).every((entry) => fitsValue(wireTemplate(by, batch.item), entry, new Map(), { loose: isLoose(by) })),
    answer: (told) => remembering(answers, told, () => batchAnswer({ ...doing, protocol: by }, entriesOf(told))),
  };
  // The one whose address says more comes first: what fills a hole could also be the other's own name.
  return [many, one];
}

type Find = Extract<NonNullable<NonNullable<Writes["create"]>["once"]>, { by: "find" }>;

function foundEntry(kind: Kind, find: Find, row: Row): unknown {
  let entry: unknown = copy(kind.spec.table ? {} : row.record);
  const list = typeof find.id === "string" ? /^(.+)\.0$/.exec(find.id)?.[1] : undefined;
  const id = look(row.record, kind.idPath) ?? row.id;
  entry = list === undefined ? plantId(entry, find.id, kind, row) : plant(entry, list, [id, id]);
  for (const [field, path] of Object.entries(find.match)) entry = plant(entry, path, look(row.data, field));
  return find.createdAt === undefined ? entry : plant(entry, find.createdAt, new Date(row.updatedMs).toISOString());
}

/** The search that is made before a creation is repeated: by what was written. */
function findRoles(stage: Stage, kind: Kind): Role[] {
  const find = kind.spec.writes?.create?.once;
  if (find?.by !== "find") return [];
  const protocol = find.request.protocol ?? kind.spec.protocol ?? stage.manifest.http.protocol;
  const answer = (told: Told): Said => {
    const wanted = [...told].filter(([name]) => name.startsWith("data."));
    const fits = alive(kind).filter(
      (row) => wanted.length > 0 && wanted.every(([name, value]) => String(look(row.data, name.slice(5))) === String(value)),
    );
    return {
      tree: plant(
        fineTree(stage.manifest),
        find.records,
        fits.map((row) => foundEntry(kind, find, row)),
      ),
    };
  };
  return [{ name: `${kind.key}.find`, request: find.request, protocol, spots: [], own: OWN, answer }];
}

/** All that changes records. */
export const writeRoles = (stage: Stage, kinds: readonly Kind[]): Role[] =>
  kinds.flatMap((kind) => [...OPERATIONS.flatMap((operation) => rolesOf(stage, kind, operation)), ...findRoles(stage, kind)]);
