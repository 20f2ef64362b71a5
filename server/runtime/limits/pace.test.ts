import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTurn, type Pace, paceOf, RANKS, type RequestClass, reserveOf, slotsFor, take, waitAfter, waitFor } from "./pace";

const limits = fc.record({
  requests: fc.integer({ min: 1, max: 400 }),
  perMs: fc.constantFrom(250, 1_000, 10_000, 60_000, 3_600_000),
  burst: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
});

/** What some workers do in turn: take tokens, and spend each of them at some moment before they must not hold it any more. */
type Step = { gap: number; want: number; klass: RequestClass; lateness: number[]; unspent: number };
const work: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    gap: fc.double({ min: 0, max: 3, noNaN: true }),
    want: fc.integer({ min: 1, max: 60 }),
    klass: fc.constantFrom(...RANKS),
    lateness: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 60, maxLength: 60 }),
    unspent: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 60 },
);

/** Moments at which requests went out. Unspent tokens are given back when they may not be held any longer. */
function spend(pace: Pace, steps: readonly Step[]): number[] {
  const sent: number[] = [];
  const backs: { atMs: number; n: number }[] = [];
  let level = { tokens: pace.capacity, atMs: 0 };
  let now = 0;
  for (const { gap, want, klass, lateness, unspent } of steps) {
    now += gap / pace.perMs;
    const due = backs.filter((one) => one.atMs <= now);
    for (const one of due) backs.splice(backs.indexOf(one), 1);
    const back = due.reduce((sum, one) => sum + one.n, 0);
    const taken = take(level, pace, { want, reserve: reserveOf(klass, pace, 0), back }, now);
    level = taken.level;
    const used = Math.max(0, taken.granted - unspent);
    for (let i = 0; i < used; i++) sent.push(now + (lateness[i] ?? 0) * pace.holdMs);
    if (taken.granted > used) backs.push({ atMs: now + pace.holdMs, n: taken.granted - used });
  }
  return sent.sort((a, b) => a - b);
}

const most = (sent: readonly number[], windowMs: number): number =>
  sent.reduce((max, from, i) => Math.max(max, sent.slice(i).filter((at) => at < from + windowMs).length), 0);

describe("a limit is kept whatever any number of workers do", () => {
  test("a window never sees more than its requests, wherever it begins", () => {
    fc.assert(
      fc.property(limits, work, ({ requests, perMs }, steps) => {
        expect(most(spend(paceOf({ requests, perMs }), steps), perMs)).toBeLessThanOrEqual(requests);
      }),
      { numRuns: 300 },
    );
  });
  test("a bucket never sees more than its burst and what came in since", () => {
    fc.assert(
      fc.property(limits, work, fc.double({ min: 0.01, max: 20, noNaN: true }), ({ requests, perMs, burst = 5 }, steps, windows) => {
        const sent = spend(paceOf({ requests, perMs, burst }), steps);
        expect(most(sent, windows * perMs)).toBeLessThanOrEqual(burst + requests * windows + 1e-6);
      }),
      { numRuns: 300 },
    );
  });
  test("no more is held back than a fifth, and one request can always be let out", () => {
    fc.assert(
      fc.property(limits, ({ requests, perMs, burst }) => {
        const pace = paceOf({ requests, perMs, burst });
        expect(pace.perMs * perMs).toBeGreaterThanOrEqual(requests * 0.8);
        expect(pace.capacity).toBeGreaterThanOrEqual(1);
        for (const klass of RANKS)
          expect(take({ tokens: pace.capacity, atMs: 0 }, pace, { want: 1, reserve: reserveOf(klass, pace, 0), back: 0 }, 0).granted).toBe(
            1,
          );
      }),
    );
  });
  test("a request a minute with twenty at once: exactly that", () => {
    const pace = paceOf({ requests: 1, perMs: 60_000, burst: 20 });
    expect(pace).toEqual({ capacity: 20, perMs: 0.98 / 60_000, holdMs: 0 });
    const all = take({ tokens: 20, atMs: 0 }, pace, { want: 99, reserve: 0, back: 0 }, 0);
    expect(all.granted).toBe(20);
    expect(waitFor(all.level.tokens, pace, "interactive", 0, 0)).toBe(Math.ceil(60_000 / 0.98));
    expect(waitFor(all.level.tokens, pace, "interactive", 0, 2)).toBe(Math.ceil(180_000 / 0.98));
  });
});

/** Classes that always want more, asking in the given order every 20 ms; how many each got in `seconds`. */
function compete(pace: Pace, order: readonly RequestClass[], seconds: number): Record<string, number> {
  const got: Record<string, number> = {};
  const served: Record<string, number> = {};
  let level = { tokens: pace.capacity, atMs: 0 };
  for (let now = 0; now < seconds * 1_000; now += 20) {
    const due = order.filter((klass) => isTurn(pace, now - (served[klass] ?? 0)));
    for (const klass of new Set([...due, ...order])) {
      const reserve = reserveOf(klass, pace, now - (served[klass] ?? 0));
      const taken = take(level, pace, { want: 1, reserve, back: 0 }, now);
      level = taken.level;
      if (taken.granted === 0) continue;
      got[klass] = (got[klass] ?? 0) + 1;
      served[klass] = now;
    }
  }
  return got;
}

describe("classes", () => {
  const pace = paceOf({ requests: 100, perMs: 10_000 });
  test("a person never waits behind a backfill", () => {
    let level = { tokens: pace.capacity, atMs: 0 };
    for (let now = 0; now < 600_000; now += 20) {
      level = take(level, pace, { want: 50, reserve: reserveOf("backfill", pace, now % 500), back: 0 }, now).level;
      if (now % 3_000 !== 0) continue;
      const person = take(level, pace, { want: 1, reserve: reserveOf("interactive", pace, 0), back: 0 }, now);
      expect(person.granted).toBe(1);
      level = person.level;
    }
  });
  test("whoever is above gets most, and nobody nothing", () => {
    const got = compete(pace, RANKS, 300);
    expect(got["interactive"]).toBeGreaterThan(1_500);
    for (const klass of ["realtime", "incremental", "backfill"]) expect(got[klass]).toBeGreaterThan(100);
  });
  test("even when the backfill asks first each time, the others are not held up by it", () => {
    const got = compete(pace, [...RANKS].reverse(), 300);
    expect(got["interactive"]).toBeGreaterThan(1_500);
    expect(got["backfill"]).toBeLessThan(700);
  });
});

describe("slots", () => {
  test("all processes together never hold more than there are, and a process with none is let in", () => {
    const steps = fc.array(fc.record({ who: fc.integer({ min: 0, max: 4 }), want: fc.integer({ min: 0, max: 12 }) }), { maxLength: 80 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), steps, (limit, moves) => {
        const held = [0, 0, 0, 0, 0];
        for (const { who, want } of moves) {
          held[who] = slotsFor(
            { limit, using: 0, want },
            held.filter((_, i) => i !== who),
          );
          expect(held.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(limit);
        }
      }),
    );
    expect(slotsFor({ limit: 10, using: 10, want: 30 }, [0])).toBe(5);
    expect(slotsFor({ limit: 1, using: 0, want: 3 }, [0, 0])).toBe(1);
  });
});

test("a source that keeps refusing is asked less and less, never sooner than it said", () => {
  expect([0, 1, 2, 3, 4, 9, 99].map((strikes) => waitAfter(1_000, strikes))).toEqual([1_000, 1_000, 1_000, 2_000, 4_000, 128_000, 300_000]);
  expect(waitAfter(900_000, 9)).toBe(900_000);
});
