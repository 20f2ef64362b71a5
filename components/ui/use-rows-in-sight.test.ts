import { describe, expect, it } from "vitest";
import { piecesOf, rowsBetween } from "#components/ui/use-rows-in-sight";

const height = (index: number) => (index === 2 ? 100 : 10);

describe("rows in sight", () => {
  it("finds rows of any height between two edges", () => {
    expect(rowsBetween(0, 25, 10, height)).toEqual({ start: 0, end: 3 });
    expect(rowsBetween(119, 131, 10, height)).toEqual({ start: 2, end: 5 });
    expect(rowsBetween(-500, -100, 10, height)).toEqual({ start: 0, end: 0 });
    expect(rowsBetween(5_000, 6_000, 10, height)).toEqual({ start: 10, end: 10 });
  });

  it("leaves the room of what is not drawn, also around one row that is kept", () => {
    expect(piecesOf([0, 4, 5], 10, height)).toEqual([0, { gap: 120, after: 1 }, 4, 5, { gap: 40, after: 6 }]);
    expect(piecesOf([0, 1], 2, height)).toEqual([0, 1]);
  });
});
