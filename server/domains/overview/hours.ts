import type { Database } from "#server/db/client";

/** What happened in one whole hour. Nothing of it changes once the hour is over: it goes by when a page was written and a run began. */
export type HourFacts = { hour: number; started: number; created: number; updated: number };

const HOUR_MS = 3_600_000;
const SHOWN = 24;
/** A page that was being written when its hour ended is committed by then. */
const SETTLED_MS = 120_000;
const MOST_SCOPES = 1_000;

const known = new WeakMap<Database, Map<string, Map<number, HourFacts>>>();

function hoursOf(db: Database, scope: string): Map<number, HourFacts> {
  const scopes = known.get(db) ?? new Map<string, Map<number, HourFacts>>();
  known.set(db, scopes);
  if (scopes.size >= MOST_SCOPES && !scopes.has(scope)) scopes.clear();
  const hours = scopes.get(scope) ?? new Map<number, HourFacts>();
  scopes.set(scope, hours);
  return hours;
}

/** The 24 hours that are shown at `now`, by their beginnings in ms, the running one last. */
export const shownHours = (now: number): number[] =>
  Array.from({ length: SHOWN }, (_, i) => Math.floor(now / HOUR_MS) * HOUR_MS - (SHOWN - 1 - i) * HOUR_MS);

/**
 * From which moment on the database has to be asked: the first shown hour that is not remembered. A large environment writes a
 * million pages a day; to add them up for each look at a screen would cost seconds, and all but the last hour is history.
 */
export function askFrom(db: Database, scope: string, now: number): number {
  const hours = hoursOf(db, scope);
  const shown = shownHours(now);
  return shown.find((hour) => !hours.has(hour)) ?? now;
}

/** All 24 hours: the remembered ones and those that were `read`. What is over is remembered from now on. */
export function completeHours(db: Database, scope: string, now: number, read: readonly HourFacts[]): HourFacts[] {
  const hours = hoursOf(db, scope);
  const shown = shownHours(now);
  for (const hour of hours.keys()) if (hour < (shown[0] ?? 0)) hours.delete(hour);
  const fresh = new Map(read.map((facts) => [facts.hour, facts]));
  return shown.map((hour) => {
    const facts = hours.get(hour) ?? fresh.get(hour) ?? { hour, started: 0, created: 0, updated: 0 };
    if (hour + HOUR_MS + SETTLED_MS <= now) hours.set(hour, facts);
    return facts;
  });
}
