import { createHash } from "node:crypto";

type Candidate = { id: string; internal: boolean };

/**
 * The streams that a step takes: those of internal customers always, and of the others so many in a hundred, at least one where it
 * is not none. `salt` (the roll-out's id) has another share go first each time; one stream's place in the order never changes.
 */
export function cohortOf(streams: readonly Candidate[], percent: number, salt: string): Set<string> {
  const internal = streams.filter((stream) => stream.internal);
  const others = streams
    .filter((stream) => !stream.internal)
    .map(({ id }) => ({ id, place: createHash("sha256").update(`${salt}:${id}`).digest("hex") }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const share = others.slice(0, Math.ceil((others.length * percent) / 100));
  return new Set([...internal, ...share].map(({ id }) => id));
}

/** How the streams fare that have been moved, since the step began. */
export type Figures = {
  /** All streams that are on, and those of them that are at the new version. */
  streams: number;
  moved: number;
  /** Moved, and not yet re-mapped to their end, or with writes that wait to be tried. */
  pending: number;
  records: number;
  /** Records held back that were not before the step. */
  heldBack: number;
  /** Writes at the third party that were settled since the step began, and those of them that were refused, or are in doubt. */
  writes: number;
  heldWrites: number;
  /** Runs that failed for a reason that a mapping can have. */
  failedRuns: number;
  /**
   * Of the streams moved that hold, or have settled, at least {@link ENOUGH_RECORDS}, the one of which most are newly held back; null
   * when none is. `of`: what is counted.
   */
  worst: { customer: string; of: "records" | "writes"; records: number; heldBack: number } | null;
};

/** Fewer records of one customer, or writes, prove nothing. */
export const ENOUGH_RECORDS = 20;

/** Of streams, by id: records looked at, and in how many of them each field holds something. */
export type Filled = Record<string, { records: number; fields: Record<string, number> }>;

/** `stream`: in that one only; null = in all that were looked into, taken together. */
export type Emptied = { field: string; before: number; after: number; records: number; stream: string | null };

/** Fewer filled records prove nothing. */
const ENOUGH_FILLED = 5;
/** Of one customer a field counts that was filled so often, and is gone when it is filled less often than that. */
const [OFTEN, HARDLY] = [0.5, 0.05];

/**
 * The field that has gone empty with the new version: filled less than half as often as before in the same streams; or in one of them, where
 * it was filled in half of the records, in hardly any. Null when none has. A record that is gone or held back counts in neither.
 */
export function emptiedBy(before: Filled, after: Filled): Emptied | null {
  const both = Object.keys(after).filter((id) => Object.hasOwn(before, id) && (after[id]?.records ?? 0) > 0);
  return emptiedIn(both, before, after) ?? both.map((id) => emptiedOf(id, before[id], after[id])).find((one) => one !== null) ?? null;
}

/** Of one stream, the first field that was mostly filled and is now null in nearly all records. */
function emptiedOf(stream: string, before: Filled[string] | undefined, after: Filled[string] | undefined): Emptied | null {
  if (!before || !after || Math.min(before.records, after.records) < ENOUGH_RECORDS) return null;
  for (const [field, was] of Object.entries(before.fields)) {
    const [share, is] = [was / before.records, after.fields[field] ?? 0];
    if (share >= OFTEN && is < HARDLY * after.records)
      return { field, before: Math.round(share * after.records), after: is, records: after.records, stream };
  }
  return null;
}

function emptiedIn(both: readonly string[], before: Filled, after: Filled): Emptied | null {
  const sum = (filled: Filled, count: (one: Filled[string]) => number) =>
    both.reduce((n, id) => n + (filled[id] ? count(filled[id]) : 0), 0);
  const [old, records] = [sum(before, (one) => one.records), sum(after, (one) => one.records)];
  const fields = new Set(both.flatMap((id) => Object.keys(before[id]?.fields ?? {})));
  const worst = [...fields]
    .map((field) => ({ field, was: sum(before, (one) => one.fields[field] ?? 0), is: sum(after, (one) => one.fields[field] ?? 0) }))
    .filter(({ was, is }) => was >= ENOUGH_FILLED && (is / records) * 2 < was / old)
    .sort((a, b) => a.is / a.was - b.is / b.was)[0];
  return worst ? { field: worst.field, before: Math.round((worst.was / old) * records), after: worst.is, records, stream: null } : null;
}

type Pace = { watchedMs: number; watchMs: number; maxErrorPercent: number };
type Decision = { kind: "go_on" } | { kind: "wait"; waitMs: number } | { kind: "roll_back"; reason: string };

const SHORTEST_LOOK_MS = 500;
const LONGEST_LOOK_MS = 300_000;

/** The next look: twenty in a step, so that a fault is seen long before its end. */
export const lookMs = (watchMs: number): number => Math.min(Math.max(watchMs / 20, SHORTEST_LOOK_MS), LONGEST_LOOK_MS);

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

type RollBack = Extract<Decision, { kind: "roll_back" }>;

/** Of writes the whole is known at the end only: while they are few, it takes most of them. */
function refused({ writes, heldWrites }: Figures, maxErrorPercent: number): RollBack | null {
  const few = writes < ENOUGH_RECORDS && heldWrites * 2 <= writes;
  if (few || heldWrites * 100 <= maxErrorPercent * writes) return null;
  const held = `${heldWrites} of ${plural(writes, "write was newly refused or is in doubt", "writes were newly refused or are in doubt")}`;
  return { kind: "roll_back", reason: `${held}; at most ${maxErrorPercent} in a hundred may be. What waits for a person says why.` };
}

function worstHalts({ worst }: Figures): RollBack | null {
  if (!worst || worst.heldBack * 2 <= worst.records) return null;
  const { customer, of, records, heldBack } = worst;
  const what = of === "writes" ? plural(records, "write", "writes") : plural(records, "record", "records");
  const fate = of === "writes" ? "were newly refused or are in doubt" : "were newly held back";
  const held = `${heldBack} of ${what} of ${customer} ${fate}`;
  return { kind: "roll_back", reason: `${held}; at most half of one customer's may be. See what they have made of the mapping.` };
}

function emptiedHalts({ field, before, after, records, customer }: Emptied & { customer?: string }): RollBack {
  const share = `“${field}” is filled in ${after} of ${plural(records, "record", "records")}${customer === undefined ? "" : ` of ${customer}`}`;
  return { kind: "roll_back", reason: `${share}, where about ${before} were before. See where it comes from in the new version.` };
}

/** What is to be done now: an error is acted on at once, the next step taken only after the whole watch. Nobody moved needs no watch. */
export function decide(
  figures: Figures,
  { watchedMs, watchMs, maxErrorPercent }: Pace,
  emptied: (Emptied & { customer?: string }) | null = null,
): Decision {
  const { moved, pending, records, heldBack, failedRuns } = figures;
  // Who holds nearly everything back has stopped, too: what was held back says more than that.
  if (heldBack * 100 > maxErrorPercent * records) {
    const held = `${heldBack} of ${plural(records, "record was", "records were")} newly held back`;
    return { kind: "roll_back", reason: `${held}; at most ${maxErrorPercent} in a hundred may be.` };
  }
  if (failedRuns > 0)
    return { kind: "roll_back", reason: `${plural(failedRuns, "run", "runs")} failed under the new version. The runs say why.` };
  const halt = refused(figures, maxErrorPercent) ?? worstHalts(figures);
  if (halt) return halt;
  if (emptied) return emptiedHalts(emptied);
  if (moved === 0) return { kind: "go_on" };
  if (pending > 0) return { kind: "wait", waitMs: lookMs(watchMs) };
  if (watchedMs < watchMs) return { kind: "wait", waitMs: Math.min(watchMs - watchedMs, lookMs(watchMs)) };
  return { kind: "go_on" };
}
