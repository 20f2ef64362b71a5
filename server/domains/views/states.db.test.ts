import type postgres from "postgres";
import { describe, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import type { ConnectionState } from "#server/trpc/views";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, customerCtx, insert, memberCtx, type Scene } from "#tests/support/world";
import { getConnection } from "./get-connection";
import { listConnections } from "./list-connections";
import { listCustomers } from "./list-customers";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner);
});

type Setup = { stream?: Record<string, unknown>; run?: Record<string, unknown> | undefined; connection?: string };

/** A fresh connection of a fresh customer, set as given, with a run in flight if `run` is there. */
async function make({ stream = {}, run, connection }: Setup) {
  const customer = await createCustomer(owner, scene.environment, "State");
  const ids = await createConnection(owner, { ...scene, customer }, { record_count: 10, ...stream });
  if (connection) await owner`update connections set status = ${connection} where id = ${ids.connection}`;
  if (run) await startRun(ids.stream, customer, run);
  return { ...ids, customer };
}

async function startRun(stream: string, customer: string, run: Record<string, unknown>) {
  const id = newId("run");
  const scope = { environment_id: scene.environment, customer_id: customer };
  await insert(owner, "runs", { id, ...scope, stream_id: stream, kind: "incremental", trigger: "schedule", ...run });
  await owner`update streams set run_id = ${id} where id = ${stream}`;
}

const FRESH = { phase: "backfill", record_count: 0, last_success_at: null };

const CASES: [string, ConnectionState, Setup][] = [
  ["nothing pulled yet", "connecting", { stream: FRESH }],
  ["first run begun, nothing seen yet", "connecting", { stream: FRESH, run: { kind: "backfill" } }],
  ["first records seen", "syncing", { stream: FRESH, run: { kind: "backfill", seen: 5 } }],
  ["between two legs of a backfill", "syncing", { stream: { phase: "backfill", last_success_at: null } }],
  ["a run in flight", "syncing", { run: { seen: 0 } }],
  ["trying again after a failure", "syncing", { stream: { failure_code: "config_invalid" }, run: { seen: 1 } }],
  ["waiting for a rate limit", "delayed", { stream: { failure_code: "provider_rate_limited" } }],
  ["the other system is down", "delayed", { stream: { failure_code: "provider_unavailable" } }],
  ["a fault of ours heals by itself", "delayed", { stream: { failure_code: "platform_error" } }],
  ["a code that is on no list any more", "delayed", { stream: { failure_code: "gone" } }],
  ["something for the vendor to do", "attention", { stream: { failure_code: "config_invalid" } }],
  ["something for the customer to do", "attention", { stream: { failure_code: "delete_guard_tripped" } }],
  ["deletions to decide about, also after a pass of changes", "attention", { stream: { missing_count: 100, missing_since: new Date() } }],
  ["held records alone are no alarm", "active", { stream: { quarantine_count: 4 } }],
  ["so many held that the stream stopped", "attention", { stream: { pause_reasons: ["quarantine"] } }],
  ["the credential was refused", "reauth", { connection: "reauth" }],
  ["paused for a new sign-in", "reauth", { stream: { pause_reasons: ["auth"], failure_code: "insufficient_scope" } }],
  ["the failure says so", "reauth", { stream: { failure_code: "reauth_required" } }],
  ["paused by the customer", "paused", { stream: { pause_reasons: ["customer"], failure_code: "config_invalid" } }],
  ["paused by the vendor", "paused", { stream: { pause_reasons: ["vendor"] } }],
  ["disconnected", "disconnected", { connection: "disconnected", stream: { status: "off", failure_code: "config_invalid" } }],
  ["template turned off", "active", { stream: { status: "off" } }],
  ["all well", "active", {}],
];

describe("the one vocabulary of states", () => {
  test.each(CASES)("%s: %s", async (_name, state, setup) => {
    const made = await make(setup);
    const ctx = memberCtx(deps, scene);
    expect((await getConnection(ctx, { connectionId: made.connection })).state).toBe(state);
    // Lists filter by the same state in the database.
    const listed = await listConnections(ctx, { state, customerId: made.customer, limit: 10 });
    expect(listed.items.map((item) => item.id)).toEqual([made.connection]);
    const customers = await listCustomers(ctx, { state, search: made.customer, limit: 10 });
    expect(customers.items).toMatchObject([{ id: made.customer, state }]);
  });

  test("a run that waits for the other system says until when; once that is over it does not", async () => {
    const made = await make({ run: { seen: 5 } });
    const seen = async () => (await getConnection(memberCtx(deps, scene), { connectionId: made.connection })).streams[0]?.waitingUntil;
    await owner`update streams set waiting_until = now() + interval '5 minutes' where id = ${made.stream}`;
    expect((await seen())?.getTime()).toBeGreaterThan(Date.now());
    await owner`update streams set waiting_until = now() - interval '1 second' where id = ${made.stream}`;
    expect(await seen()).toBeNull();
  });

  test("a connection is in the state that matters most of its streams; an off one does not count", async () => {
    const made = await make({ stream: { pause_reasons: ["customer"] } });
    const ctx = memberCtx(deps, scene);
    const [base] = await owner`select * from streams where id = ${made.stream}`;
    const add = async (key: string, over: Record<string, unknown>) =>
      insert(owner, "streams", { ...base, id: newId("stream"), key, pause_reasons: [], ...over });
    const state = async () => (await getConnection(ctx, { connectionId: made.connection })).state;
    expect(await state()).toBe("paused");
    await add("companies", {});
    expect(await state()).toBe("active");
    await add("deals", { failure_code: "config_invalid" });
    expect(await state()).toBe("attention");
    await owner`update streams set status = 'off' where connection_id = ${made.connection} and key = 'deals'`;
    expect(await state()).toBe("active");
  });
});

describe("progress", () => {
  const started = () => new Date(Date.now() - 10_000);
  const progress = async (setup: Setup) => {
    const made = await make(setup);
    return (await getConnection(memberCtx(deps, scene), { connectionId: made.connection })).streams[0]?.progress;
  };

  test("a backfill counts towards the source's own total, with pace and time left", async () => {
    const seen = await progress({
      stream: { ...FRESH, total_estimate: 10_000 },
      run: { kind: "backfill", seen: 2_500, started_at: started() },
    });
    expect(seen).toMatchObject({ kind: "backfill", done: 2_500, total: 10_000 });
    const pace = seen?.perSecond ?? 0;
    expect(pace).toBeGreaterThan(100); // 250 a second, on a machine that is not busy
    expect(pace).toBeLessThanOrEqual(250);
    expect(Math.abs((seen?.etaSeconds ?? 0) - 7_500 / pace)).toBeLessThanOrEqual(1.1);
  });

  test("a total that turned out too small, or is not known, is not shown", async () => {
    const small = { stream: { ...FRESH, total_estimate: 100 }, run: { kind: "backfill", seen: 101, started_at: started() } };
    expect(await progress(small)).toMatchObject({ done: 101, total: null, etaSeconds: null });
    expect(await progress({ stream: { total_estimate: 10_000 }, run: { seen: 3, started_at: started() } })).toMatchObject({
      done: 3,
      total: null,
    });
  });

  test("a re-mapping counts towards what is stored", async () => {
    const remap = { stream: { record_count: 400, quarantine_count: 2 }, run: { kind: "remap", seen: 100, started_at: started() } };
    expect(await progress(remap)).toMatchObject({ kind: "remap", done: 100, total: 402 });
  });

  test("nothing in flight, no progress", async () => {
    expect(await progress({})).toBeNull();
  });
});

test("a problem is told in its reader's words, and no longer once the next run is under way", async () => {
  const detail = "client_id inlay-demo is not known to the authorisation server";
  const made = await make({ stream: { failure_code: "config_invalid", failure_message: detail } });
  const read = async () => {
    const input = { connectionId: made.connection };
    return [
      await getConnection(memberCtx(deps, scene), input),
      await getConnection(customerCtx(deps, scene, made.customer), input),
    ] as const;
  };
  const [vendor, customer] = await read();
  expect(vendor.problem).toMatchObject({ code: "config_invalid", detail, fixer: "vendor" });
  expect(customer.problem).toMatchObject({ code: "config_invalid", detail: null, text: expect.stringContaining("not set up completely") });
  expect(customer.problem).toEqual(customer.streams[0]?.problem);
  await startRun(made.stream, made.customer, { seen: 1 });
  expect((await read())[1].problem).toBeNull();
});
