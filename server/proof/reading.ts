import { setImmediate as breathe } from "node:timers/promises";
import type { SourcePage } from "#server/runtime/source";
import { alive, type Kind, keyOf, type Row } from "#server/simulator/from-manifest/world";
import type { Bench } from "./bench";

const MOST_PAGES = 1_000;
/** Pages that are played one after the other before others get their turn. */
const BREATH = 20;

/** What a pass brought. */
export type Pass = {
  ids: string[];
  values: Map<string, unknown>;
  deleted: string[];
  pages: SourcePage[];
  cursor: string;
  roles: Set<string>;
};

/** Says what was not as claimed. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

export const same = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

export function differ(got: readonly string[], wanted: readonly string[]): string {
  const [missing, extra] = [wanted.filter((one) => !got.includes(one)), got.filter((one) => !wanted.includes(one))];
  return `${missing.length} missing (${missing.slice(0, 3).join(", ")}), ${extra.length} too many (${extra.slice(0, 3).join(", ")})`;
}

/** Reads one pass to its end. Every request has to be one that the manifest announces. */
export async function readPass(bench: Bench, object: string, from: string | null): Promise<Pass> {
  const source = bench.source(object);
  const begin = bench.party.heard.length;
  const pass: Pass = { ids: [], values: new Map(), deleted: [], pages: [], cursor: "", roles: new Set() };
  for (let cursor = from; ; cursor = pass.cursor) {
    must(pass.pages.length < MOST_PAGES, "the pass does not end");
    const page = await source.readPage(cursor);
    pass.pages.push(page);
    if (pass.pages.length % BREATH === 0) await breathe();
    for (const { id, value } of page.records) {
      pass.ids.push(id);
      pass.values.set(id, value);
    }
    must(page.faults.length === 0, `a record was held back: ${page.faults[0]?.message}`);
    pass.deleted.push(...page.deleted);
    pass.cursor = page.cursor;
    if (page.done) break;
  }
  for (const one of bench.party.heard.slice(begin)) {
    must(one.role !== null, `a request is not as the manifest says: ${one.why}`);
    pass.roles.add(one.role);
  }
  return pass;
}

export function kindOf(bench: Bench, object: string): Kind {
  const kind = bench.party.world.kinds[object];
  must(kind !== undefined, `there is no object "${object}"`);
  return kind;
}

/** The id that a record has here: with its parent's, where ids are unique in one parent only. */
export const idHere = (kind: Kind, row: Row): string => keyOf(kind, row);

export const idsAlive = (kind: Kind): string[] => alive(kind).map((row) => idHere(kind, row));
