import { expect, test } from "vitest";
import type { AdaptField, AdaptStream } from "#server/domains/overrides/schema";
import type { StreamId } from "#server/lib/ids";
import type { FieldMapping } from "#server/mapping/schema";
import { sayIn } from "#server/words/messages";
import * as draft from "./mapping-draft";
import { barrenNames, outcomeOf, shown, tallyFor } from "./mapping-outcome";

const say = sayIn("en");
const field = (target: string, from: string, rest: Partial<FieldMapping> = {}): FieldMapping => ({
  target,
  from,
  transforms: [],
  required: false,
  onError: "null",
  ...rest,
});

const adapt = (target: string, customer: AdaptField["choice"]["customer"], over: Partial<AdaptField> = {}): AdaptField => {
  const template = over.template === undefined ? field(target, `properties.${target}`) : over.template;
  return {
    target,
    choice: { customer },
    template,
    current: template,
    state: template === null ? "missing" : "template",
    required: false,
    ...over,
  };
};

const FIELDS = [
  adapt("name", "fixed", { required: true }),
  adapt("phone", "optional"),
  adapt("tier", "choose", { template: null }),
  adapt("size", "must_choose", { template: field("size", "properties.employees"), state: "missing" }),
];

const stream = (fields: AdaptField[] = FIELDS): AdaptStream => ({
  direction: "pull",
  key: "contacts",
  object: "contact",
  label: "Contacts",
  streamId: "str_1" as StreamId,
  isOn: true,
  templateVersion: 1,
  model: {
    key: "contact",
    name: "Contact",
    fields: [
      { key: "name", name: "Name", type: "string", required: true },
      { key: "phone", name: "Phone", type: "string", required: false },
      { key: "tier", name: "Tier", type: "enum", values: ["Gold", "Silver"], required: false },
      { key: "size", name: "Size", type: "number", required: false },
    ],
  },
  fields,
  sourceFields: [],
  schema: { state: "ready", takenAt: new Date(0), message: null },
  overrides: { n: 3, conflicts: [] },
  drifts: [],
  suggestions: [],
  samples: [
    { label: "Newest", source: { properties: { name: "Ada", employees: "7" } } },
    { label: "Oldest", source: { properties: { phone: "1" } } },
  ],
  filter: null,
  ...{ intervalMs: 60_000, backfillDays: null, offers: {}, chosen: {} },
});

const by = (key: string) => FIELDS.find(({ target }) => target === key) as AdaptField;

test("what has to be decided stands first, what may be next, what is the same for everybody apart", () => {
  const { open, chosen, fixed } = draft.arranged(stream());
  expect([open, chosen, fixed].map((part) => part.map(({ target }) => target))).toEqual([["size"], ["tier", "phone"], ["name"]]);
});

test("a field that must be chosen is open until it is, also when what is chosen is what was recommended", () => {
  expect(draft.openFields(stream(), draft.NO_EDITS).map(({ target }) => target)).toEqual(["size"]);
  const edits = draft.withEdit(draft.NO_EDITS, by("size"), by("size").template);
  expect(draft.openFields(stream(), edits)).toEqual([]);
  expect(draft.patchesOf(stream(), edits)).toEqual({ size: by("size").template });
});

test("an edit that says what stands anyway is none; back to the template goes with the template", () => {
  const own = field("phone", "properties.mobile");
  expect(draft.withEdit(draft.NO_EDITS, by("phone"), by("phone").template).size).toBe(0);
  const adapted = { ...by("phone"), current: own, state: "own" } as AdaptField;
  const edits = draft.withEdit(draft.NO_EDITS, adapted, adapted.template);
  expect(draft.wishesOf(stream([adapted]), edits)).toEqual({ phone: "template" });
  expect(draft.wishesOf(stream([adapted]), draft.withEdit(draft.NO_EDITS, adapted, null))).toEqual({ phone: null });
});

test("a source field is taken with the steps that make it fit, and keeps what was said for empty ones", () => {
  const model = stream().model.fields[3];
  if (!model) throw new Error("no model");
  const text = { path: "properties.staff", title: "Staff", type: "string" as const };
  expect(draft.taken(model, text, { ...field("size", "x"), default: 1 })).toMatchObject({
    from: "properties.staff",
    transforms: [{ type: "number" }],
    default: 1,
  });
  expect(draft.taken(model, { ...text, type: "object" }, null)).toBeNull();
});

test("values of a choice: those called the same are said, the others are counted and matched by name on request", () => {
  const [, , model] = stream().model.fields;
  if (!model) throw new Error("no model");
  const source = { path: "properties.tier", title: "Tier", type: "string" as const, values: ["gold", "Silver", "none"] };
  const mapping = field("tier", "properties.tier");
  const lines = draft.valueLines(mapping, model, source);
  expect(lines.map(({ from, said }) => [from, said])).toEqual([
    ["gold", false],
    ["Silver", true],
    ["none", false],
  ]);
  expect(draft.alike(lines, model)).toEqual([["gold", "Gold"]]);
  const said = draft.withValue(draft.withValue(mapping, "gold", "Gold"), "none", null);
  expect(draft.valueLines(said, model, source).every((line) => line.said)).toBe(true);
  expect(draft.withValue(draft.withValue(said, "gold", undefined), "none", undefined)).toEqual(mapping);
});

test("somebody else's changes are told apart", () => {
  const before = stream();
  const after = stream(FIELDS.map((one) => (one.target === "phone" ? { ...one, current: null } : one)));
  expect([...draft.changedBetween(before, after)]).toEqual(["phone"]);
});

test("what a record becomes is told in the customer's words, with the remedy", () => {
  const [name, , tier, size] = stream().model.fields;
  if (!name || !tier || !size) throw new Error("no model");
  const source = { properties: { employees: "many", tier: "bronze" } };
  expect(outcomeOf(field("name", "properties.name"), name, source, say)).toMatchObject({
    state: "fault",
    message: expect.stringContaining("needed in every record"),
  });
  const number = field("size", "properties.employees", { transforms: [{ type: "number" }], onError: "quarantine" });
  expect(outcomeOf(number, size, source, say)).toMatchObject({
    state: "fault",
    message: "“many” is not a number, so the record is held back. Choose another field.",
  });
  expect(outcomeOf(field("tier", "properties.tier"), tier, source, say)).toMatchObject({
    state: "ok",
    after: null,
    note: expect.stringContaining("Say under “Values” what it means"),
  });
  expect(outcomeOf(null, tier, source, say)).toEqual({ state: "unmapped" });
});

test("each sample is judged with all fields, the edits and what is ticked beside them", () => {
  const tally = tallyFor(stream(), draft.NO_EDITS, undefined);
  expect(tally.stands).toEqual(["partly", "held"]); // a tier that is none of ours is left empty
  const one = stream().samples[0]?.source as { properties: Record<string, unknown> };
  const [[path, value] = ["", ""]] = Object.entries(one.properties).filter(([, held]) => typeof held === "string" && held !== "");
  const ticked = tallyFor(stream(), draft.NO_EDITS, { [`properties.${path}`]: [`not ${String(value)}`] });
  expect(ticked.count).toMatchObject({ whole: 0, out: 2 });
  // What no record fills, of what the customer may mend.
  const edits: draft.Edits = new Map([["tier", field("tier", "properties.nothing")]]);
  expect(barrenNames(stream(), tallyFor(stream(), edits, undefined))).toContain("Tier");
});

test("a value keeps its place while it is typed, and its own word while nothing is said", () => {
  const [, , , size] = stream().model.fields;
  if (!size) throw new Error("no model");
  const mapping = field("size", "x", { values: { a: 1, b: 2 } });
  expect(Object.entries(draft.withValue(mapping, "a", 9).values ?? {})).toEqual([
    ["a", 9],
    ["b", 2],
  ]);
  expect(draft.valueLines(mapping, size, undefined).map(({ to }) => to)).toEqual([1, 2]);
});

test("dates are read as people write them, what only looks like one stays as it is", () => {
  expect(shown("2026-11-02", sayIn("de"))).toBe("02.11.2026");
  expect(shown("2026-11-02T10:11:12.000Z", sayIn("en"))).toMatch(/^\d Nov 2026, \d\d:11:12$/);
  expect(shown("2026-11-02T10:11:12+0100", sayIn("ja"))).not.toContain("T10");
  for (const text of ["2026-13-45", "2026-11", "20261102", "A-2026-11-02"]) expect(shown(text, say)).toBe(text);
});

test("an amount becomes money once its currency is said, by a person: always the same one, or a field's", () => {
  const price = { key: "price", name: "Price", type: "money" as const, required: false };
  const source = { path: "total", title: "Total", type: "number" as const };
  const [record, eur] = [
    { total: 1250, cur: "eur" },
    { type: "money" as const, currency: "EUR" },
  ];
  const made = draft.taken(price, source, null);
  if (!made) throw new Error("an amount can be taken");
  const open = adapt("price", "choose", { template: null });
  expect([draft.lacksCurrency(made), draft.isOpen(open, made)]).toEqual([true, true]);
  expect(outcomeOf(made, price, record, say)).toMatchObject({ state: "fault", message: "Say which currency the amounts are in." });
  const said = draft.withMoney(made, eur);
  expect(draft.isOpen(open, said)).toBe(false);
  const after = (mapping: FieldMapping) => {
    const outcome = outcomeOf(mapping, price, record, say);
    return outcome.state === "ok" ? shown(outcome.after, say) : outcome.state;
  };
  expect(after(said)).toBe("1250.00 EUR");
  expect(after(draft.withMoney(made, { type: "money", currencyFrom: "cur", unit: "minor" }))).toBe("12.50 EUR");
  expect(draft.moneyStep(draft.taken(price, { ...source, path: "net" }, said))).toEqual(eur); // another amount, the same currency
  expect(draft.taken(price, { ...source, type: "boolean" }, null)).toBeNull();
});
