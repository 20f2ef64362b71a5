import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Base, type Merged, mergeRecord, type Owner, type SharedField, type TwoSides } from "./merge-record";

const KEYS = ["name", "phone", "tags", "note"];
const value = fc.constantFrom<unknown>("a", "b", "c", "", null, 1, ["x"], { deep: 1 });
const data = fc.dictionary(fc.constantFrom(...KEYS), value, { noNullPrototype: true });
const owner = fc.constantFrom<Owner>("ours", "theirs", "newest", "manual");
const fields = fc
  .tuple(...KEYS.map((key) => fc.record({ key: fc.constant(key), owner, back: fc.boolean() })))
  .map((all): SharedField[] => all);
const time = fc.option(fc.nat(3), { nil: null });
const sides: fc.Arbitrary<TwoSides> = fc.record({
  base: fc.option(fc.record({ ours: data, theirs: data }), { nil: null }),
  ours: data,
  theirs: data,
  fields,
  oursAt: time,
  theirsAt: time,
});

/** Both sides after what was decided is done: we have taken, the third party has been written to and says what it was given. */
function exchanged({ merged, push, base }: Merged, { theirs, ...rest }: TwoSides): TwoSides {
  const written = Object.fromEntries(push.map((key) => [key, merged[key] ?? null]));
  const said: Base = { ours: { ...base.ours, ...written }, theirs: { ...base.theirs, ...written } };
  return { ...rest, ours: merged, theirs: { ...theirs, ...written }, base: said };
}
const plain = (one: unknown) => JSON.stringify(one ?? null);

const isKnown = ({ base }: TwoSides, key: string): boolean => base !== null && key in base.ours && key in base.theirs;
const isLater = (one: number | null, other: number | null) => one !== null && other !== null && one > other;
/** Who has changed a field since both agreed on it; nobody, where they never did. */
const changesOf = (given: TwoSides, key: string) => {
  if (!isKnown(given, key)) return { mine: false, its: false };
  const { ours, theirs } = given.base as Base;
  return { mine: plain(given.ours[key]) !== plain(ours[key]), its: plain(given.theirs[key]) !== plain(theirs[key]) };
};

describe("two states of one record", () => {
  test("come to rest after one exchange: what we wrote does not come back as a change", () => {
    fc.assert(
      fc.property(sides, (given) => {
        const after = mergeRecord(exchanged(mergeRecord(given), given));
        expect([after.take, after.push]).toEqual([[], []]);
      }),
      { numRuns: 2_000 },
    );
  });
  test("are the same afterwards in all that was exchanged", () => {
    fc.assert(
      fc.property(sides, (given) => {
        const result = mergeRecord(given);
        const after = exchanged(result, given);
        for (const key of [...result.take, ...result.push]) expect(plain(after.ours[key])).toBe(plain(after.theirs[key]));
      }),
    );
  });
  test("a change is never dropped in silence: it is kept, or outranked, or earlier, or a person is asked", () => {
    fc.assert(
      fc.property(sides, (given) => {
        const { take, push } = mergeRecord(given);
        const outranked = ({ owner, back }: SharedField, by: Owner, later: boolean) =>
          owner === by || (by === "theirs" && !back) || (owner === "newest" && later);
        const mine = given.fields.filter(({ key }) => changesOf(given, key).mine && take.includes(key));
        const its = given.fields.filter(({ key }) => changesOf(given, key).its && push.includes(key));
        for (const field of mine) expect(outranked(field, "theirs", isLater(given.theirsAt, given.oursAt))).toBe(true);
        for (const field of its) expect(outranked(field, "ours", isLater(given.oursAt, given.theirsAt))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
  test("a person is asked only when both sides have changed, and ours stays meanwhile", () => {
    fc.assert(
      fc.property(sides, (given) => {
        const { merged, clashes } = mergeRecord(given);
        for (const { field } of clashes) {
          expect(plain(merged[field])).toBe(plain(given.ours[field]));
          if (isKnown(given, field)) expect(changesOf(given, field)).toEqual({ mine: true, its: true });
        }
      }),
      { numRuns: 2_000 },
    );
  });
  test("what is not shared stays as we have it, and nothing that was given is changed", () => {
    fc.assert(
      fc.property(sides, (given) => {
        const before = JSON.stringify(given);
        const { merged } = mergeRecord({ ...given, fields: given.fields.slice(1) });
        expect(plain(merged["name"])).toBe(plain(given.ours["name"]));
        expect(JSON.stringify(given)).toBe(before);
      }),
    );
  });
});

const field = (owner: Owner, back = true): SharedField[] => [{ key: "phone", owner, back }];
const met = (given: Partial<TwoSides>) =>
  mergeRecord({ base: null, ours: {}, theirs: {}, fields: field("newest"), oursAt: null, theirsAt: null, ...given });
const agreed: Base = { ours: { phone: "+49 1" }, theirs: { phone: "0049-1" } };

test("each side may spell a value in its own way", () => {
  expect(met({ base: agreed, ours: { phone: "+49 1" }, theirs: { phone: "0049-1" } })).toMatchObject({ take: [], push: [], clashes: [] });
});
test("who meets for the first time fills the other's gaps and asks about what differs", () => {
  expect(met({ ours: { phone: "1" } })).toMatchObject({ push: ["phone"] });
  expect(met({ theirs: { phone: "1" } })).toMatchObject({ take: ["phone"], merged: { phone: "1" } });
  expect(met({ ours: { phone: "1" }, theirs: { phone: "2" } }).clashes).toEqual([{ field: "phone", base: null, ours: "1", theirs: "2" }]);
});
test("of two changes the later counts where that is the rule, and nobody guesses without times", () => {
  const both = { base: agreed, ours: { phone: "1" }, theirs: { phone: "2" } };
  expect(met({ ...both, oursAt: 2, theirsAt: 1 })).toMatchObject({ push: ["phone"], merged: { phone: "1" } });
  expect(met({ ...both, oursAt: 1, theirsAt: 2 })).toMatchObject({ take: ["phone"], merged: { phone: "2" } });
  expect(met({ ...both, oursAt: 2, theirsAt: 2 }).clashes).toHaveLength(1);
});
test("the owner's side is put back at the other", () => {
  expect(met({ base: agreed, ours: { phone: "+49 1" }, theirs: { phone: "2" }, fields: field("ours") })).toMatchObject({ push: ["phone"] });
  expect(met({ base: agreed, ours: { phone: "1" }, theirs: { phone: "0049-1" }, fields: field("theirs") })).toMatchObject({
    take: ["phone"],
  });
  expect(met({ base: agreed, ours: { phone: "1" }, theirs: { phone: "2" }, fields: field("ours", false) })).toMatchObject({
    take: ["phone"],
  });
});

/** Two sides and what they last agreed on, as a stream that goes both ways knows them. */
type World = { ours: Record<string, unknown>; theirs: Record<string, unknown>; base: Base | null; oursAt: number; theirsAt: number };
type Step = { what: "ours" | "theirs"; key: string; value: unknown } | { what: "read" | "write" };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constantFrom("ours" as const, "theirs" as const), key: fc.constantFrom(...KEYS), value }),
  fc.record({ what: fc.constantFrom("read" as const, "write" as const) }),
);

/** A page is read, or ours is written: either looks at the other side as it is now, and does its half of what comes of it. */
function exchange(
  world: World,
  shared: readonly SharedField[],
  how: "read" | "write",
): { world: World; quiet: boolean; clashes: string[] } {
  const result = mergeRecord({ ...world, fields: shared });
  const written = how === "write" ? Object.fromEntries(result.push.map((key) => [key, result.merged[key] ?? null])) : {};
  // A write tells the reading half of what it has seen, before it sends anything.
  const base = { ours: { ...result.base.ours, ...written }, theirs: { ...result.base.theirs, ...written } };
  return {
    world: { ...world, ours: result.merged, theirs: { ...world.theirs, ...written }, base },
    quiet: result.take.length === 0 && result.push.length === 0,
    clashes: result.clashes.map((one) => one.field),
  };
}

test("whatever both sides do, and in whatever order it is read and written: they come to rest in two exchanges, and are then the same but for what a person is asked", () => {
  fc.assert(
    fc.property(fields, fc.array(step, { maxLength: 30 }), (shared, steps) => {
      let world: World = { ours: {}, theirs: {}, base: null, oursAt: 0, theirsAt: 0 };
      for (const [n, one] of steps.entries()) {
        if (!("key" in one)) world = exchange(world, shared, one.what).world;
        else world = { ...world, [one.what]: { ...world[one.what], [one.key]: one.value }, [`${one.what}At`]: n + 1 };
      }
      world = exchange(exchange(world, shared, "read").world, shared, "write").world;
      const last = exchange(world, shared, "read");
      expect(last.quiet).toBe(true);
      for (const { key, back } of shared) {
        if (!back || last.clashes.includes(key)) continue;
        const [ours, theirs] = [world.base?.ours[key] ?? null, world.base?.theirs[key] ?? null];
        // The same, or each as it was when they agreed: one that spells a value in its own way keeps it.
        const agree = plain(world.ours[key]) === plain(world.theirs[key]);
        expect(agree || (plain(world.ours[key]) === plain(ours) && plain(world.theirs[key]) === plain(theirs))).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});
