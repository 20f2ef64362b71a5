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
  /** Moved, and not yet re-mapped to their end. */
  pending: number;
  records: number;
  /** Records held back that were not before the step. */
  heldBack: number;
  /** Runs that failed for a reason that a mapping can have. */
  failedRuns: number;
};

type Pace = { watchedMs: number; watchMs: number; maxErrorPercent: number };
type Decision = { kind: "go_on" } | { kind: "wait"; waitMs: number } | { kind: "roll_back"; reason: string };

const SHORTEST_LOOK_MS = 500;
const LONGEST_LOOK_MS = 300_000;

/** The next look: twenty in a step, so that a fault is seen long before its end. */
export const lookMs = (watchMs: number): number => Math.min(Math.max(watchMs / 20, SHORTEST_LOOK_MS), LONGEST_LOOK_MS);

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

/** What is to be done now: an error is acted on at once, the next step taken only after the whole watch. Nobody moved needs no watch. */
export function decide(figures: Figures, { watchedMs, watchMs, maxErrorPercent }: Pace): Decision {
  const { moved, pending, records, heldBack, failedRuns } = figures;
  if (failedRuns > 0)
    return { kind: "roll_back", reason: `${plural(failedRuns, "run", "runs")} failed under the new version. The runs say why.` };
  if (heldBack * 100 > maxErrorPercent * records) {
    const held = `${heldBack} of ${plural(records, "record was", "records were")} newly held back`;
    return { kind: "roll_back", reason: `${held}; at most ${maxErrorPercent} in a hundred may be.` };
  }
  if (moved === 0) return { kind: "go_on" };
  if (pending > 0) return { kind: "wait", waitMs: lookMs(watchMs) };
  if (watchedMs < watchMs) return { kind: "wait", waitMs: Math.min(watchMs - watchedMs, lookMs(watchMs)) };
  return { kind: "go_on" };
}
