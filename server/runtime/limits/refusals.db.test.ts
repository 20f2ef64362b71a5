import { describe, expect, test } from "vitest";
import { get, governed, greedy, limited, refusal, sleep } from "#tests/support/governed";
import type { Told } from "#tests/support/third-party";
import { tinyManifest } from "#tests/support/tiny-source";

const t = governed();

describe("a refusal", () => {
  test("keeps both workers away: the one that met it at once, the other within a second; then work goes on", async () => {
    const sends = t.workers.map((db) => t.opened(db, limited({})));
    await Promise.all(sends.map((send) => get(send)));
    let refusing = true;
    t.answer(() => (refusing ? { status: 429, headers: { "retry-after": "8" } } : { json: {} }));
    expect((await refusal(get(sends[0]!)))?.retryAfterMs).toBeGreaterThan(7_900);
    const met = performance.now();
    const before = t.arrivals.length;
    expect((await refusal(get(sends[0]!)))?.code).toBe("provider_rate_limited");
    await sleep(1_000);
    expect((await refusal(get(sends[1]!)))?.retryAfterMs).toBeGreaterThan(3_000);
    expect(t.arrivals.length).toBe(before);
    refusing = false;
    await get(t.opened(t.workers[1], limited({}), { account: "another" }));
    await sleep(5_000 - (performance.now() - met));
    await Promise.all(sends.map((send) => get(send))); // less than five seconds: slept
    expect(t.arrivals.at(-1)! - met).toBeGreaterThan(7_900);
  });

  test("`Retry-After: 0` while still refused is no hammer", async () => {
    const end = performance.now() + 6_000;
    t.answer(() => (performance.now() < end ? { status: 429, headers: { "retry-after": "0" } } : { json: {} }));
    const manifest = limited({ defaultWaitMs: 500 });
    const got = await Promise.all(t.workers.flatMap((db) => Array.from({ length: 10 }, () => greedy(t.opened(db, manifest), end + 5_000))));
    const first = t.arrivals[0] ?? 0; // what was on its way already
    expect(t.arrivals.filter((at) => at > first + 400 && at < end).length).toBeLessThan(12);
    expect(got.every((n) => n > 0)).toBe(true);
  });

  test.each<[string, object, () => Told]>([
    ["an HTTP date", {}, () => ({ status: 429, headers: { "retry-after": new Date(Date.now() + 40_000).toUTCString() } })],
    [
      "403 as throttle",
      { errors: [{ statuses: [403], path: "why", matches: "limit", code: "provider_rate_limited" }] },
      () => ({ status: 403, headers: { "retry-after": "40" }, json: { why: "rate limit" } }),
    ],
    [
      "THROTTLED in a 200",
      {
        errors: [{ path: "errors.0.extensions.code", equals: "THROTTLED", code: "provider_rate_limited" }],
        rateLimit: { defaultWaitMs: 40_000 },
      },
      () => ({ json: { errors: [{ extensions: { code: "THROTTLED" } }] } }),
    ],
  ])("%s closes the account for all", async (_, http, told) => {
    t.answer(told);
    const manifest = tinyManifest({}, { rateLimit: { defaultWaitMs: 1_000 }, ...http });
    const error = await refusal(get(t.opened(t.workers[0], manifest)));
    expect(error).toMatchObject({ code: "provider_rate_limited" });
    expect(error?.retryAfterMs).toBeGreaterThan(20_000);
    expect((await refusal(get(t.opened(t.workers[1], manifest))))?.code).toBe("provider_rate_limited");
    expect(t.arrivals).toHaveLength(1);
  });

  test("met before it is known whose account it is, it closes nothing for the others", async () => {
    t.answer((n) => (n === 1 ? { status: 429, headers: { "retry-after": "40" } } : { json: {} }));
    const [one, two] = t.workers;
    expect((await refusal(get(t.opened(one, limited({}), { account: null }))))?.retryAfterMs).toBe(40_000);
    for (const account of [null, "a"]) await get(t.opened(two, limited({}), { account }));
    await get(t.opened(one, limited({})));
    expect((await t.owner`select 1 from rate_limits`).length).toBe(0);
  });

  test("little left: the others wait for the reset and people do not; nothing left: nobody is refused by the source", async () => {
    let left = 3;
    t.answer(() => ({ headers: { "x-left": String(left), "x-reset": "30" }, json: {} }));
    const manifest = limited({ remaining: [{ header: "X-Left", reset: { header: "x-reset", unit: "seconds" }, reserve: 3 }] });
    const [one, two] = t.workers;
    await get(t.opened(one, manifest));
    expect((await refusal(get(t.opened(two, manifest, { klass: "backfill" }))))?.retryAfterMs).toBeGreaterThan(25_000);
    left = 0;
    await get(t.opened(two, manifest, { klass: "interactive" }));
    expect((await refusal(get(t.opened(two, manifest, { klass: "interactive" }))))?.code).toBe("provider_rate_limited");
    expect(t.arrivals).toHaveLength(2);
  });
});

test("where nothing is limited and nothing was refused, the database is left alone", async () => {
  const send = t.opened(t.workers[0], limited({}));
  await Promise.all(Array.from({ length: 50 }, () => get(send)));
  expect(await t.owner`select 1 from rate_limits`).toHaveLength(0);
});
