import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { getManifest, listManifests } from "#server/connectors/index";
import { compileMapping } from "#server/mapping/compile";
import { loadExpressions } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";
import { readsOf } from "#server/mapping/reads";
import type { ObjectSpec } from "#server/runtime/manifest";
import { checkChoices, checkFields, checkFilter } from "../mappings/internal";
import { ModelFields } from "../models/schema";
import { checkDirection } from "./check-direction";
import { canBeginAt } from "./internal";
import { findReadyTemplate, modelsOf, readyTemplates } from "./ready-list";
import { planModel } from "./ready-models";
import { readyReference } from "./ready-reference";
import type { ReadyModel, ReadyStand, ReadyStream, ReadyTemplate } from "./ready-schema";

const USE_CASES = [
  ...["crm-email-marketing", "shop-accounting", "payments-crm", "shop-shipping", "inventory-shops", "support-orders", "leads-crm"],
  ...["reviews-loyalty", "project-invoice", "forms-crm", "analytics-feed"],
];

const flows = readyTemplates().flatMap((ready) =>
  ready.stands.flatMap((stand) =>
    stand.streams.map((stream) => [`${ready.key} on ${stand.connector}: ${stream.key}`, { ready, stand, stream }] as const),
  ),
);
type Flow = { ready: ReadyTemplate; stand: ReadyStand; stream: ReadyStream };
const modelOf = ({ ready, stream }: Flow): ReadyModel => ready.models.find(({ key }) => key === stream.model) as ReadyModel;
const specOf = ({ stand, stream }: Flow): ObjectSpec => getManifest(stand.connector).objects[stream.object] as ObjectSpec;

const bare = (path: string) => path.replace(/\[(?:\d+|-1|\*)?\]/g, "");

/** All paths a record has, those below lists without their places. */
function pathsIn(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) return [prefix, ...value.flatMap((one) => pathsIn(one, prefix))];
  if (value === null || typeof value !== "object") return [prefix];
  return [prefix, ...Object.entries(value).flatMap(([key, child]) => pathsIn(child, prefix === "" ? key : `${prefix}.${key}`))];
}

describe("ready templates", () => {
  test("there is one for each use case of integration practice, and none says what does not run", () => {
    expect(readyTemplates().map(({ key }) => key)).toEqual(USE_CASES);
    for (const { notIncluded } of readyTemplates()) expect(notIncluded).toMatch(/not/);
    expect(() => findReadyTemplate("nothing")).toThrow(/crm-email-marketing/);
  });

  test("one model has the same fields wherever it is filled, and points to models that there are", () => {
    const models = new Map<string, ReadyModel>();
    for (const model of readyTemplates().flatMap((ready) => ready.models)) {
      expect(models.get(model.key) ?? model).toEqual(model);
      models.set(model.key, model);
      expect(ModelFields.parse(JSON.parse(JSON.stringify(model.fields)))).toEqual(model.fields);
    }
    for (const { fields } of models.values())
      for (const { references } of fields) if (references !== undefined) expect([...models.keys()]).toContain(references);
  });

  test("each model is filled somewhere, each stream has a key of its own, and two connectors carry a use case where there are two", () => {
    const shipped = listManifests().map(({ key }) => key);
    for (const ready of readyTemplates()) {
      const filled = new Set(ready.stands.flatMap(({ streams }) => streams.map(({ model }) => model)));
      expect(ready.models.map(({ key }) => key).sort()).toEqual([...filled].sort());
      expect(ready.stands.length).toBeGreaterThan(1);
      for (const { connector, streams } of ready.stands) {
        expect(shipped).toContain(connector);
        expect(new Set(streams.map(({ key }) => key)).size).toBe(streams.length);
      }
    }
  });
});

test("docs/reference/ready-templates.md is up to date (npm run docs writes it)", () => {
  expect(readFileSync("docs/reference/ready-templates.md", "utf8")).toBe(readyReference());
});

describe.each(flows)("%s", (_name, flow) => {
  const { stand, stream } = flow;

  test("is valid, complete, and leaves no choice that cannot be made", async () => {
    const model = modelOf(flow);
    const spec = specOf(flow);
    expect(spec, `${stand.connector} has ${stream.object}`).toBeDefined();
    const fields = await checkFields(stream.fields, model.fields);
    expect(await checkFilter(stream.filter)).toEqual(stream.filter);
    expect(checkChoices(stream.choices, model.fields, fields)).toEqual(stream.choices);
    const mapped = new Set(fields.map(({ target }) => target));
    const empty = Object.entries(stream.choices).filter(
      ([target, { customer }]) => /optional|hidden/.test(customer) && !mapped.has(target),
    );
    expect(empty, "nothing can be left out or hidden that is not there").toEqual([]);
    const asked = Object.keys(stream.choices).filter((target) => stream.choices[target]?.customer === "must_choose");
    const open = model.fields.filter(
      ({ key, required }) => required && !asked.includes(key) && !fields.some(({ target }) => target === key),
    );
    expect(open).toEqual([]);
    if (stream.backfillDays) expect(canBeginAt(spec)).toBe(true);
    expect(() => checkDirection(getManifest(stand.connector), stream, fields)).not.toThrow();
  });

  test("reads only what the connector's records have", () => {
    const spec = specOf(flow);
    const known = spec.fields.map(({ path, type }) => ({ path: bare(path), open: type === "object" || type === "array" }));
    const expected = new Set((stand.expects?.records ?? []).flatMap((record) => pathsIn(record)));
    const has = (path: string) =>
      expected.has(path) ||
      known.some(
        (one) =>
          one.path === path ||
          one.path.startsWith(`${path}.`) ||
          one.path.replace(/\.\d+/g, "") === path ||
          (one.open && path.startsWith(`${one.path}.`)),
      );
    expect(
      readsOf(stream)
        .map(bare)
        .filter((path) => !has(path)),
    ).toEqual([]);
  });

  test.skipIf(stream.direction === "push")("gives values of the model's types, from records as they come", async () => {
    await loadExpressions();
    const passes = stream.filter === null ? null : compileFilter(stream.filter);
    const mapping = compileMapping(stream.fields, modelOf(flow).fields);
    for (const record of stand.expects?.records ?? [specOf(flow).sample]) {
      const filtered = passes?.(record) ?? { ok: true, passes: true };
      expect(filtered.ok).toBe(true);
      if (!filtered.ok || !filtered.passes) continue;
      const mapped = mapping.apply(record);
      expect(mapped).toMatchObject({ ok: true, notes: [] });
      if (mapped.ok) expect(JSON.parse(JSON.stringify(mapped.data))).toEqual(mapped.data);
    }
  });
});

describe("a model that is there", () => {
  const ready = findReadyTemplate("shop-accounting");
  const [order] = modelsOf(ready, ready.stands[0] as ReadyStand) as [ReadyModel];
  const keys = new Set(order.fields.map(({ key }) => key));
  const filled = { filled: keys, used: keys };
  const known = (fields: ReadyModel["fields"], archived = false) => ({ fields, version: 3, name: "Order", description: "", archived });
  const changed = (key: string, rest: object) => known(order.fields.map((field) => (field.key === key ? { ...field, ...rest } : field)));

  test("is left as it is where it fits, though a text may take what is stricter here", () => {
    expect(planModel(order, "sales_order", known(order.fields), filled)).toMatchObject({ state: "fits", added: [], clashes: [] });
    const loose = planModel(order, "sales_order", changed("payment", { type: "string", values: undefined }), filled);
    expect(loose).toMatchObject({ state: "fits", name: "Order" });
  });

  test("gets what it lacks, never as required, and values its choices lack", () => {
    const { state, added } = planModel(order, "sales_order", known(order.fields.filter(({ key }) => key !== "total")), filled);
    expect([state, added]).toEqual(["adds", [expect.objectContaining({ key: "total", required: false })]]);
    const few = planModel(order, "sales_order", changed("payment", { values: ["paid", "owed"] }), filled);
    expect(few.values).toEqual([{ field: "payment", added: ["partly_paid", "pending", "refunded", "void"] }]);
    expect(few.fields.find(({ key }) => key === "payment")?.values).toEqual(["paid", "owed", "partly_paid", "pending", "refunded", "void"]);
  });

  test("gets nothing that no stream uses, and is not in the way by it", () => {
    const less = { filled: keys, used: new Set([...keys].filter((key) => key !== "total" && key !== "tax")) };
    const other = order.fields
      .filter(({ key }) => key !== "tax")
      .map((field) => (field.key === "total" ? { ...field, type: "number" as const } : field));
    expect(planModel(order, "sales_order", known(other), less)).toMatchObject({ state: "fits", added: [], clashes: [] });
  });

  test("is in the way when a type differs or a place is taken, and says what to do; fields it needs are told", () => {
    const other = planModel(order, "sales_order", changed("total", { type: "number" }), filled);
    expect(other).toMatchObject({
      state: "clashes",
      clashes: [{ field: "total", message: expect.stringMatching(/is number in your model and money here/) }],
    });
    const list = known([
      ...order.fields.filter(({ key }) => !key.startsWith("lines[]")),
      { key: "lines", name: "Lines", type: "array", required: false },
    ]);
    expect(planModel(order, "sales_order", list, filled).state).toBe("clashes");
    expect(planModel(order, "sales_order", known(order.fields, true), filled).clashes[0]?.message).toMatch(/archived/);
    const more = known([...order.fields, { key: "channel", name: "Channel", type: "string", required: true }]);
    expect(planModel(order, "sales_order", more, filled)).toMatchObject({ state: "fits", open: ["Channel"] });
  });
});
