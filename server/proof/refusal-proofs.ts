import type { Outcome } from "#server/runtime/paging/schema";
import { fineTree, refusal } from "#server/simulator/from-manifest/faults";
import type { Said } from "#server/simulator/from-manifest/role";
import { copy, plant } from "#server/simulator/from-manifest/tree";
import type { Bench } from "./bench";
import { differ, idHere, idsAlive, kindOf, must, readPass, same } from "./reading";

/** The answer that a declared one means. */
function outcome({ manifest }: Bench, { status, path, equals }: Outcome): Said {
  const base = status < 300 ? fineTree(manifest) : refusal(manifest, "provider_invalid_response").tree;
  const tree = copy(base ?? {});
  return { status, tree: path === undefined ? tree : plant(tree, path, equals ?? "sample") };
}

/** A way on that has run out makes the pass begin anew, and everything is read all the same. */
export async function startsAnew(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const [expired] = (kind.spec.pagination ?? bench.manifest.pagination).stop.expired;
  must(expired !== undefined, "nothing is declared");
  const first = await bench.source(object).readPage(null);
  must(!first.done, "there was only one page");
  bench.party.next({ role: `${object}.list`, said: outcome(bench, expired) });
  const rest = await readPass(bench, object, first.cursor);
  must(same([...new Set(rest.ids)], idsAlive(kind)), `after it began anew, ${differ(rest.ids, idsAlive(kind))}`);
}

/** A token that is too old makes everything be read anew. */
export async function outlivesToken(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const [expired] = kind.spec.changes?.token?.expired ?? [];
  const { cursor } = await readPass(bench, object, null);
  if (expired) bench.party.next({ role: `${object}.changes`, said: outcome(bench, expired) });
  const { ids } = await readPass(bench, object, cursor);
  const wanted = expired ? idsAlive(kind) : [];
  must(same(ids, wanted), `with a token that is too old, ${differ(ids, wanted)}`);
}

/** A record that has no such list stops no other's. */
export async function passesOver(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const [skip] = kind.spec.parent?.skip ?? [];
  must(skip !== undefined, "nothing is declared");
  bench.party.next({ role: `${object}.list`, said: outcome(bench, skip) });
  const pass = await readPass(bench, object, null);
  const [first] = kind.rows;
  const others = kind.rows.filter((row) => row.parent !== first?.parent).map((row) => idHere(kind, row));
  must(same(pass.ids, others), `without the first, ${differ(pass.ids, others)}`);
}
