import { fineTree } from "./faults";
import type { Listing, Pagination, Stage } from "./listing";
import type { Said } from "./role";
import { plant } from "./tree";
import type { Kind } from "./world";

/** What is said past the end, where an answer of its own is declared for that. */
export function endAnswer({ stop }: Pagination): Said | null {
  const [end] = stop.statuses;
  if (!end) return null;
  if (end.status === 204) return { status: 204, empty: true };
  return { status: end.status, tree: end.path === undefined ? {} : plant({}, end.path, end.equals ?? "end") };
}

type Outcome = { status: number; path?: string | undefined; equals?: unknown };

/** What is said where there is nothing, where an answer of its own is declared for that. */
export function noneAnswer({ stage, kind, listing: { changes } }: { stage: Stage; kind: Kind; listing: Listing }): Said | null {
  const { none }: { none?: readonly Outcome[] | undefined } = changes && (changes.none || changes.request) ? changes : kind.spec;
  const [said] = none ?? [];
  if (!said) return null;
  if (said.status === 204) return { status: 204, empty: true };
  const tree = said.status < 300 ? fineTree(stage.manifest) : {};
  return { status: said.status, tree: said.path === undefined ? tree : plant(tree, said.path, said.equals ?? "none") };
}
