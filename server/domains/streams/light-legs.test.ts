import { expect, test } from "vitest";
import { createLightLegs } from "./light-legs";

const LIMITS = { pagesMs: 1, answerMs: 1, waitMs: 20 };

test("a source that was too slow goes through the queue for an hour, and others do not", async () => {
  let nowMs = 0;
  const legs = createLightLegs(1, () => nowMs, LIMITS);
  (await legs.enter("slow"))?.leave(true);
  expect(await legs.enter("slow")).toBeNull();
  const quick = await legs.enter("quick");
  expect(quick).not.toBeNull();
  quick?.leave(false);
  nowMs = 3_600_001;
  expect(await legs.enter("slow")).not.toBeNull();
});

test("who comes when all places are taken gets the next in turn, or none after a moment; of many, most are sent on at once", async () => {
  const legs = createLightLegs(1, () => 0, { ...LIMITS, waitMs: 5_000 });
  const first = await legs.enter("first");
  const order: string[] = [];
  const waiting = ["a", "b", "c"].map(async (name) => {
    const place = await legs.enter(name);
    order.push(place ? name : `no ${name}`);
    place?.leave(false);
  });
  expect(await legs.enter("one too many")).toBeNull();
  first?.leave(false);
  await Promise.all(waiting);
  expect(order).toEqual(["a", "b", "c"]);

  const short = createLightLegs(1, () => 0, LIMITS);
  await short.enter("stays");
  expect(await short.enter("late")).toBeNull();
});
