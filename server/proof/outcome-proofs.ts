import type { Manifest } from "#server/runtime/manifest";
import type { Operation, WriteItem } from "#server/runtime/writes/plan";
import { fineTree, refusal } from "#server/simulator/from-manifest/faults";
import type { Said } from "#server/simulator/from-manifest/role";
import { textAround } from "#server/simulator/from-manifest/sample-text";
import { plant } from "#server/simulator/from-manifest/tree";
import { alive } from "#server/simulator/from-manifest/world";
import type { Bench } from "./bench";
import { differ, idHere, idsAlive, kindOf, must, readPass, same } from "./reading";
import { dataFor, type Samples, words, writerOf } from "./write-proofs";

type ObjectSpec = Manifest["objects"][string];
type Also = NonNullable<NonNullable<NonNullable<ObjectSpec["writes"]>["create"]>["also"]>[number];

/** Answers past the end, as they count for an object's listing. */
export const endsOf = (spec: ObjectSpec, manifest: Manifest) => (spec.pagination ?? manifest.pagination).stop.statuses;

const isFine = (status: number): boolean => status >= 200 && status < 300;

/** An answer with something in it that means something. */
function answerWith({ manifest }: Bench, { status, path, equals }: { status: number; path?: string | undefined; equals?: unknown }): Said {
  const tree = isFine(status) ? fineTree(manifest) : refusal(manifest, "provider_invalid_response").tree;
  return { status, tree: path === undefined ? tree : plant(tree ?? {}, path, equals ?? "sample") };
}

/** An answer past the end ends the pass, and is no error. */
export async function endsThere(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  for (const end of endsOf(kind.spec, bench.manifest)) {
    const first = await bench.source(object).readPage(null);
    must(!first.done, "there was only one page");
    bench.party.next({ role: `${object}.list`, said: end.status === 204 ? { status: 204, empty: true } : answerWith(bench, end) });
    const rest = await readPass(bench, object, first.cursor);
    // Below each record of another object it is that one's list that ends.
    const others = kind.spec.each === undefined ? [] : kind.rows.filter(({ parent }) => parent !== kind.rows[0]?.parent);
    const wanted = others.map((row) => idHere(kind, row));
    must(same(rest.ids, wanted), `after ${end.status} it went on: ${differ(rest.ids, wanted)}`);
  }
}

/** An answer that says that there is nothing is read as nothing: of everything, and of what changed. */
export async function saysNothing(bench: Bench, object: string): Promise<void> {
  const { spec } = kindOf(bench, object);
  const { cursor } = await readPass(bench, object, null);
  for (const none of spec.none) {
    bench.party.next({ role: `${object}.list`, said: none.status === 204 ? { status: 204, empty: true } : answerWith(bench, none) });
    const pass = await readPass(bench, object, null);
    must(pass.ids.length === 0 && pass.pages.at(-1)?.done === true, `${none.status} was read as ${pass.ids.length} records`);
  }
  const { none = spec.changes?.request ? [] : spec.none } = spec.changes ?? {};
  bench.party.world.nowMs += (spec.changes?.lookbackMs ?? 0) + 60_000;
  for (const one of spec.changes ? none : []) {
    bench.party.next({ role: `${object}.changes`, said: one.status === 204 ? { status: 204, empty: true } : answerWith(bench, one) });
    const pass = await readPass(bench, object, cursor);
    must(pass.ids.length === 0 && pass.pages.at(-1)?.done === true, `${one.status} was read as ${pass.ids.length} changes`);
  }
}

/** Records whose list tells only ids are fetched many at once. */
export async function fetchesMany(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const { batch } = kind.spec.get ?? {};
  must(batch !== undefined, "nothing is declared");
  const begin = bench.party.heard.length;
  const pass = await readPass(bench, object, null);
  const asked = bench.party.heard.slice(begin).filter((one) => one.role === `${object}.get`).length;
  const least = pass.pages.reduce((sum, { records }) => sum + Math.ceil(records.length / batch.size), 0);
  must(same(pass.ids, idsAlive(kind)), `of those fetched together, ${differ(pass.ids, idsAlive(kind))}`);
  must(asked > 0 && asked <= least, `${asked} requests for what ${least} can bring`);
}

/** A record whose answer says that it is deleted is told as deleted, and the others come. */
export async function learnsGone(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  for (const gone of kind.spec.get?.gone ?? []) {
    bench.party.next({ role: `${object}.get`, said: answerWith(bench, gone) });
    const { ids, deleted } = await readPass(bench, object, null);
    must(deleted.length === 1 && same([...ids, ...deleted], idsAlive(kind)), `${gone.status} came to ${deleted.length} deletions`);
  }
}

/** What is answered to a write of one record, which may look like a batch of one. */
function answerWrite(bench: Bench, object: string, operation: Operation, said: Said): void {
  for (const role of [`${object}.${operation}`, `${object}.${operation}.batch`]) bench.party.next({ role, said });
}

const itemFor = (bench: Bench, object: string, operation: Operation, samples: Samples): WriteItem => {
  const kind = kindOf(bench, object);
  const id = operation === "update" || operation === "delete" ? { id: alive(kind)[0]?.id ?? "" } : {};
  return { key: "k1", ...id, ...(operation === "delete" ? {} : { data: dataFor(kind, operation, samples) }) } as WriteItem;
};

/** What such an answer names, and the answer. */
function alsoSaid(bench: Bench, also: Also): { said: Said; id: string | null } {
  const said = answerWith(bench, also);
  if (also.id === undefined) return { said, id: null };
  const { text, value } = textAround(also.pattern, "4711");
  return { said: { ...said, tree: plant(said.tree ?? {}, also.id, text) }, id: value };
}

/** An answer that seems to be a refusal means that it is done all the same, and names the record where it does. */
export async function takesAlso(bench: Bench, object: string, operation: Operation, samples: Samples): Promise<void> {
  for (const also of kindOf(bench, object).spec.writes?.[operation]?.also ?? []) {
    const { said, id } = alsoSaid(bench, also);
    answerWrite(bench, object, operation, said);
    const { results } = await writerOf(bench, object).write(operation, [itemFor(bench, object, operation, samples)]);
    const [result] = results;
    must(result?.outcome === "done" && (id === null || result.id === id), `${also.status} came to ${words(result)}`);
  }
}

/** A fine-looking answer that says no is a refusal, in the third party's words. */
export async function seesRefusal(bench: Bench, object: string, operation: Operation, samples: Samples): Promise<void> {
  const refused = kindOf(bench, object).spec.writes?.[operation]?.refused;
  must(refused !== undefined, "nothing is declared");
  const { path, equals, message, field } = refused;
  let tree = plant(fineTree(bench.manifest), path, equals ?? (message?.startsWith(`${path}.`) ? [{}] : "A sample refusal."));
  if (message !== undefined) tree = plant(tree, message, "A sample refusal.");
  if (field !== undefined) tree = plant(tree, field, "sample_field");
  answerWrite(bench, object, operation, { tree });
  const { results } = await writerOf(bench, object).write(operation, [itemFor(bench, object, operation, samples)]);
  const [result] = results;
  must(result?.outcome === "refused", words(result));
  if (message !== undefined) must(result.message.includes("A sample refusal."), result.message);
  if (field !== undefined) must(result.field === "sample_field", `it names the field "${result.field}"`);
}
