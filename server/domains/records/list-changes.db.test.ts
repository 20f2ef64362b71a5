import fc from "fast-check";
import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { recordId } from "#server/lib/ids";
import { OPERATIONS } from "#server/rest/operations";
import { usingDatabase } from "#tests/support/database";
import { createConnection, createCustomer, createScene, customerCtx, memberCtx, type Scene } from "#tests/support/world";
import { type ChangeItem, listChanges } from "./list-changes";

let owner: postgres.Sql;
let web: Deps;

usingDatabase((opened) => {
  ({ owner, web } = opened);
});

type Told = Omit<ChangeItem, "position" | "record">;
type Change = { externalId: string; op: ChangeItem["op"]; data: Record<string, unknown>; isGone: boolean };
type Stream = { id: string; customer: string; model: string };

const OPS = ["created", "updated", "deleted"] as const;
// What JSON has to escape, what is no ASCII, and the signs by which a page is taken apart.
const word = fc.oneof(
  fc.string({
    unit: fc.constantFrom("\u001f", "\n", '"', "\\", " ", ",", "é", "漢", "🙂", "\u0001", "\u007f", "a", "0"),
    minLength: 1,
    maxLength: 9,
  }),
  fc.constantFrom("null", "[]", "1e400", "constructor"),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    word,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("any"), { maxLength: 3 }),
  object: fc.dictionary(word, tie("any"), { maxKeys: 3, noNullPrototype: true }),
})).object as fc.Arbitrary<Record<string, unknown>>;
const change = fc.record({ externalId: word, op: fc.constantFrom(...OPS), data: value, isGone: fc.boolean() });
const pages = fc.array(fc.record({ stream: fc.nat(2), changes: fc.array(change, { minLength: 1, maxLength: 6 }) }), {
  minLength: 1,
  maxLength: 6,
});

/** Commits one page of a stream: its changes, and its records as they are now. */
async function commit(scene: Scene, stream: Stream, from: number, changes: Change[]) {
  const scope = { stream_id: stream.id, environment_id: scene.environment, customer_id: stream.customer };
  const at = new Date(1_700_000_000_000 + from * 61_001);
  for (const [index, { externalId: external_id, op, data, isGone }] of changes.entries()) {
    await owner`insert into changes ${owner({ ...scope, seq: from + index, external_id, op, at })}`;
    const rest = { hash: "00000000-0000-0000-0000-000000000000", source: "{}", mapping_version: 1, updated_at: at };
    const row = { ...scope, ...rest, external_id, seq: from + index, data: owner.json(data as never), deleted_at: isGone ? at : null };
    await owner`insert into records ${owner(row)} on conflict (stream_id, external_id) do update set data = excluded.data, deleted_at = excluded.deleted_at`;
  }
  await owner`insert into feed_pages ${owner({ ...scope, seq_from: from, seq_to: from + changes.length - 1, at })}`;
  return changes.map((one, index) => ({ ...one, seq: from + index, at: at.toISOString() }));
}

async function worldOf(): Promise<{ scene: Scene; streams: Stream[] }> {
  const scene = await createScene(owner, { records: 0 });
  const customer = await createCustomer(owner, scene.environment, "Umbrella");
  const parents = { environment: scene.environment, integration: scene.integration, template: scene.template };
  const second = await createConnection(owner, { ...parents, customer: scene.customer }, { model_key: "order" });
  const third = await createConnection(owner, { ...parents, customer });
  return {
    scene,
    streams: [
      { id: scene.stream, customer: scene.customer, model: "contact" },
      { id: second.stream, customer: scene.customer, model: "order" },
      { id: third.stream, customer, model: "contact" },
    ],
  };
}

/** All of a feed in pages of `limit`, each page as the API sends it, held against the document. */
async function readAll(ctx: Ctx, limit: number, filter: { customerId?: string; modelKey?: string } = {}): Promise<ChangeItem[]> {
  const output = OPERATIONS.find(({ id }) => id === "listChanges")?.output;
  const items: ChangeItem[] = [];
  for (let after = 0; ; ) {
    const page = await listChanges(ctx, { after, limit, ...filter });
    const sent = JSON.parse(page.json) as { items: ChangeItem[]; next: number; latest: number };
    expect(output?.parse(sent)).toEqual(sent);
    expect(sent).toEqual({ items: page.items, next: page.next, latest: page.latest });
    expect(page.size).toBe(sent.items.length);
    expect(page.size).toBeLessThanOrEqual(limit);
    items.push(...sent.items);
    if (page.next === page.latest) return items;
    expect(page.next).toBeGreaterThan(after);
    after = page.next;
  }
}

test("whatever ids and fields hold, each page says what the document promises: all changes in order, records as they are now, in every scope", async () => {
  await fc.assert(
    fc.asyncProperty(pages, fc.integer({ min: 1, max: 8 }), fc.nat(3), async (committed, limit, placedAfter) => {
      const { scene, streams } = await worldOf();
      const ctx = memberCtx(web, scene);
      const truth: Told[] = [];
      const now = new Map<string, Record<string, unknown> | null>();
      const seqs = [1, 1, 1];
      const told = async (items: ChangeItem[], wanted: typeof truth) => {
        expect(items.map(({ position: _, record: __, ...rest }) => rest).sort(byPlace)).toEqual([...wanted].sort(byPlace));
        for (const { streamId, externalId, record } of items) expect(record).toEqual(now.get(`${streamId} ${externalId}`));
        const places = items.map(({ position }) => position);
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      };
      for (const [index, { stream: n, changes }] of committed.entries()) {
        const stream = streams[n] as Stream;
        for (const { externalId, op, seq, at, data, isGone } of await commit(scene, stream, seqs[n] ?? 1, changes)) {
          const { id: streamId, customer: customerId, model } = stream;
          truth.push({ op, recordId: recordId(streamId, externalId), externalId, model, customerId, streamId, seq, at });
          now.set(`${streamId} ${externalId}`, isGone ? null : (JSON.parse(JSON.stringify(data)) as Record<string, unknown>));
        }
        seqs[n] = (seqs[n] ?? 1) + changes.length;
        if (index === placedAfter) await told(await readAll(ctx, limit), truth);
      }
      await told(await readAll(ctx, limit), truth);
      const [first] = streams as [Stream];
      const ofCustomer = truth.filter(({ customerId }) => customerId === first.customer);
      await told(await readAll(ctx, limit, { customerId: first.customer }), ofCustomer);
      await told(await readAll(customerCtx(web, scene), limit), ofCustomer);
      await told(
        await readAll(ctx, limit, { modelKey: "order" }),
        truth.filter(({ model }) => model === "order"),
      );
    }),
    { numRuns: 15 },
  );
}, 60_000);

const byPlace = (a: { streamId: string; seq: number }, b: { streamId: string; seq: number }) =>
  a.streamId < b.streamId ? -1 : a.streamId > b.streamId ? 1 : a.seq - b.seq;

test("readers who ask at once while pages come in miss none and see none twice", async () => {
  const { scene, streams } = await worldOf();
  const ctx = memberCtx(web, scene);
  let writing = true;
  const follow = async () => {
    const seen: number[] = [];
    for (let after = 0, last = false; ; ) {
      const page = await listChanges(ctx, { after, limit: 3 });
      seen.push(...page.items.map(({ position }) => position));
      after = page.next;
      if (page.next === page.latest && last) return seen;
      last = !writing;
    }
  };
  const write = async () => {
    for (let n = 0; n < 24; n++) {
      const changes = ["a", "b"].map((externalId) => ({
        externalId: `${n}${externalId}`,
        op: "created" as const,
        data: {},
        isGone: false,
      }));
      await commit(scene, streams[n % 3] as Stream, 1 + Math.floor(n / 3) * 2, changes);
    }
    writing = false;
  };
  const [, ...seen] = await Promise.all([write(), follow(), follow(), follow(), follow()]);
  for (const positions of seen) expect(positions).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
}, 60_000);
