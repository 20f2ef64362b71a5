import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect } from "vitest";
import type { CustomerCtx } from "#server/lib/context";
import { type AppError, isAppError } from "#server/lib/errors";
import type { ConnectionId, IntegrationId, StreamId, TemplateId } from "#server/lib/ids";
import { type Held, type Product, startProduct } from "./product";
import type { Relay } from "./relay";
import { reportOf, type Step } from "./report";

type Row = Record<string, unknown>;

/** A real server, running and on offer in the marketplace. */
export type Started = {
  relay: Relay;
  version: string;
  integrationId: IntegrationId;
  /** Object of the connector that is read. */
  object: string;
  connect(ctx: CustomerCtx): Promise<ConnectionId>;
  /** The account as the marketplace shows it after connecting. */
  label: string;
  /** What is there, by id, as the server tells it to somebody who is not us. */
  truth(): Promise<Map<string, Row>>;
  /** What a record of ours has to be once mapped, written by hand from the server's own. */
  mapped(row: Row): Row;
  /** What came over the wire, where it does not look like what the server tells others. */
  source?(held: Held): unknown;
  /** Changes and makes some through the server's own programming interface; ids of what changed, came and went. */
  change(): Promise<{ changed: string[]; made: string[]; gone: string[] }>;
  /** What is gone is seen by reading everything, not among the changes: by so many readings in a row, two where pages are counted. */
  scans?: 1 | 2;
  /** Connects with a wrong credential, and what it has to be refused with. */
  wrong?: { attempt(ctx: CustomerCtx): Promise<unknown>; code: string; says: RegExp };
  stop(): Promise<void>;
};

export type Journey = {
  start(product: Product): Promise<Started>;
  /** Steps that this server cannot take, and why. */
  notRun?: Partial<Record<Step, string>>;
  notes?: string[];
  /** What this server alone can show, after all steps, on the first customer's connection. */
  also?: Record<string, (product: Product, place: Place) => Promise<void>>;
};

type Place = { ctx: CustomerCtx; connectionId: ConnectionId; streamId: StreamId };

/** Where the worker dies: when two pages of its backfill are stored. */
const DIES_AFTER = 2;

/** One system through all steps. Registers the tests of a file. */
export function journey(system: string, { start, notRun = {}, notes = [], also = {} }: Journey): void {
  const report = reportOf(system);
  let product: Product;
  let started: Started;
  let templateId: TemplateId;
  const at = {} as Record<"globex" | "initech", Place>;
  let working = false;

  beforeAll(async () => {
    product = await startProduct();
    started = await start(product);
    report.version(started.version);
    for (const note of notes) report.note(note);
    if (started.scans === 2) report.note("Its pages are counted: a record is gone when two readings in a row did not show it.");
    templateId = await product.offer(started.integrationId, started.object, `live_${started.object}`);
  });
  afterAll(async () => {
    await product?.stop();
    await started?.stop();
    await started?.relay.stop();
  });

  const steps: [Step, () => Promise<void>][] = [
    ["connect", connect],
    ["resume", resume],
    ["full", full],
    ["incremental", incremental],
    ["wrong", wrong],
  ];
  for (const [name, work] of steps) {
    const why = notRun[name];
    if (why === undefined) report.step(name, work);
    else report.notRun(name, why);
  }
  for (const [name, work] of Object.entries(also)) report.also(name, () => work(product, at.globex));

  async function connect() {
    for (const customer of ["globex", "initech"] as const) {
      const ctx = await product.customer(customer);
      const connectionId = await started.connect(ctx);
      at[customer] = { ctx, connectionId, streamId: "" as StreamId };
      const [row] = await product.owner`select status, account_label from connections where id = ${connectionId}`;
      expect(row).toEqual({ status: "active", account_label: started.label });
    }
  }

  const ensureWorker = () => {
    if (!working) product.startWorker();
    working = true;
  };

  async function turnOn(customer: "globex" | "initech") {
    const place = at[customer];
    place.streamId = await product.turnOn(place.ctx, place.connectionId, templateId);
    return place;
  }

  /** Nothing lost, nothing invented, every field as the server has it. */
  async function audit(streamId: StreamId, unseen: readonly string[] = []) {
    const truth = await started.truth();
    const held = (await product.held(streamId)).filter((row) => !row.deleted && !unseen.includes(row.external_id));
    expect(held.map((row) => row.external_id).sort()).toEqual([...truth.keys()].sort());
    for (const row of held) {
      const there = truth.get(row.external_id) as Row;
      expect(started.source ? started.source(row) : JSON.parse(row.source)).toEqual(there);
      expect(row.data).toMatchObject(started.mapped(there));
    }
    return truth;
  }

  async function resume() {
    const victim = product.startVictim(`page.after_commit:${DIES_AFTER}`);
    const { ctx, streamId } = await turnOn("initech");
    expect(await Promise.race([victim, sleep(90_000, "still alive")])).toBe("SIGKILL");
    const kept = (await product.held(streamId)).length;
    ensureWorker();
    const run = await product.ran(streamId, new Date(0));
    expect(run).toMatchObject({ status: "succeeded", code: null, message: null });
    const truth = await audit(streamId);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(truth.size);
    expect([...(await product.told(ctx, streamId)).values()].filter((times) => times !== 1)).toEqual([]);
    // One run, begun twice, which went on where the dead one had stored.
    expect([run.seen, run.legs > 1]).toEqual([truth.size, true]);
  }

  async function full() {
    ensureWorker();
    const { ctx, streamId } = await turnOn("globex");
    expect(await product.ran(streamId, new Date(0))).toMatchObject({ status: "succeeded", code: null, message: null });
    const truth = await audit(streamId);
    const told = await product.told(ctx, streamId);
    expect([told.size, [...told.values()].filter((times) => times !== 1)]).toEqual([truth.size, []]);
  }

  /** One more run of a stream, to its end. */
  async function again({ ctx, streamId }: Place) {
    const [{ now }] = (await product.owner`select clock_timestamp() as now`) as unknown as [{ now: Date }];
    await product.sync(ctx, streamId);
    expect(await product.ran(streamId, now)).toMatchObject({ status: "succeeded", code: null, message: null });
  }

  async function incremental() {
    const { ctx, streamId } = at.globex;
    const before = await product.told(ctx, streamId);
    const { changed, made, gone } = await started.change();
    await again(at.globex);
    for (let reading = 0; reading < (started.scans ?? 0); reading++) {
      await audit(streamId, gone);
      expect((await product.held(streamId)).filter((row) => !row.deleted && gone.includes(row.external_id)).length).toBe(gone.length);
      await product.owner`update streams set reread = true where id = ${streamId}`; // as every so often by itself
      await again(at.globex);
    }
    await audit(streamId);
    const after = await product.told(ctx, streamId);
    const anew = [...after].filter(([id, times]) => times !== (before.get(id) ?? 0));
    expect(anew.map(([id]) => id).sort()).toEqual([...changed, ...made, ...gone].sort());
    for (const [id, times] of anew) expect([id, times]).toEqual([id, (before.get(id) ?? 0) + 1]);
  }

  async function wrong() {
    if (!started.wrong) throw new Error("nobody said what a wrong credential is");
    const ctx = await product.customer("globex");
    const count = async () => (await product.owner`select count(*)::int as n from connections`)[0];
    const before = await count();
    const error = await started.wrong.attempt(ctx).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(isAppError(error) ? error.code : `no error of ours: ${String(error)}`).toBe(started.wrong.code);
    expect((error as AppError).message).toMatch(started.wrong.says);
    expect(await count()).toEqual(before);
  }
}
