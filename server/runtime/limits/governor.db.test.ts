import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Database } from "#server/db/client";
import { get, governed, greedy, limited, refusal, sleep, sum } from "#tests/support/governed";
import { take } from "./pace";
import { takeTokens } from "./store";

const t = governed();

test("the statement takes what the core says", async () => {
  const step = fc.record({
    want: fc.integer({ min: 0, max: 30 }),
    reserve: fc.double({ min: 0, max: 10, noNaN: true }),
    back: fc.integer({ min: 0, max: 5 }),
    idleMs: fc.integer({ min: 0, max: 5_000 }),
  });
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      // So slow that the time the test takes is nothing, and so quick that what is put in between counts.
      const pace = { capacity: 20, perMs: 0.0011, holdMs: 0 };
      const id = `row ${rows++}`;
      let level = { tokens: pace.capacity, atMs: 0 };
      let now = 0;
      await takeTokens(t.workers[0], [{ id, pace, want: 0, reserve: 0, back: 0 }]);
      for (const { idleMs, ...ask } of steps) {
        now += idleMs;
        await t.owner`update rate_limits set tokens_at = clock_timestamp() - ${idleMs} * interval '1 ms' where id = ${id}`;
        const expected = take(level, pace, ask, now);
        const [taken] = await takeTokens(t.workers[0], [{ id, pace, ...ask }]);
        const over = expected.level.tokens + expected.granted - ask.reserve;
        fc.pre(Math.abs(over - Math.round(over)) > 0.05); // the few ms between the two statements must not decide
        expect(taken?.granted).toBe(expected.granted);
        expect(taken?.tokens).toBeCloseTo(expected.level.tokens, 1);
        level = { tokens: taken?.tokens ?? 0, atMs: now };
      }
    }),
    { numRuns: 25 },
  );
});

describe("a limit known beforehand", () => {
  test("two workers at full tilt never pass a window, and neither starves", async () => {
    const manifest = limited({ buckets: [{ scope: "account", requests: 30, perMs: 1_000 }] });
    const until = performance.now() + 4_000;
    const got = await Promise.all(
      t.workers.map(async (db) => sum(await Promise.all([1, 2, 3, 4, 5].map(() => greedy(t.opened(db, manifest), until))))),
    );
    // What is promised is about departures (pace.test.ts); on a busy machine a few arrive later than they left.
    expect(t.most(1_000)).toBeLessThanOrEqual(33);
    expect(t.arrivals.length).toBeLessThanOrEqual(4 * 30 + 3);
    expect(sum(got)).toBeGreaterThan(60);
    for (const one of got) expect(one / sum(got)).toBeGreaterThan(0.15);
  });

  test("two connections to one account share it, two accounts do not, and an app's limit is for all of them", async () => {
    const manifest = limited({
      buckets: [
        { scope: "account", requests: 1, perMs: 60_000, burst: 2 },
        { scope: "app", requests: 1, perMs: 60_000, burst: 5 },
      ],
    });
    const [one, two] = t.workers;
    const ask = (db: Database, account: string) => refusal(get(t.opened(db, manifest, { account, klass: "interactive" })));
    const answers = [
      await ask(one, "a"),
      await ask(two, "a"),
      await ask(two, "a"),
      await ask(one, "b"),
      await ask(two, "b"),
      await ask(two, "c"),
    ];
    expect(answers.map((error) => error?.code ?? "sent")).toEqual(["sent", "sent", "provider_rate_limited", "sent", "sent", "sent"]);
    expect((await ask(one, "d"))?.retryAfterMs).toBeGreaterThan(50_000);
    expect(t.arrivals).toHaveLength(5);
  });

  test("only the requests it is about are counted", async () => {
    const search = {
      scope: "account",
      name: "search",
      requests: 1,
      perMs: 60_000,
      burst: 1,
      methods: ["post"],
      paths: ["/objects/*/search"],
    };
    const send = t.opened(t.workers[0], limited({ buckets: [search] }, { baseUrl: "https://api.example.com/v3" }));
    const post = (path: string) => refusal(send({ method: "POST", path, body: {} }));
    expect([await post("/objects/x/search"), await post("/objects/x/y/search"), await refusal(get(send, "/objects/x/search"))]).toEqual([
      null,
      null,
      null,
    ]);
    expect((await post("/objects/z/search"))?.code).toBe("provider_rate_limited");
  });

  test("a wait of more than five seconds holds no slot: the answer says when to come back, and nothing is sent", async () => {
    const manifest = limited({ buckets: [{ scope: "account", requests: 1, perMs: 60_000, burst: 20 }] });
    const sent = await Promise.all(
      t.workers.flatMap((db) => Array.from({ length: 15 }, () => refusal(get(t.opened(db, manifest, { klass: "interactive" }))))),
    );
    const refused = sent.filter((error) => error !== null);
    expect([t.arrivals.length, refused.length]).toEqual([20, 10]);
    for (const error of refused) expect(error).toMatchObject({ code: "provider_rate_limited" });
    expect(Math.min(...refused.map((error) => error.retryAfterMs ?? 0))).toBeGreaterThan(55_000);
    expect(Math.max(...refused.map((error) => error.retryAfterMs ?? 0))).toBeGreaterThan(150_000); // one after the other
  });

  test("a person goes out at once while a backfill takes all it may", async () => {
    const manifest = limited({ buckets: [{ scope: "account", requests: 80, perMs: 4_000 }] });
    const until = performance.now() + 3_000;
    const backfill = Promise.all(
      t.workers.flatMap((db) => [1, 2, 3].map(() => greedy(t.opened(db, manifest, { klass: "backfill" }), until))),
    );
    const waits: number[] = [];
    while (performance.now() < until - 400) {
      await sleep(300);
      const from = performance.now();
      await get(t.opened(t.workers[1], manifest, { klass: "interactive" }));
      waits.push(performance.now() - from);
    }
    expect(sum(await backfill)).toBeGreaterThan(20);
    expect(waits.filter((ms) => ms > 120).length).toBeLessThanOrEqual(1);
  });

  test("who gives up waiting is gone, and the others still get their turn", async () => {
    const manifest = limited({ buckets: [{ scope: "account", requests: 1, perMs: 700 }] });
    const send = t.opened(t.workers[0], manifest);
    const stop = new AbortController();
    const [first, second, third] = [get(send), send({ method: "GET", path: "/things" }, stop.signal), get(send)];
    await first;
    stop.abort(new Error("cancelled"));
    await expect(second).rejects.toThrow("cancelled");
    await third;
    expect(t.arrivals).toHaveLength(2);
  });

  test.each([3, 1])("no more than %i under way at once, by both workers together, and both get through", async (limit) => {
    let underway = 0;
    let peak = 0;
    t.answer(async () => {
      peak = Math.max(peak, ++underway);
      await sleep(20);
      underway--;
      return { json: {} };
    });
    const manifest = limited({ concurrency: { app: limit } });
    const until = performance.now() + 2_500;
    const greedyOnes = (db: Database) => [1, 2, 3, 4].map((n) => greedy(t.opened(db, manifest, { account: `a${n}` }), until));
    const got = await Promise.all(t.workers.map(async (db) => sum(await Promise.all(greedyOnes(db)))));
    expect(peak).toBe(limit);
    for (const one of got) expect(one).toBeGreaterThan(2);
  });
});
