import type postgres from "postgres";
import { expect } from "vitest";
import { type OwnPut, putOwnRecords } from "#server/domains/own-records/put-own-records";
import { claimRun } from "#server/domains/streams/claim-run";
import { finishRun } from "#server/domains/streams/finish-run";
import { streamCtx } from "#server/domains/streams/internal";
import { syncLeg } from "#server/domains/streams/sync-leg";
import type { Deps } from "#server/lib/context";
import type { CustomerId, EnvironmentId, VendorId } from "#server/lib/ids";
import type { Bench } from "#server/proof/bench";
import { copy, look, plant } from "#server/simulator/from-manifest/tree";
import { type Row, touch } from "#server/simulator/from-manifest/world";
import { SENT, SHARED } from "./sent";

type Ref = { vendorId: VendorId; environmentId: EnvironmentId; customerId: CustomerId };
/** A stream that is on, and the third party behind it. */
export type Flow = {
  worker: Deps;
  owner: postgres.Sql;
  ref: Ref;
  bench: Bench;
  connector: string;
  stream: { id: string; key: string; object: string; model: string };
};

/** Runs the stream until nothing is left to do. */
export async function drain({ worker, ref, stream }: Pick<Flow, "worker" | "ref" | "stream">): Promise<void> {
  const ctx = streamCtx(worker, { ...ref, streamId: stream.id }, "test");
  for (let runs = 0; ; runs++) {
    const claim = await claimRun(ctx, { streamId: stream.id });
    if (claim.kind !== "run") return;
    for (let legs = 0, done = false; !done; legs++) {
      const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
      const tally = await syncLeg(ctx, { ...ref, streamId: stream.id, runId: claim.runId }, pace);
      if (legs > 20 || runs > 20) throw new Error(`does not come to an end: ${JSON.stringify(tally)}`);
      done = tally.done;
    }
    await finishRun(ctx, { streamId: stream.id, runId: claim.runId, outcome: { kind: "succeeded" } });
  }
}

async function send(flow: Flow, ...records: OwnPut[]): Promise<void> {
  const { worker, ref, stream, owner } = flow;
  const ctx = streamCtx(worker, { ...ref, streamId: stream.id }, "test");
  const answers = await putOwnRecords(ctx, { customerId: ref.customerId, modelKey: stream.model, records });
  expect(answers.map(({ outcome, issues }) => ({ outcome, issues }))).toEqual(records.map(() => ({ outcome: "stored", issues: [] })));
  await drain(flow);
  const waiting = await owner`select own_id, state, code, field, message from outbox where stream_id = ${stream.id}`;
  expect([...waiting], `${stream.key}: nothing waits or is held`).toEqual([]);
}

const kindOf = ({ bench, stream }: Flow) => {
  const kind = bench.party.world.kinds[stream.object];
  if (!kind) throw new Error(`the stand-in has no ${stream.object}`);
  return kind;
};

/** What the stand-in was told of a row since it was last asked. */
function toldOf(row: Row | undefined): unknown {
  const told = copy(row?.data);
  if (row) row.data = {};
  return told;
}

/** Own records are made at the third party once, changed by what has changed, and who is there already is not made again. */
export async function provePush(flow: Flow): Promise<void> {
  const { rows } = kindOf(flow);
  const sent = SENT[`${flow.connector}/${flow.stream.key}`];
  if (!sent) throw new Error(`nobody has written down what ${flow.connector}/${flow.stream.key} is to send`);
  const before = rows.length;
  const { own, change, known } = sent;
  await send(flow, ...own.map(({ data }, n) => ({ id: `own-${n}`, data })));
  const made = rows.slice(before);
  const ids = new Map(made.map((row) => [row.id, row]));
  const links = await flow.owner`select own_id, external_id from links where stream_id = ${flow.stream.id} order by own_id`;
  expect(links.map(({ external_id }) => toldOf(ids.get(external_id)))).toEqual(own.map(({ there }) => there));
  expect(made).toHaveLength(own.length);
  await send(flow, { id: "own-0", data: change.data });
  expect(toldOf(ids.get(links[0]?.["external_id"]))).toEqual(change.there);
  expect(rows).toHaveLength(before + own.length);
  if (!known) return;
  const row = rows[0] as Row;
  row.data = copy(known.value);
  for (const path of leaves(known.value)) row.record = plant(row.record, path, look(known.value, path));
  await send(flow, { id: "own-known", data: known.data });
  // The search goes by what was written, so what it stands for is still there beside what was told.
  expect({ ...known.value, ...known.there }).toEqual({ ...known.value, ...(toldOf(row) as object) });
  expect(rows).toHaveLength(before + own.length);
}

function leaves(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([name, one]) => leaves(one, at === "" ? name : `${at}.${name}`));
}

/** No two rows are known by the same: what was recorded is all alike. */
export function tellApart({
  bench,
  connector,
  stream,
}: Pick<Flow, "bench" | "connector"> & { stream: { key: string; object: string } }): void {
  const shared = SHARED[`${connector}/${stream.key}`];
  if (!shared) return;
  const seen = new Set<unknown>();
  for (const [n, row] of (bench.party.world.kinds[stream.object]?.rows ?? []).entries()) {
    const value = look(row.record, shared.match);
    if (seen.has(value) && typeof value === "string") row.record = plant(row.record, shared.match, `n${n}.${value}`);
    seen.add(value);
  }
}

/** Both sides hold a record, each changes it, both change it at once; who is ours alone is made there. */
export async function proveBothWays(flow: Flow): Promise<void> {
  const { owner, stream, bench, ref } = flow;
  const { rows } = kindOf(flow);
  const shared = SHARED[`${flow.connector}/${stream.key}`];
  if (!shared) throw new Error(`nobody has written down what ${flow.connector}/${stream.key} shares`);
  const [held] =
    await owner`select external_id, data from records where stream_id = ${stream.id} and deleted_at is null order by external_id`;
  const row = rows.find(({ id }) => id === held?.["external_id"]) as Row;
  let data = held?.["data"] as Record<string, unknown>;
  const count = rows.length;
  const own = async () =>
    (
      await owner`select data from own_records where customer_id = ${ref.customerId} and model_key = ${stream.model} and own_id = 'own-1'`
    )[0]?.["data"];
  const theyChange = async (there: Record<string, unknown>) => {
    bench.party.world.nowMs += 3_600_000;
    for (const [path, value] of Object.entries(there)) row.record = plant(row.record, path, value);
    touch(bench.party.world, kindOf(flow), row);
    await owner`update streams set reread = true, due_at = now() where id = ${stream.id}`;
  };

  await send(flow, { id: "own-1", data });
  expect(toldOf(row), "who is there already is known, and told nothing").toEqual({});
  data = { ...data, ...shared.ours.data };
  await send(flow, { id: "own-1", data });
  expect(toldOf(row), "what we change, and nothing else").toEqual(shared.ours.there);

  await theyChange(shared.theirs.there);
  await drain(flow);
  const { updatedAt: _moved, ...rest } = { ...data, ...shared.theirs.data } as Record<string, unknown>;
  expect(await own(), "what they change is ours then").toMatchObject(rest);
  expect(toldOf(row), "what came from there does not go back").toEqual({});

  await theyChange(shared.both.there);
  const [[path = "", value] = []] = Object.entries(shared.both.there);
  await putOwnRecords(streamCtx(flow.worker, { ...ref, streamId: stream.id }, "test"), {
    ...{
      customerId: ref.customerId,
      modelKey: stream.model,
      records: [{ id: "own-1", data: { ...((await own()) as object), ...shared.both.data } }],
    },
  });
  await drain(flow);
  expect([look(row.record, path), toldOf(row)], "theirs is not written over").toEqual([value, {}]);
  const asked = await owner`select fields from conflicts where stream_id = ${stream.id} and settled_at is null`;
  expect(asked).toHaveLength(shared.both.ends === "asked" ? 1 : 0);
  const [field = ""] = Object.keys(shared.both.data);
  expect((await own())?.[field]).toEqual(shared.both.ends === "asked" ? shared.both.data[field] : value);

  expect(rows).toHaveLength(count);
  if (!shared.fresh) return;
  await send(flow, { id: "own-2", data: shared.fresh.data });
  expect(rows.slice(count).map(toldOf)).toEqual([shared.fresh.there]);
}
