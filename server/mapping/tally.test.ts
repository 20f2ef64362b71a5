import { beforeAll, describe, expect, it } from "vitest";
import type { ModelField } from "#server/domains/models/schema";
import { loadExpressions } from "./expression-slot";
import type { OnlyValues } from "./only-values";
import type { FieldMapping } from "./schema";
import { tallyOf } from "./tally";

const model: ModelField[] = [
  { key: "email", name: "E-mail", type: "string", required: false },
  { key: "age", name: "Age", type: "number", required: false },
  { key: "city", name: "City", type: "string", required: false },
];
const field = (target: string, from: string, over: Partial<FieldMapping> = {}): FieldMapping => ({
  target,
  from,
  transforms: [],
  required: false,
  onError: "null",
  ...over,
});
const samples = [
  { email: "ada@x.example", age: 36, tier: "gold" },
  { email: "grace@x.example", age: "old", tier: "gold" },
  { email: null, age: 3, tier: "none" },
];
const tally = (fields: FieldMapping[], filter: string | null = null, only: OnlyValues = {}) =>
  tallyOf({ fields: new Map(fields.map((one) => [one.target, one])), filter, only }, model, samples);

describe("what a mapping makes of the samples", () => {
  beforeAll(loadExpressions);

  it("tells apart what is taken whole, in part, held back and left out", () => {
    expect(tally([field("email", "email"), field("age", "age")]).stands).toEqual(["whole", "partly", "whole"]);
    expect(tally([field("age", "age", { onError: "quarantine" })]).stands).toEqual(["whole", "held", "whole"]);
    const filtered = tally([field("age", "age", { onError: "quarantine" })], 'tier == "none"');
    expect(filtered.stands).toEqual(["out", "out", "whole"]);
    expect(filtered.count).toEqual({ whole: 1, partly: 0, held: 0, out: 2 });
    expect(tally([field("email", "email")], null, { tier: ["none"] }).stands).toEqual(["out", "out", "whole"]);
    // As the worker does with one: it is held back, not taken.
    expect(tally([field("email", "email")], "email.size() > 3").count).toMatchObject({ held: 0, out: 1 });
    expect(tally([field("email", "email")], "age * 2 > 3").stands).toEqual(["whole", "held", "whole"]);
  });

  it("holds all of them back while nothing fills what the model requires", () => {
    const required: ModelField[] = [...model, { key: "phone", name: "Phone", type: "string", required: true }];
    expect(tallyOf({ fields: new Map([["email", field("email", "email")]]), filter: null }, required, samples).count.held).toBe(3);
  });

  it("names fields that no sample fills, and whether they do not fit or are empty", () => {
    const { barren } = tally([field("email", "emial"), field("age", "tier"), field("city", "email")]);
    expect(barren.map(({ field: { key }, why }) => [key, why])).toEqual([
      ["email", "empty"],
      ["age", "misfit"],
    ]);
  });

  it("looks only at records that the filter takes", () => {
    expect(tally([field("email", "email")], 'tier == "none"').barren).toHaveLength(1);
    expect(tally([field("email", "email")], "false").barren).toEqual([]);
  });

  it("counts by what a field is now, not by what it was", () => {
    const before = field("age", "age");
    expect(tally([before]).count.partly).toBe(1);
    expect(tally([{ ...before, transforms: [{ type: "string" }, { type: "number" }], onError: "quarantine" }]).count.held).toBe(1);
    expect(tally([before]).count.partly).toBe(1);
  });
});
