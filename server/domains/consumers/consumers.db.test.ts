import fc from "fast-check";
import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, insert, memberCtx, type Scene } from "#tests/support/world";
import { listChanges } from "../records/list-changes";
import { confirmChanges } from "./confirm-changes";
import { getConsumer, listConsumers } from "./list-consumers";
import { putConsumer } from "./put-consumer";
import { readAs } from "./read-as";
import { removeConsumer } from "./remove-consumer";

let owner: postgres.Sql;
let web: Deps;
let scene: Scene;
let ctx: Ctx;
let seq: number;

usingDatabase((opened) => {
  ({ owner, web } = opened);
});
async function begin(): Promise<void> {
  scene = await createScene(owner);
  ctx = { ...memberCtx(web, scene), actor: { type: "apiKey", apiKeyId: scene.apiKey } };
  seq = 1;
}
beforeEach(begin);

/** One committed page of the stream. */
async function grow(count: number, at = new Date()): Promise<void> {
  const scope = { environment_id: scene.environment, customer_id: scene.customer };
  await insert(owner, "feed_pages", { stream_id: scene.stream, seq_from: seq, seq_to: seq + count - 1, ...scope, at });
  await owner`insert into changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
    select ${scene.stream}, n, ${scene.environment}, ${scene.customer}, n::text, 'created', ${at} from generate_series(${seq}::int, ${seq + count - 1}::int) n`;
  seq += count;
}

const ask = (name: string, after?: number, limit = 3) => readAs(ctx, { name, after }, (from) => listChanges(ctx, { after: from, limit }));
const positions = (page: { items: { position: number }[] }) => page.items.map(({ position }) => position);
const rowOf = async (name: string) => (await owner`select *, xmin::text as version from consumers where name = ${name}`)[0];

test("a page counts as done when its reader asks on or says so; one that died gets it again", async () => {
  await grow(7);
  const first = await ask("billing");
  expect(positions(first)).toEqual([1, 2, 3]);
  expect(await getConsumer(ctx, { name: "billing" })).toMatchObject({ position: 0, unconfirmed: 3, lag: 7, keyName: "Backend" });
  expect(positions(await ask("billing"))).toEqual([1, 2, 3]); // it died with the page in hand
  expect(positions(await ask("billing", first.next))).toEqual([4, 5, 6]);
  expect(await getConsumer(ctx, { name: "billing" })).toMatchObject({ position: 3, unconfirmed: 3, lag: 4 });
  expect(await confirmChanges(ctx, { name: "billing", position: 6 })).toEqual({ position: 6 });
  expect(await confirmChanges(ctx, { name: "billing", position: 2 })).toEqual({ position: 6 });
  expect(positions(await ask("billing"))).toEqual([7]);
  for (const position of [8, 700])
    await expect(confirmChanges(ctx, { name: "billing", position })).rejects.toMatchObject({
      code: "conflict",
      details: { position: 6, given: 7 },
    });
});

test("moved back, it is given all of it again, and the reader at work cannot undo the move", async () => {
  const [hourAgo, dayAgo] = [new Date(Date.now() - 3_600_000), new Date(Date.now() - 86_400_000)];
  await grow(3, dayAgo);
  await grow(3, hourAgo);
  await ask("billing");
  const { next } = await ask("billing", 3);
  const late = readAs(ctx, { name: "billing", after: next }, async (from) => {
    await putConsumer(ctx, { name: "billing", position: 0 }); // while its page is being read
    return listChanges(ctx, { after: from, limit: 3 });
  });
  expect(await late).toMatchObject({ next: 6 });
  expect(await getConsumer(ctx, { name: "billing" })).toMatchObject({ position: 0, unconfirmed: 0 });
  await expect(ask("billing", 6)).rejects.toMatchObject({ code: "conflict", details: { position: 0 } });
  await expect(confirmChanges(ctx, { name: "billing", position: 6 })).rejects.toMatchObject({ code: "conflict" });
  expect(positions(await ask("billing"))).toEqual([1, 2, 3]);

  await putConsumer(ctx, { name: "billing", since: new Date(hourAgo.getTime() - 1_000) });
  expect(positions(await ask("billing"))).toEqual([4, 5, 6]);
  await putConsumer(ctx, { name: "billing", since: new Date() });
  expect(await getConsumer(ctx, { name: "billing" })).toMatchObject({ position: 6, lag: 0, state: "current" });
  await expect(putConsumer(ctx, { name: "billing", position: 7 })).rejects.toMatchObject({ code: "invalid" });
  const audited = await owner`select action, subject from audit_entries where environment_id = ${scene.environment} order by id`;
  expect(audited.map(({ action, subject }) => `${action} ${subject}`)).toContain("consumer.moved billing from 3 to 0");
});

test("removed while its page is being read it does not come back, and made anew it stays where it was made", async () => {
  await grow(20);
  const removed = () => removeConsumer(ctx, { name: "b" });
  const readMeanwhile = (after: number, work: () => Promise<void>) =>
    readAs(ctx, { name: "b", after }, async (from) => {
      await work();
      return listChanges(ctx, { after: from, limit: 5 });
    });
  await ask("b", (await ask("b", undefined, 10)).next);
  await readMeanwhile(10, removed);
  await expect(getConsumer(ctx, { name: "b" })).rejects.toMatchObject({ code: "not_found" });
  await ask("b", (await ask("b", undefined, 10)).next);
  await readMeanwhile(10, async () => {
    await removed();
    await putConsumer(ctx, { name: "b", position: 0 });
  });
  expect(await getConsumer(ctx, { name: "b" })).toMatchObject({ position: 0, unconfirmed: 0 });
});

test("one that is lost goes on from where it is told to, with its own key; a new name begins with the oldest change that is kept", async () => {
  await grow(10);
  await ask("old", (await ask("old")).next);
  await owner`update environments set feed_removed = 8 where id = ${scene.environment}`;
  await expect(ask("old")).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("go on from 10") });
  await expect(ask("old", 7)).rejects.toMatchObject({ code: "conflict" });
  expect(positions(await ask("new"))).toEqual([9, 10]);
  expect(await getConsumer(ctx, { name: "new" })).toMatchObject({ position: 8, state: "current" });
  expect(positions(await ask("old", 10))).toEqual([]);
  await grow(2);
  expect(positions(await ask("old"))).toEqual([11, 12]);
  await expect(ask("new", 12)).rejects.toMatchObject({ code: "conflict" }); // what it was not given is still there
});

test("how far behind: by its own patience, near the end of what is kept, and past it", async () => {
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  await grow(2, ago(85));
  await grow(2, ago(0.5));
  const state = async (name: string) => (await getConsumer(ctx, { name })).state;
  await putConsumer(ctx, { name: "nightly", position: 2, alertAfterMinutes: 24 * 60 });
  await putConsumer(ctx, { name: "eager", position: 2 });
  await putConsumer(ctx, { name: "asleep" });
  expect([await state("nightly"), await state("eager"), await state("asleep")]).toEqual(["current", "behind", "atRisk"]);
  expect((await getConsumer(ctx, { name: "eager" })).lagSeconds).toBeGreaterThan(43_000);
  await owner`update environments set feed_removed = 2 where id = ${scene.environment}`;
  expect([await state("eager"), await state("asleep")]).toEqual(["behind", "lost"]);
  await expect(ask("asleep")).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("/v1/records") });
  await expect(putConsumer(ctx, { name: "asleep", position: 1 })).rejects.toMatchObject({ code: "conflict" });
  await putConsumer(ctx, { name: "asleep", since: ago(90) });
  expect(positions(await ask("asleep"))).toEqual([3, 4]);
  expect(await listConsumers(ctx, {})).toMatchObject({
    latest: 4,
    oldest: 2,
    items: [{ name: "asleep" }, { name: "eager" }, { name: "nightly" }],
  });
});

test("an empty answer writes nothing; a name is the environment's own, and there is an end to names", async () => {
  await grow(1);
  await ask("billing");
  await ask("billing", 1);
  const before = await rowOf("billing");
  for (let i = 0; i < 3; i++) await ask("billing", 1);
  expect(await rowOf("billing")).toEqual(before);
  const other = memberCtx(web, await createScene(owner, { name: "Other" }));
  for (const reach of [getConsumer, removeConsumer])
    await expect(reach(other, { name: "billing" })).rejects.toMatchObject({ code: "not_found" });
  await expect(confirmChanges(other, { name: "billing", position: 0 })).rejects.toMatchObject({ code: "not_found" });
  for (let n = 0; n < 49; n++) await ask(`n${n}`);
  await expect(ask("one-more")).rejects.toMatchObject({ code: "quota_exceeded" });
  await removeConsumer(ctx, { name: "n0" });
  expect(positions(await ask("one-more"))).toEqual([1]);
});

/** What a reader may do next: ask on, die with the page in hand, say it is done, start again; and the feed grows meanwhile. */
const Step = fc.record({
  who: fc.nat(2),
  act: fc.constantFrom("ask", "die", "confirm", "grow", "restart"),
  n: fc.integer({ min: 1, max: 5 }),
});

class Reader {
  after: number | undefined = undefined;
  readonly worked = new Set<number>();
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }

  async turn(act: string, limit: number): Promise<boolean> {
    const page = await ask(this.name, act === "restart" ? undefined : this.after, limit);
    // Who died has worked on nothing of the page, and knows nothing of it.
    for (const position of act === "die" ? [] : positions(page)) this.worked.add(position);
    this.after = act === "die" ? undefined : page.next;
    if (act === "confirm") await confirmChanges(ctx, { name: this.name, position: page.next });
    return page.items.length > 0;
  }

  async expectHonest(): Promise<void> {
    const [row] = await owner`select position from consumers where environment_id = ${scene.environment} and name = ${this.name}`;
    for (let position = 1; position <= Number(row?.["position"] ?? 0); position++) expect(this.worked).toContain(position);
  }

  /** It is started once more, and reads to the end. */
  async finish(): Promise<void> {
    this.after = undefined;
    while (await this.turn("ask", 4));
    expect([...this.worked].sort((a, b) => a - b)).toEqual(Array.from({ length: seq - 1 }, (_, i) => i + 1));
  }
}

test("several readers that die, repeat and lag: none misses a change, none is done with what it did not get", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 30 }), async (steps) => {
      await begin();
      const readers = ["r0", "r1", "r2"].map((name) => new Reader(name));
      for (const { who, act, n } of steps) {
        if (act === "grow") await grow(n);
        else await readers[who]!.turn(act, n);
        for (const reader of readers) await reader.expectHonest();
      }
      for (const reader of readers) await reader.finish();
    }),
    { numRuns: 12 },
  );
});
