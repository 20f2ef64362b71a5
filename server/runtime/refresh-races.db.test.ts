import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Database, openDatabase } from "#server/db/client";
import { AppError, isAppError } from "#server/lib/errors";
import { type Harm, mortal } from "#tests/support/mortal";
import { createDatabase } from "#tests/support/postgres";
import { grantTokens, openRenewal, ownerIds } from "#tests/support/renewing";
import { createScene, type Scene, testVault } from "#tests/support/world";
import type { Egress } from "./egress";
import { openSecret } from "./secret";

// Five processes renew one credential at once; a scheduler draws who takes the next step. Pauses take no time: they are a turn of the scheduler's.
const pauses = vi.hoisted(() => ({ take: async () => {} }));
vi.mock("node:timers/promises", async (original) => ({ ...(await original<object>()), setTimeout: () => pauses.take() }));

const PROCESSES = 5;
const CALLERS = 2;
let close: () => Promise<void>;
let owner: postgres.Sql;
let processes: { database: Database; renew: Awaited<ReturnType<typeof openRenewal>>; name: string }[];

beforeAll(async () => {
  const db = await createDatabase();
  owner = postgres(db.url, { max: 3, onnotice: () => {} });
  processes = [];
  for (let n = 0; n < PROCESSES; n++) {
    const database = openDatabase({ url: db.url, role: "worker", poolSize: 4, systemPoolSize: 1 });
    const process = { database, renew: await openRenewal(), name: "" };
    // By which name it holds a lease.
    const scene = await createScene(owner, { records: 0 });
    const credential = await grantTokens(owner, scene);
    const egress: Egress = async ({ url }) => {
      process.name = (await owner`select refresh_owner from credentials where id = ${credential}`)[0]?.["refresh_owner"];
      return answer(url, 200, { access_token: "a1", refresh_token: "r1", expires_in: 1_800, token_type: "bearer" });
    };
    await process.renew(depsOf(database, scene, egress), scene, credential);
    processes.push(process);
  }
  close = async () => {
    await Promise.all([...processes.map((one) => one.database.close()), owner.end()]);
    await db.drop();
  };
}, 120_000);
afterAll(() => close());

const depsOf = (db: Database, { vendor, environment, customer }: Scene, egress: Egress) => ({
  db,
  scope: { vendorId: vendor, environmentId: environment, customerId: customer },
  vault: testVault,
  egress,
  clock: { now: () => new Date() },
});
const answer = (url: string, status: number, body: object) => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(body)),
  url,
  ms: 1,
});

/** The third party's token endpoint: every renewal gives new tokens. `grace`: an earlier token is taken as well. `lost`: which answers do not arrive. */
function tokenEndpoint({ grace, lost }: { grace: boolean; lost: readonly number[] }) {
  const state = { given: 0, calls: 0, refused: 0 };
  const egress: Egress = async ({ url, body }) => {
    const call = state.calls++;
    const token = Number(new URLSearchParams(String(body)).get("refresh_token")?.slice(1));
    if (token !== state.given && !grace) {
      state.refused++;
      return answer(url, 400, { error: "invalid_grant", error_description: "used already" });
    }
    const n = ++state.given;
    if (lost.includes(call)) throw new AppError("provider_unavailable", "reset", { details: { unanswered: true } });
    return answer(url, 200, { access_token: `a${n}`, refresh_token: `r${n}`, expires_in: 1_800, token_type: "bearer" });
  };
  return { egress, state };
}

/** `ahead`: the process that may come to harm has taken the lease before the others come. */
type Trouble = { harm: Harm | null; ahead: boolean; grace: boolean; lost: readonly number[] };

/** All callers of all processes at once, as the scheduler says; the first process may come to harm. What each caller got, in the end. */
async function race(s: fc.Scheduler, { harm, ahead, ...more }: Trouble) {
  const scene = await createScene(owner, { records: 0 });
  const credential = await grantTokens(owner, scene);
  const endpoint = tokenEndpoint(more);
  const turn = (what: string) => s.schedule(Promise.resolve(), what).then(() => {});
  let begin = () => {};
  const held = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let begun = 0;
  if (!ahead || (harm?.step ?? 0) <= 2) begin();
  const bodies = processes.map(({ database }, n) =>
    mortal(depsOf(database, scene, endpoint.egress), n === 0 ? harm : null, async () => {
      if (n > 0) await held;
      else if (++begun === 3) begin();
      await turn(`step of ${n}`);
    }),
  );
  // Nobody waits out a lease but that of a process which came to harm: all others are quick.
  pauses.take = async () => {
    await turn("pause");
    if (harm)
      await owner`update credentials set refresh_lease_until = clock_timestamp() - interval '1 second' where id = ${credential} and refresh_owner = ${processes[0]?.name ?? ""}`;
  };
  const call = (n: number) =>
    processes[n]?.renew(bodies[n]?.ctx as never, scene, credential) as Promise<{ version: number; secret: unknown }>;
  const outcome = (promise: Promise<{ version: number; secret: unknown }>) =>
    promise.then(
      ({ version, secret }) => ({ version, secret }),
      (error) => ({ error: isAppError(error) ? error.code : (error as Error).name }),
    );
  const all = processes.flatMap((_, n) => Array.from({ length: CALLERS }, () => outcome(call(n))));
  await s.waitFor(Promise.all(all.slice(CALLERS)));
  bodies[0]?.wake();
  const got = await s.waitFor(Promise.all(all));
  const [row] =
    await owner`select k.*, c.status, c.status_reason from credentials k join connections c on c.id = k.connection_id where k.id = ${credential}`;
  const stored = openSecret(testVault, ownerIds(scene), row?.["version"], row?.["secret"]) as { refreshToken: string };
  return { got, row: row ?? {}, stored, ...endpoint.state };
}

const runs = (usual: number) => ({ numRuns: Number(process.env["INLAY_PROPERTY_RUNS"] ?? usual) });

test(
  "in whatever order ten callers in five processes take their steps, one call is made and all get what it brought",
  () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const { got, row, calls } = await race(s, { harm: null, ahead: false, grace: false, lost: [] });
        expect(calls).toBe(1);
        expect(got).toEqual(got.map(() => ({ version: 2, secret: { type: "oauth2", accessToken: "a1", refreshToken: "r1" } })));
        expect(row).toMatchObject({ version: 2, status: "active", refresh_owner: null, refresh_lease_until: null, refresh_state: "ok" });
      }),
      runs(12),
    ),
  300_000,
);

const trouble: fc.Arbitrary<Trouble> = fc.record({
  harm: fc.option(
    fc.record({ step: fc.integer({ min: 1, max: 5 }), how: fc.constantFrom("before" as const, "after" as const, "asleep" as const) }),
  ),
  ahead: fc.boolean(),
  grace: fc.boolean(),
  lost: fc.constantFrom([], [0], [0, 1], [1]),
});

test(
  "who dies, sleeps or gets no answer: nobody is asked to reconnect while the newest token is with us, and nothing stands still",
  () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), trouble, async (s, how) => {
        const { got, row, stored, given, calls, refused } = await race(s, how);
        const isLost = stored.refreshToken !== `r${given}`;
        // Who takes an earlier token as well never loses one; of others only a token that did not reach us is lost, and the reason says so.
        const condemned = { status: "reauth", status_reason: expect.stringMatching(/^ambiguous_refresh: /) };
        expect(row).toMatchObject(row["status"] === "active" ? { status: "active" } : condemned);
        if (row["status"] !== "active") expect([how.grace, isLost]).toEqual([false, true]);
        // Each trouble costs one call more, and one refusal at most.
        const troubles = (how.harm === null ? 0 : 1) + how.lost.length;
        expect(refused).toBeLessThanOrEqual(troubles);
        expect(calls).toBeLessThanOrEqual(1 + troubles + refused);
        const honest = how.harm === null ? got : got.slice(CALLERS);
        const refusals = ["provider_unavailable", ...(row["status"] === "active" ? [] : ["reauth_required"])];
        for (const one of honest)
          expect(one).toEqual("error" in one ? { error: expect.toBeOneOf(refusals) } : { version: row["version"], secret: stored });
      }),
      runs(40),
    ),
  300_000,
);
