import { describe, expect, test } from "vitest";
import { cohortOf, decide, emptiedBy, type Figures } from "./pace";

const streams = Array.from({ length: 200 }, (_, i) => ({ id: `str_${i}`, internal: i < 3 }));

describe("who goes first", () => {
  test("internal customers alone at first, then the share as well, then all; nobody is ever left behind", () => {
    const [first, share, all] = [0, 5, 100].map((percent) => cohortOf(streams, percent, "rol_a")) as [
      Set<string>,
      Set<string>,
      Set<string>,
    ];
    expect([...first]).toEqual(["str_0", "str_1", "str_2"]);
    expect(share.size).toBe(3 + 10); // 5 % of 197, rounded up
    expect(all.size).toBe(200);
    expect([...first].every((id) => share.has(id))).toBe(true);
  });

  test("the same however often it is asked and in whatever order; another roll-out begins with others", () => {
    const share = cohortOf(streams, 5, "rol_a");
    expect([...cohortOf(streams.toReversed(), 5, "rol_a")].sort()).toEqual([...share].sort());
    expect([...cohortOf(streams, 5, "rol_b")].sort()).not.toEqual([...share].sort());
  });

  test("a share of few is at least one", () => {
    expect(cohortOf(streams.slice(3, 6), 5, "rol_a").size).toBe(1);
  });
});

describe("what is done next", () => {
  const figures = (some: Partial<Figures>): Figures => ({
    streams: 10,
    moved: 2,
    pending: 0,
    records: 1_000,
    heldBack: 0,
    writes: 0,
    heldWrites: 0,
    failedRuns: 0,
    worst: null,
    ...some,
  });
  const pace = { watchedMs: 600_000, watchMs: 600_000, maxErrorPercent: 2 };

  test.each([
    ["all well, watched long enough", {}, {}, { kind: "go_on" }],
    ["nobody is in the step", { moved: 0, records: 0 }, { watchedMs: 0 }, { kind: "go_on" }],
    ["not watched long enough", {}, { watchedMs: 590_000 }, { kind: "wait", waitMs: 10_000 }],
    ["not all re-mapped yet, however long it takes", { pending: 1 }, {}, { kind: "wait", waitMs: 30_000 }],
    ["as many held back as may be", { heldBack: 20 }, {}, { kind: "go_on" }],
    ["one more, seen at once", { heldBack: 21, pending: 1 }, { watchedMs: 0 }, { kind: "roll_back" }],
    [
      "half of one customer's held back",
      { heldBack: 10, worst: { customer: "Globex", of: "records" as const, records: 20, heldBack: 10 } },
      {},
      { kind: "go_on" },
    ],
    [
      "more than half of one customer's, few as they are among all",
      { heldBack: 11, worst: { customer: "Globex", of: "records" as const, records: 20, heldBack: 11 } },
      { watchedMs: 0 },
      { kind: "roll_back" },
    ],
    ["as many writes refused as may be", { writes: 100, heldWrites: 2 }, {}, { kind: "go_on" }],
    ["one more refused", { writes: 100, heldWrites: 3, pending: 1 }, { watchedMs: 0 }, { kind: "roll_back" }],
    ["one refused of the first few", { writes: 10, heldWrites: 1 }, { watchedMs: 590_000 }, { kind: "wait", waitMs: 10_000 }],
    ["most of a few refused", { writes: 3, heldWrites: 2 }, { watchedMs: 0 }, { kind: "roll_back" }],
    ["a failed run", { failedRuns: 1 }, { watchedMs: 0 }, { kind: "roll_back" }],
  ])("%s", (_, some, other, expected) => {
    expect(decide(figures(some), { ...pace, ...other })).toMatchObject(expected);
  });

  test("a field is emptied when it is filled less than half as often in the same streams", () => {
    const filled = (records: number, email: number, name: number) => ({ records, fields: { email, name } });
    const before = { a: filled(100, 100, 4), b: filled(100, 80, 0), moved_later: filled(100, 100, 100) };
    expect(emptiedBy(before, { a: filled(100, 50, 0), b: filled(90, 40, 0) })).toBeNull();
    expect(emptiedBy(before, { a: filled(50, 50, 0) })).toBeNull(); // half of the records are gone, and no field of the others
    expect(emptiedBy(before, { a: filled(100, 60, 0), b: filled(100, 0, 0) })).toEqual({
      field: "email",
      before: 180,
      after: 60,
      records: 200,
      stream: null,
    });
    expect(emptiedBy(before, {})).toBeNull();
    expect(emptiedBy({}, { a: filled(100, 0, 0) })).toBeNull();
  });

  test.each([
    ["in half of one customer's records, now in none", [100, 50], [100, 0], { before: 50, after: 0, records: 100 }],
    ["in nearly none", [100, 80], [200, 9], { before: 160, after: 9, records: 200 }],
    ["in some of them still", [100, 80], [200, 10], null],
    ["seldom filled before", [100, 49], [100, 0], null],
    ["of too few records", [19, 19], [19, 0], null],
  ])(
    "a field that was filled %s is one that went empty, few as they are among all: %#",
    (_what, [was, filledBefore], [now, filledNow], told) => {
      const rest = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${i}`, { records: 200, fields: { email: 200 } }]));
      const one = (records = 0, email = 0) => ({ ...rest, one: { records, fields: { email } } });
      expect(emptiedBy(one(was, filledBefore), one(now, filledNow))).toEqual(told && { field: "email", ...told, stream: "one" });
    },
  );

  test("the reason says the figures, and whose they are", () => {
    expect(decide(figures({}), pace, { field: "email", before: 50, after: 0, records: 100, stream: "s", customer: "Globex" })).toEqual({
      kind: "roll_back",
      reason: "“email” is filled in 0 of 100 records of Globex, where about 50 were before. See where it comes from in the new version.",
    });
    expect(decide(figures({ heldBack: 300 }), pace)).toMatchObject({
      reason: "300 of 1000 records were newly held back; at most 2 in a hundred may be.",
    });
  });
});
