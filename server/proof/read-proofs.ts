import { isDeepStrictEqual } from "node:util";
import { isAppError } from "#server/lib/errors";
import type { Manifest } from "#server/runtime/manifest";
import { isMarkup } from "#server/runtime/protocols/codec";
import { plant } from "#server/simulator/from-manifest/tree";
import { addRow, alive, type Kind, type Row, removeRow, touch } from "#server/simulator/from-manifest/world";
import type { Bench } from "./bench";
import { differ, idHere, idsAlive, kindOf, must, type Pass, readPass, same } from "./reading";

const HOUR_MS = 3_600_000;

/** The record as it is to arrive, where its form on the wire leaves no doubt. */
function truthOf(kind: Kind, row: Row): unknown {
  const value = structuredClone(row.record);
  return kind.spec.parent?.as === undefined ? value : plant(value, kind.spec.parent.as, row.parent);
}

function mustBeTrue(bench: Bench, kind: Kind, pass: Pass): void {
  // Cells of a file are texts whatever was in the record.
  if (kind.spec.job?.protocol.type === "csv") return;
  if (kind.spec.table || isMarkup(kind.spec.protocol ?? bench.manifest.http.protocol)) return;
  for (const row of alive(kind)) {
    const got = pass.values.get(idHere(kind, row));
    if (got !== undefined) must(isDeepStrictEqual(got, truthOf(kind, row)), `the record ${row.id} is another one than was sent`);
  }
}

function mustBeAll(bench: Bench, kind: Kind, pass: Pass): void {
  const wanted = idsAlive(kind);
  // Windows of time share their borders, and a last page that comes again by rule is read again.
  const twice = kind.spec.changes?.window !== undefined || paginationOf(bench, kind).stop.repeated;
  const once = twice ? [...new Set(pass.ids)] : pass.ids;
  must(same(once, wanted), `of ${wanted.length} records, ${differ(pass.ids, wanted)}, ${pass.ids.length - new Set(pass.ids).size} twice`);
  mustBeTrue(bench, kind, pass);
}

const paginationOf = ({ manifest }: Bench, { spec }: Kind) => spec.pagination ?? manifest.pagination;

/** A first reading brings every record exactly once, over several pages. */
export async function fullReading(bench: Bench, object: string): Promise<Pass> {
  const kind = kindOf(bench, object);
  const pass = await readPass(bench, object, null);
  mustBeAll(bench, kind, pass);
  const paged = paginationOf(bench, kind).type !== "none" && kind.rows.length > 3;
  const lists = bench.party.heard.filter(
    (one) => one.role?.startsWith(`${object}.`) && !one.role.endsWith(".get") && !one.role.endsWith(".count"),
  );
  must(!paged || kind.spec.file !== undefined || lists.length >= 2, "there was only one page");
  return pass;
}

/** Where everything is read again, the same holds of what is there by then. */
export async function secondReading(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const { cursor } = await fullReading(bench, object);
  passTime(bench, HOUR_MS);
  const [gone] = alive(kind).slice(1);
  if (gone) removeRow(bench.party.world, kind, gone);
  addRow(bench.party.world, kind, firstParent(bench, kind));
  mustBeAll(bench, kind, await readPass(bench, object, cursor));
}

const passTime = (bench: Bench, ms: number): void => {
  bench.party.world.nowMs += ms;
};

function firstParent(bench: Bench, { spec }: Kind): string | null {
  const above = spec.each === undefined ? undefined : bench.party.world.kinds[spec.each];
  const [owner] = above?.rows ?? [];
  return above && owner ? idHere(above, owner) : null;
}

/** After the first reading, only what changed since is read, ties and a lookback apart. */
export async function changesReading(bench: Bench, object: string): Promise<Pass> {
  const kind = kindOf(bench, object);
  const { cursor } = await fullReading(bench, object);
  const { lookbackMs = 0 } = kind.spec.changes ?? {};
  passTime(bench, lookbackMs + HOUR_MS);
  const { world } = bench.party;
  // Where a record's moment is its name, it never changes.
  const changed = kind.spec.updatedAt === kind.idPath ? [] : alive(kind, firstParent(bench, kind)).slice(0, 4);
  for (const row of changed) touch(world, kind, row);
  const added = addRow(world, kind, firstParent(bench, kind));
  passTime(bench, 1_000);
  const pass = await readPass(bench, object, cursor);
  const wanted = [...changed, added].map((row) => idHere(kind, row));
  must(same([...new Set(pass.ids)], wanted), `of ${wanted.length} changes, ${differ(pass.ids, wanted)}`);
  must(pass.roles.has(`${object}.changes`), "nothing was asked by change");
  mustBeTrue(bench, kind, pass);
  // Where the time for it has come, everything is read to see what is gone.
  const { deletes } = kind.spec;
  if (deletes?.by === "scan" && deletes.everyMs <= lookbackMs + HOUR_MS) return pass;
  const next = await readPass(bench, object, pass.cursor);
  must(
    next.ids.every((id) => wanted.includes(id)),
    "the pass after the next reads what has not changed",
  );
  return pass;
}

/** A deletion is learned in the way that is declared. */
export async function deletions(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const { world } = bench.party;
  const { deletes, changes } = kind.spec;
  const { cursor } = await fullReading(bench, object);
  passTime(bench, Math.max(HOUR_MS + (changes?.lookbackMs ?? 0), deletes?.by === "scan" ? deletes.everyMs : 0));
  const rows = alive(kind, firstParent(bench, kind)).slice(1, 3);
  for (const row of rows) removeRow(world, kind, row);
  const ids = rows.map((row) => idHere(kind, row));
  passTime(bench, 1_000);
  let pass = await readPass(bench, object, cursor);
  if (deletes?.by === "scan") {
    // Where changes are asked for meanwhile, the whole reading is the pass after the one that noticed its time.
    const proves = () => pass.pages.every((page) => page.scan?.trusted === true);
    for (let passes = 0; changes && !proves() && passes < 2; passes++) pass = await readPass(bench, object, pass.cursor);
    must(same([...new Set(pass.ids)], idsAlive(kind)), `the whole reading: ${differ(pass.ids, idsAlive(kind))}`);
    must(proves() && pass.pages[0]?.scan?.first === true, "the whole reading proves nothing");
    return;
  }
  must(same([...new Set(pass.deleted)], ids), `of ${ids.length} deletions, ${differ(pass.deleted, ids)}`);
  must(!pass.ids.some((id) => ids.includes(id)), "a deleted record was read as one that is there");
}

/** What a reading proves of what did not come: whether a stream may take it for deleted. */
const proves = ({ pages }: Pick<Pass, "pages">): boolean => pages.every(({ scan }) => scan?.trusted === true && scan.moving !== true);

/** Where rows are counted, one that goes between two pages shifts the others: they come all the same, or are not taken for gone and come next time. */
export async function rowsMove(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  let first = await bench.source(object).readPage(null);
  // A list that is asked for window by window may begin with empty ones.
  for (let n = 0; first.records.length === 0 && !first.done && n < 1_000; n++) first = await bench.source(object).readPage(first.cursor);
  must(!first.done, "there was only one page");
  const row = alive(kind).find((one) => idHere(kind, one) === first.records[0]?.id);
  must(row !== undefined, "no page has a record");
  removeRow(bench.party.world, kind, row);
  const rest = await readPass(bench, object, first.cursor);
  const came = new Set([...first.records.map(({ id }) => id), ...rest.ids]);
  const passedOver = idsAlive(kind).filter((id) => !came.has(id));
  if (passedOver.length === 0) return;
  const [one] = passedOver;
  must(!proves({ pages: [first, ...rest.pages] }), `the record ${one} was passed over and would be taken for deleted`);
  // A reading that may have passed over some is done once more after a day, where nothing sooner is declared.
  const { changes, deletes } = kind.spec;
  passTime(bench, Math.max(24 * HOUR_MS, changes?.rereadMs ?? 0, deletes?.by === "scan" ? deletes.everyMs : 0) + HOUR_MS);
  let pass = await readPass(bench, object, rest.cursor);
  // Where changes are asked for meanwhile, the whole reading is the pass after the one that noticed its time.
  if (changes) pass = await readPass(bench, object, pass.cursor);
  const missing = passedOver.filter((id) => !pass.ids.includes(id));
  must(missing.length === 0, `the record ${missing[0]} was passed over and never comes`);
}

/** A source that leads back to a page already read is stopped, whatever signs it gives. */
export async function loopFound(bench: Bench, object: string): Promise<void> {
  bench.party.setStuck(true);
  try {
    await readPass(bench, object, null);
  } catch (error) {
    must(isAppError(error) && error.code === "provider_cursor_loop", `stopped by "${error instanceof Error ? error.message : error}"`);
    return;
  }
  must(false, "pages that lead in a circle were taken for an end");
}

/** After so long everything is read again. */
export async function readAgain(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  let { cursor } = await fullReading(bench, object);
  passTime(bench, (kind.spec.changes?.rereadMs ?? 0) + HOUR_MS);
  ({ cursor } = await readPass(bench, object, cursor));
  const pass = await readPass(bench, object, cursor);
  must(same([...new Set(pass.ids)], idsAlive(kind)), `the reading anew: ${differ(pass.ids, idsAlive(kind))}`);
}

/** What is longer ago than the source can tell is found by reading everything. */
export async function beyondReach(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const { cursor } = await fullReading(bench, object);
  passTime(bench, (kind.spec.changes?.reachMs ?? 0) + 24 * HOUR_MS);
  const pass = await readPass(bench, object, cursor);
  must(
    !pass.roles.has(`${object}.changes`) && same(pass.ids, idsAlive(kind)),
    `the reading of everything: ${differ(pass.ids, idsAlive(kind))}`,
  );
}

const CAPPED = { rows: 3, cap: 6 };

/** An object whose changes are asked for in small pages, a few of which are all that one question gives. */
export function scaledCap(manifest: Manifest, object: string): Manifest {
  const spec = manifest.objects[object];
  if (!spec?.changes) return manifest;
  const pagination = spec.changes.pagination ?? spec.pagination ?? manifest.pagination;
  const small = { ...pagination, limit: { ...pagination.limit, value: CAPPED.rows } };
  return {
    ...manifest,
    objects: { ...manifest.objects, [object]: { ...spec, changes: { ...spec.changes, pagination: small, windowCap: CAPPED.cap } } },
  };
}

/** More changes than one question gives are read by time; where too many share one moment, by reading everything. */
export async function staysBelowCap(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const { world } = bench.party;
  const { cursor } = await fullReading(bench, object);
  passTime(bench, (kind.spec.changes?.lookbackMs ?? 0) + HOUR_MS);
  for (const row of alive(kind)) {
    passTime(bench, 60_000);
    touch(world, kind, row);
  }
  passTime(bench, 60_000);
  const pass = await readPass(bench, object, cursor);
  must(same([...new Set(pass.ids)], idsAlive(kind)), `of changes one after the other, ${differ(pass.ids, idsAlive(kind))}`);
  passTime(bench, (kind.spec.changes?.lookbackMs ?? 0) + HOUR_MS);
  for (const row of alive(kind)) touch(world, kind, row);
  passTime(bench, 60_000);
  const tied = await readPass(bench, object, pass.cursor);
  must(same([...new Set(tied.ids)], idsAlive(kind)), `of changes at one moment, ${differ(tied.ids, idsAlive(kind))}`);
  must(tied.roles.has(`${object}.list`), "what one question cannot give was not read from the listing");
}
