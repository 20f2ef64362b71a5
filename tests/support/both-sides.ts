import { afterAll, beforeAll, beforeEach } from "vitest";
import type { OwnPut } from "#server/domains/own-records/put-own-records";
import { openPushing, type Thing } from "./pushing";
import type { Scene } from "./world";

// A customer whose contacts go both ways between own records and a third party that runs here. The test file mocks
// `#server/connectors/index` with `held-manifest`.
export let scene: Scene;
export let p: Awaited<ReturnType<typeof openPushing>>;

/** A database and a third party for the file, and before each test a new vendor. */
export function usingBothSides(): void {
  beforeAll(async () => {
    p = await openPushing();
  });
  afterAll(() => p.close());
  beforeEach(() => startOver("two_way", { match: "email" }));
}

/** A new vendor, and a third party that holds nothing. */
export async function startOver(direction: "push" | "two_way", more: object): Promise<void> {
  scene = await p.reset("keyed", direction);
  await p.settings({ direction, ...more });
}

export const ada = (firstName: string): OwnPut => ({ id: "ada", data: { email: "ada@acme.example", firstName } });
export const thing = (id: string, more: Partial<Thing>) => p.things.set(id, { id, at: "2026-01-01T00:00:00.000Z", ...more });
/** The next run is a reading of everything. */
export const read = async () => {
  await p.owner`update streams set reread = true, due_at = now(), run_id = null where id = ${scene.stream}`;
  return p.run();
};

/** Runs until nothing is left to do. */
export const drain = async () => {
  for (let n = 0; n < 10; n++) if ((await p.run()) === "wait") return;
  throw new Error("it does not come to rest");
};
export const own = async (id = "ada") => {
  const [row] = await p.owner`select data, version, deleted_at from own_records where customer_id = ${scene.customer} and own_id = ${id}`;
  return row as { data: Record<string, unknown>; version: string; deleted_at: Date | null };
};
export const edit = (id: string, more: Partial<Thing>, at = new Date()) =>
  Object.assign(p.things.get(id) as Thing, { at: at.toISOString(), ...more });
export const conflicts = async () => (await p.rows("conflicts")).filter((one) => one["settled_at"] === null);
export const held = async (id: string) => (await p.rows("records")).find((one) => one["external_id"] === id);
export const writesThere = () => p.asked().filter((one) => !one.startsWith("GET"));
export const MINUTE = 60_000;

/** Ada on both sides, in agreement. */
export const agreed = async () => {
  await p.put(ada("Ada"));
  await drain();
  await read();
  await drain();
  p.third.asked.length = 0;
};
