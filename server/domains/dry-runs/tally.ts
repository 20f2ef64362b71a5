import { shortened } from "../schemas/choose-samples";
import { type PageBatch, SEPARATOR, takenOut } from "../streams/page-batch";
import type { Weighed } from "../streams/weigh-page";
import { DRY_RUN_KINDS, type DryRunKind, type DryRunResult, type DryRunSample } from "./schema";

/** How many of each kind are shown: what changes first. Their sum is `DRY_RUN_SAMPLES`. */
const QUOTA: Record<DryRunKind, number> = { update: 6, create: 4, quarantine: 4, remove: 2, skip: 2, same: 2 };
/** The most that one page has to give of a kind. */
export const MOST_OF_A_KIND = Math.max(...Object.values(QUOTA));
/** Of each side of a sample, in characters of JSON. */
const SIDE = 4_000;
const UNSEEN = "A field that is set up for you does not fit this record.";

type Side = Record<string, unknown> | null;

/** The record without what its reader may not know of. */
export function shownPart(data: Side, hidden: ReadonlySet<string>): Side {
  if (data === null) return null;
  const open = hidden.size === 0 ? data : Object.fromEntries(Object.entries(data).filter(([name]) => !hidden.has(name)));
  return shortened(open, SIDE).source as Record<string, unknown>;
}

/** What is wrong, unless it names a field that its reader may not know of. */
export const toldOf = (message: string | null, hidden: ReadonlySet<string>): string | null =>
  message === null || ![...hidden].some((target) => message.includes(target)) ? message : UNSEEN;

/** Counts of a dry run, and a few samples of every kind. `hidden`: fields of the model that its reader may not know of. */
export class Tally {
  readonly counts = Object.fromEntries(DRY_RUN_KINDS.map((kind) => [kind, 0])) as Record<DryRunKind, number>;
  readonly #samples: DryRunSample[] = [];
  readonly #taken = new Map<DryRunKind, number>();
  readonly #hidden: ReadonlySet<string>;

  constructor(hidden: readonly string[]) {
    this.#hidden = new Set(hidden);
  }

  get read(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  add(weighed: readonly Weighed[]): void {
    for (const { what, count, some } of weighed) {
      this.counts[what] += count;
      for (const one of some) this.#show(what, one);
    }
  }

  #show(what: DryRunKind, { externalId, before, after, message }: Weighed["some"][number]): void {
    const taken = this.#taken.get(what) ?? 0;
    if (taken >= QUOTA[what]) return;
    this.#taken.set(what, taken + 1);
    this.#samples.push({
      what,
      externalId: externalId.slice(0, 500),
      before: shownPart(before, this.#hidden),
      after: shownPart(after, this.#hidden),
      message: toldOf(message, this.#hidden),
    });
  }

  result(rest: Pick<DryRunResult, "over" | "more" | "reread" | "repeats" | "direction" | "writes">): DryRunResult {
    return { ...rest, read: this.read, ...this.counts, samples: this.#samples };
  }
}

/**
 * What would become of the pages of an account of which nothing is stored yet: {@link weighPage} without a database. It remembers
 * what came before, for an id may come again.
 */
export class FirstPages {
  readonly #held = new Map<string, string>();

  weigh(batch: PageBatch): Weighed[] {
    const told = new Map<DryRunKind, Weighed>();
    const tell = (what: DryRunKind, externalId: string, after: string | null, message: string | null) => {
      const entry = told.get(what) ?? { what, count: 0, some: [] };
      told.set(what, entry);
      entry.count++;
      const before = this.#held.get(externalId);
      if (entry.some.length < MOST_OF_A_KIND)
        entry.some.push({
          externalId,
          before: before ? JSON.parse(before) : null,
          after: after === null ? null : JSON.parse(after),
          message,
        });
    };
    const data = batch.data ? batch.data.split(SEPARATOR) : [];
    const ids = batch.ids === "" ? [] : batch.ids.split(SEPARATOR);
    ids.forEach((id, index) => {
      const after = data[index] ?? "{}";
      const before = this.#held.get(id);
      tell(before === undefined ? "create" : before === after ? "same" : "update", id, after, null);
      this.#held.set(id, after);
    });
    for (const id of takenOut(batch)?.split(SEPARATOR) ?? []) tell(this.#held.delete(id) ? "remove" : "skip", id, null, null);
    for (const fault of batch.faults) tell("quarantine", fault.external_id, null, fault.message);
    return [...told.values()];
  }
}
