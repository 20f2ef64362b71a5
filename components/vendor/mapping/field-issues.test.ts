import { beforeAll, describe, expect, it } from "vitest";
import { toDraft } from "#components/vendor/mapping/field-draft";
import { issuesOf, nearest } from "#components/vendor/mapping/field-issues";
import type { ModelField } from "#server/domains/models/schema";
import { loadExpressions } from "#server/mapping/expression-slot";
import type { FieldMapping } from "#server/mapping/schema";

const model: ModelField[] = [{ key: "fullName", name: "Full name", type: "string", required: false }];
const known = {
  paths: new Set(["id", "properties.firstname", "properties.lastname", "tags"]),
  samples: [{ id: "1", properties: { seldom: "x" }, lines: [{ sku: "a" }] }],
  expressionsReady: true,
};
const issue = (over: Partial<FieldMapping>, accepted: FieldMapping[] = []) =>
  issuesOf(
    toDraft([{ target: "fullName", transforms: [], required: false, onError: "quarantine", ...over }]),
    model,
    known,
    toDraft(accepted),
    { direction: "pull" },
  ).get("fullName");

describe("issues of a field", () => {
  beforeAll(loadExpressions);

  it.each([
    "{properties.firstname} {properties.lastname}",
    "{ properties.firstname }",
    "{properties.seldom}",
    "{properties}",
    "{tags[0]}",
    "{lines[].sku}",
    "no field at all",
  ])("takes %s", (template) => expect(issue({ template })).toBeUndefined());

  it.each([
    ["{properties.firstname", /\{ without its \}/],
    ["properties.firstname}", /Character 21 is a \} without/],
    ["{{properties.firstname}}", /\{ without its \}/],
    ["{}", /names no field/],
    ["{a..b}", /single dots/],
    ["{__proto__.x}", /not a name of data/],
  ])("refuses to save %s and says what to do", (template, words) => {
    expect(issue({ template })).toMatchObject({ blocks: "save", message: expect.stringMatching(words) });
  });

  it("holds an unknown field back from publishing, and names the one that was meant", () => {
    expect(issue({ template: "{properties.fistname}" })).toEqual({
      blocks: "publish",
      message: "No record has a field properties.fistname. Did you mean {properties.firstname}?",
    });
    expect(issue({ template: "{lastname}" })?.message).toContain("{properties.lastname}");
    expect(issue({ template: "{completely.other.thing}" })?.message).toContain("choose the field");
  });

  it("does not hold against a mapping what is in use already", () => {
    const template = "{properties.gone_since}";
    expect(issue({ template }, [{ target: "fullName", template, transforms: [], required: false, onError: "quarantine" }])).toBeUndefined();
  });

  it("compiles expressions", () => {
    expect(issue({ expression: "properties.firstname + 'x'" })).toBeUndefined();
    expect(issue({ expression: "properties.firstname +" })).toMatchObject({ blocks: "save" });
    expect(issue({ expression: " " })?.message).toBe("Write the expression.");
  });

  it("doubts a path of an expression or one typed by hand, and stops nobody: the record may have it another time", () => {
    expect(issue({ expression: "properties.fistname + 'x'" })).toEqual({
      blocks: "nothing",
      message: "No record has a field properties.fistname. Did you mean properties.firstname?",
    });
    expect(issue({ from: "properties.emial" })).toMatchObject({ blocks: "nothing" });
    expect(issue({ from: "lines[-1].sku" })).toBeUndefined();
  });

  it.each([
    ["pull", {}, true],
    ["two_way", {}, true],
    ["push", {}, false],
    ["pull", { fullName: { customer: "must_choose" } }, false],
  ] as const)("of a stream that goes %s, with %j, wants what the model requires to be filled: %s", (direction, choices, isHeld) => {
    const required = model.map((field) => ({ ...field, required: true }));
    const found = issuesOf(new Map(), required, known, new Map(), { direction, choices }).get("fullName");
    expect(found?.blocks).toBe(isHeld ? "publish" : undefined);
  });

  it("guesses only what is near", () => {
    expect(nearest("emial", ["email", "phone"])).toBe("email");
    expect(nearest("zzzzzz", ["email", "phone"])).toBeNull();
  });
});
