import { isDeepStrictEqual } from "node:util";
import { describeObject } from "#server/runtime/describe";
import { at } from "#server/runtime/paths";
import { isMarkup } from "#server/runtime/protocols/codec";
import { idPaths, joinId } from "#server/runtime/record-id";
import { act, actionOf } from "#server/runtime/writes/act";
import { OPERATIONS, type Operation, type WriteItem } from "#server/runtime/writes/plan";
import { readOne } from "#server/runtime/writes/read-one";
import type { WriteResult } from "#server/runtime/writes/result";
import { createWriter } from "#server/runtime/writes/writer";
import { OWN_FIELD } from "#server/simulator/from-manifest/single";
import { look, plant } from "#server/simulator/from-manifest/tree";
import { alive, type Kind, type Row } from "#server/simulator/from-manifest/world";
import { REFUSED } from "#server/simulator/from-manifest/writes";
import type { Bench } from "./bench";
import { idHere, idsAlive, kindOf, must } from "./reading";

type Data = Record<string, unknown>;
/** What is written, by object and operation, where it was recorded. */
export type Samples = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const KINDS: Record<string, unknown> = {
  string: "Sample",
  number: 1,
  boolean: true,
  datetime: "2026-11-21T12:00:00Z",
  date: "2026-11-21",
  array: [],
  object: {},
};

/** Values for the writable fields: as they were recorded, else out of the object's sample, else by type. */
export function dataFor(kind: Kind, operation: Operation, samples: Samples): Data {
  const cases = [samples[kind.key]?.[operation] ?? []].flat() as { data?: Data; status?: number; expect?: { outcome?: string } }[];
  const recorded = cases.find((one) => one.data && (one.expect?.outcome ?? "done") === "done")?.data;
  if (recorded) return structuredClone(recorded);
  const { writes, sample } = kind.spec;
  const data: Data = {};
  const key = writes?.upsert && operation === "upsert" ? writes.upsert.key : undefined;
  for (const { path, type, required, createOnly, updateOnly, values } of writes?.fields ?? []) {
    const other = operation === "update" ? createOnly : updateOnly || (!required && path !== key && Object.keys(data).length > 0);
    if (other) continue;
    plant(data, path, values?.[0] ?? look(sample, path) ?? KINDS[type]);
  }
  return data;
}

/** The same data with a text in it that is refused; null where nothing in it is a free text. */
function spoiled(kind: Kind, data: Data): Data | null {
  const { writes } = kind.spec;
  const fixed = new Set([...(writes?.fields ?? []).filter((field) => field.values).map((field) => field.path), writes?.upsert?.key]);
  const copy = structuredClone(data);
  const spoil = (tree: object, above: string): boolean =>
    Object.entries(tree).some(([name, value]) => {
      const path = above === "" ? name : `${above}.${name}`;
      if (typeof value === "object" && value !== null) return spoil(value, path);
      if (typeof value !== "string" || fixed.has(path)) return false;
      (tree as Data)[name] = REFUSED;
      return true;
    });
  return spoil(copy, "") ? copy : null;
}

export const writerOf = ({ send, manifest, config, nowMs }: Bench, object: string) =>
  createWriter({ send, manifest, config, nowMs, pauseMs: 1 }, object);

async function write(
  bench: Bench,
  object: string,
  operation: Operation,
  items: (Partial<WriteItem> & { key: string })[],
): Promise<WriteResult[]> {
  const begin = bench.party.heard.length;
  const { results } = await writerOf(bench, object).write(operation, items as WriteItem[]);
  const strange = bench.party.heard.slice(begin).find((one) => one.role === null);
  must(!strange, `a request is not as the manifest says: ${strange?.why}`);
  return results;
}

export const words = (result: WriteResult | undefined): string =>
  result === undefined ? "no result" : result.outcome === "done" ? `done (${result.id})` : `${result.outcome}: ${result.message}`;

function mustBeDone(result: WriteResult | undefined): asserts result is Extract<WriteResult, { outcome: "done" }> {
  must(result?.outcome === "done", words(result));
}

/** Nothing of what was written got lost on the way. */
function mustHold(bench: Bench, kind: Kind, row: Row, data: Data): void {
  const protocol = kind.spec.protocol ?? bench.manifest.http.protocol;
  for (const { path } of kind.spec.writes?.fields ?? []) {
    const [sent, got] = [at(data, path), look(row.data, path)];
    if (sent === undefined || sent === null) continue;
    const plain = typeof sent !== "object" || (!isMarkup(protocol) && protocol.type === "json");
    if (plain) must(isDeepStrictEqual(got, sent) || String(got) === String(sent), `"${path}" arrived as ${JSON.stringify(got)}`);
  }
}

const newRows = (kind: Kind, before: readonly string[]): Row[] => alive(kind).filter((row) => !before.includes(idHere(kind, row)));

export async function creates(bench: Bench, object: string, samples: Samples): Promise<void> {
  const kind = kindOf(bench, object);
  const before = idsAlive(kind);
  const data = dataFor(kind, "create", samples);
  const [result] = await write(bench, object, "create", [{ key: "k1", data }]);
  mustBeDone(result);
  const [row, ...more] = newRows(kind, before);
  must(
    row !== undefined && more.length === 0 && result.id === row.id && result.created === true,
    `${words(result)}, and ${more.length + 1} were made`,
  );
  mustHold(bench, kind, row, data);
}

export async function changes(bench: Bench, object: string, samples: Samples): Promise<void> {
  const kind = kindOf(bench, object);
  const row = alive(kind)[1] as Row;
  const data = dataFor(kind, "update", samples);
  const [result, missing] = [
    ...(await write(bench, object, "update", [{ key: "k1", id: row.id, data }])),
    ...(await writerOf(bench, object).write("update", [{ key: "k2", id: "0", data }])).results,
  ];
  mustBeDone(result);
  must(result.id === row.id, words(result));
  mustHold(bench, kind, row, data);
  must(missing?.outcome === "refused", `a record that is not there: ${words(missing)}`);
}

export async function upserts(bench: Bench, object: string, samples: Samples): Promise<void> {
  const kind = kindOf(bench, object);
  const before = idsAlive(kind);
  const data = dataFor(kind, "upsert", samples);
  const [first] = await write(bench, object, "upsert", [{ key: "k1", data }]);
  const [second] = await write(bench, object, "upsert", [{ key: "k2", data }]);
  mustBeDone(first);
  mustBeDone(second);
  must(newRows(kind, before).length === 1 && first.id === second.id, `made ${newRows(kind, before).length} of one`);
  if (kind.spec.writes?.upsert?.created) must(first.created === true && second.created === false, "it is not told which one was made");
}

export async function removes(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const row = alive(kind)[1] as Row;
  mustBeDone((await write(bench, object, "delete", [{ key: "k1", id: row.id }]))[0]);
  must(row.deletedMs !== null && alive(kind).length === kind.rows.length - 1, "another record is gone, or none");
  mustBeDone((await write(bench, object, "delete", [{ key: "k2", id: row.id }]))[0]);
}

/** A refusal is told as one, in the third party's words, and changes nothing. */
export async function refuses(bench: Bench, object: string, samples: Samples): Promise<void> {
  const kind = kindOf(bench, object);
  const { writes } = kind.spec;
  for (const operation of OPERATIONS.filter((one) => one !== "delete" && writes?.[one])) {
    const data = spoiled(kind, dataFor(kind, operation, samples));
    if (data === null) continue;
    const before = idsAlive(kind);
    const [result] = await write(bench, object, operation, [
      { key: "k1", data, ...(operation === "update" ? { id: alive(kind)[0]?.id ?? "" } : {}) },
    ]);
    must(result?.outcome === "refused" && result.message.includes("is not wanted here"), `${operation}: ${words(result)}`);
    must(newRows(kind, before).length === 0, "something was made all the same");
    const named = bench.manifest.http.errorField !== undefined && writes?.[operation]?.refused === undefined;
    if (named) must(result.field === "sample_field", `${operation}: it names the field "${result.field}"`);
  }
}

/** The answer to a creation is lost: with a way to know there is one record, and it is known; without, nobody claims to know. */
export async function survivesLoss(bench: Bench, object: string, samples: Samples): Promise<void> {
  const kind = kindOf(bench, object);
  const before = idsAlive(kind);
  bench.party.next({ role: `${object}.create`, lose: true });
  const [result] = await write(bench, object, "create", [{ key: "k1", data: dataFor(kind, "create", samples) }]);
  const made = newRows(kind, before);
  must(made.length === 1, `${made.length} were made of one`);
  if (kind.spec.writes?.create?.once) must(result?.outcome === "done" && result.id === made[0]?.id, words(result));
  else must(result?.outcome === "unknown", words(result));
}

/** What has changed meanwhile is not overwritten. */
export async function guards(bench: Bench, object: string, samples: Samples): Promise<void> {
  const kind = kindOf(bench, object);
  const row = alive(kind)[1] as Row;
  const guard = kind.spec.writes?.update?.guard;
  const data = dataFor(kind, "update", samples);
  const version = String(look(row.record, guard?.version ?? ""));
  bench.party.world.nowMs += 60_000;
  mustBeDone((await write(bench, object, "update", [{ key: "k1", id: row.id, data, version }]))[0]);
  const [late] = await write(bench, object, "update", [{ key: "k2", id: row.id, data, version }]);
  must(late?.outcome === "refused" && late.code === "conflict", `a change from an old version: ${words(late)}`);
}

/** Of a batch each record has its own result, and a wrong one does not take its neighbours along. */
export async function batches(bench: Bench, object: string, operation: Operation, samples: Samples): Promise<void> {
  const kind = kindOf(bench, object);
  const before = idsAlive(kind);
  const data = operation === "delete" ? undefined : dataFor(kind, operation, samples);
  const bad = data ? spoiled(kind, data) : null;
  const batch = kind.spec.writes?.[operation]?.batch;
  const spoils = bad !== null && batch?.results !== undefined;
  const key = kind.spec.writes?.upsert?.key;
  const items = [0, 1, 2].map((n) => {
    const own = structuredClone((n === 1 && spoils ? bad : data) ?? {});
    if (operation === "upsert" && key !== undefined) plant(own, key, `${n}${String(at(own, key))}`);
    return {
      key: `k${n}`,
      ...(operation === "delete" ? {} : { data: own }),
      ...(operation === "update" || operation === "delete" ? { id: alive(kind)[n]?.id ?? "" } : {}),
    };
  });
  const results = await write(bench, object, operation, items);
  must(
    bench.party.heard.some((one) => one.role === `${object}.${operation}.batch`),
    "the records were not sent together",
  );
  const outcomes = results.map((one) => one.outcome).join(", ");
  must(outcomes === (spoils ? "done, refused, done" : "done, done, done"), results.map(words).join("; "));
  const wanted = operation === "create" || operation === "upsert" ? (spoils ? 2 : 3) : 0;
  must(newRows(kind, before).length === wanted, `${newRows(kind, before).length} were made of ${wanted}`);
  if (operation === "delete")
    must(
      items.every((item) => !idsAlive(kind).includes(item.id ?? "")),
      "not all are gone",
    );
}

/** One record is had by its id; one that is not there is none. */
export async function givesOne(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const row = alive(kind)[1] as Row;
  const found = await readOne(bench, object, idHere(kind, row));
  must(found !== null && found.id === idHere(kind, row), "the record was not found");
  const protocol = kind.spec.protocol ?? bench.manifest.http.protocol;
  if (!isMarkup(protocol)) must(isDeepStrictEqual(look(found.value, kind.idPath), look(row.record, kind.idPath)), "it is another record");
  const nobody = joinId(idPaths(kind.spec.id).map(() => "0"));
  must((await readOne(bench, object, nobody)) === null, "a record that is not there was found");
}

/** The account's own fields are told, besides those that every account has. */
export async function describes(bench: Bench, object: string): Promise<void> {
  const { spec } = kindOf(bench, object);
  const { fields, complete } = await describeObject(bench.send, bench.manifest, object, bench.config);
  const own = fields.find((field) => field.path === `${spec.describe?.prefix ?? ""}${OWN_FIELD}`);
  must(
    complete && own !== undefined && (spec.describe?.custom === undefined || own.custom === true),
    "the account's own field was not told",
  );
  const missing = spec.fields.find((field) => !fields.some((one) => one.path === field.path));
  must(!missing, `the field "${missing?.path}" was not told`);
}

/** The source's own number of records is told. */
export async function counts(bench: Bench, object: string): Promise<void> {
  const page = await bench.source(object).readPage(null);
  must(page.total === alive(kindOf(bench, object)).length, `it tells ${page.total}`);
}

/** What is done on request is done with what was given, and once, however often its answer is lost. */
export async function acts(bench: Bench, key: string): Promise<void> {
  const action = actionOf(bench.manifest, key);
  const hands = { send: bench.send, manifest: bench.manifest, config: bench.config, nowMs: bench.nowMs, pauseMs: 1 };
  const item: WriteItem = { key: "k1", data: action.sample.input };
  const { result } = await act(hands, action, item);
  must(result.outcome === "done", "message" in result ? result.message : result.outcome);
  must(bench.party.heard.at(-1)?.role === `actions.${key}`, `the request is not as the manifest says: ${bench.party.heard.at(-1)?.why}`);
  const before = bench.party.done.actions[key] ?? 0;
  bench.party.next({ role: `actions.${key}`, lose: true, times: 1 });
  const { result: second } = await act(hands, action, { ...item, key: "k2" });
  const made = (bench.party.done.actions[key] ?? 0) - before;
  if (action.kind === "lookup") must(second.outcome === "done", `a question whose answer was lost: ${second.outcome}`);
  else if (action.once) must(second.outcome === "done" && made === 1, `${second.outcome}, done ${made} times`);
  else must(second.outcome === "unknown" && made === 1, `${second.outcome}, done ${made} times`);
}

/** An answer that means "nothing found" is no error. */
export async function findsNothing(bench: Bench, key: string): Promise<void> {
  const action = actionOf(bench.manifest, key);
  for (const none of action.none) {
    const tree = none.path === undefined ? {} : plant({}, none.path, none.equals ?? "none");
    bench.party.next({ role: `actions.${key}`, said: { status: none.status, tree } });
    const hands = { send: bench.send, manifest: bench.manifest, config: bench.config, nowMs: bench.nowMs, pauseMs: 1 };
    const { result } = await act(hands, action, { key: `k${none.status}`, data: action.sample.input });
    must(result.outcome === "done" && result.result === null, "message" in result ? result.message : JSON.stringify(result));
  }
}
