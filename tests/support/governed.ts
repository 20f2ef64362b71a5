import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type Database, openDatabase } from "#server/db/client";
import { AppError, isAppError } from "#server/lib/errors";
import { createEgress } from "#server/runtime/egress-undici";
import { createGate } from "#server/runtime/limits/gate";
import type { RequestClass } from "#server/runtime/limits/pace";
import type { Manifest } from "#server/runtime/manifest";
import { createSend, type Send } from "#server/runtime/send";
import { createDatabase } from "./postgres";
import { startThirdParty, type ThirdParty, type Told } from "./third-party";
import { tinyManifest } from "./tiny-source";

const egress = createEgress({ allowLoopback: true });
const clock = { now: () => new Date() };
const grant = { version: 1, values: {}, headers: {}, query: {} };
const grants = {
  current: async () => grant,
  renew: async () => grant,
  condemn: async (_: number, reason: string) => new AppError("reauth_required", reason),
};

/** A manifest with these limits. */
export const limited = (rateLimit: object, http: object = {}) =>
  tinyManifest({}, { ...http, rateLimit: { defaultWaitMs: 1_000, ...rateLimit } });

export const get = (send: Send, path = "/things") => send({ method: "GET", path });

/** What it was refused with, or null. */
export const refusal = (pending: Promise<unknown>) =>
  pending.then(
    () => null,
    (error) => (isAppError(error) ? error : Promise.reject(error)),
  );

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends as fast as it may until the time is over; comes back when it is told to. Returns how often it got through. */
export async function greedy(send: Send, untilMs: number): Promise<number> {
  let done = 0;
  while (performance.now() < untilMs) {
    const error = await refusal(get(send));
    if (error === null) done++;
    else await sleep(Math.min(error.retryAfterMs ?? 0, untilMs - performance.now()));
  }
  return done;
}

export const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

type Who = { klass?: RequestClass; account?: string | null };

/**
 * Two workers and a real third party that says when each request arrived: registers the hooks of a test file. Each worker has a
 * database client, and so a governor, of its own, as two processes have.
 */
export function governed() {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let owner: postgres.Sql;
  let workers: [Database, Database];
  let party: ThirdParty;
  let arrivals: number[] = [];
  let answer: (n: number, path: string) => Told | Promise<Told>;

  beforeAll(async () => {
    database = await createDatabase();
    owner = postgres(database.url, { max: 1, onnotice: () => {} });
    party = await startThirdParty(({ path }) => answer(arrivals.push(performance.now()), path));
  });
  afterAll(async () => {
    await Promise.all([owner.end(), party.stop()]);
    await database.drop();
  });
  beforeEach(async () => {
    workers = [openDatabase({ url: database.url, role: "worker" }), openDatabase({ url: database.url, role: "worker" })];
    await owner`truncate rate_limits`;
    arrivals = [];
    answer = () => ({ json: {} });
  });
  afterEach(async () => {
    await Promise.all(workers.map((db) => db.close()));
  });

  return {
    get owner() {
      return owner;
    },
    get workers() {
      return workers;
    },
    /** When each request arrived. */
    get arrivals() {
      return arrivals;
    },
    /** What the `n`th request is told. */
    answer(next: typeof answer) {
      answer = next;
    },
    /** The most that arrived within so long. */
    most: (windowMs: number) => Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + windowMs).length)),
    opened(db: Database, manifest: Manifest, { klass = "incremental", account = "a" }: Who = {}): Send {
      const holder = { environmentId: "e", integrationId: "i", sandboxOrigin: party.origin, accountId: account };
      const gate = createGate({ db, clock, manifest, owner: holder, klass });
      return createSend({ egress, manifest, grants, sandboxOrigin: party.origin, clock, gate });
    },
  };
}
