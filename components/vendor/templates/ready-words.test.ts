import { expect, test } from "vitest";
import type { ReadyTemplateItem } from "#server/domains/templates/list-ready-templates";
import { additionWords, connectorsOf, findReady, modelState, placesOf } from "./ready-words";

const stand = (connector: string, integrations: string[] = []) => ({
  ...{ connector, connectorName: connector.toUpperCase(), iconUrl: "", side: "Shop", description: "", streams: [], standsFor: null },
  integrations: integrations.map((id) => ({ id: id as never, name: id })),
});
const item = (key: string, useCase: string, stands: ReadyTemplateItem["stands"]): ReadyTemplateItem => ({
  ...{ key, title: key, useCase, audience: "Anybody", words: ["overselling"], today: "", notIncluded: "" },
  ...{ models: [{ key: "stock", name: "Stock level" }], stands },
});
const items = [
  item("one", "Stock of shops", [stand("alpha", ["i1", "i2"]), stand("beta", ["i2"])]),
  item("two", "Answers to forms", [stand("beta")]),
];
const model = { key: "stock", target: "stock", name: "Stock", description: "", clashes: [], open: [] };

test("use cases are found by words in any order, and by what they stand on", () => {
  expect(findReady(items, "shops STOCK", null).map(({ key }) => key)).toEqual(["one"]);
  expect(findReady(items, "overselling", "beta")).toHaveLength(2);
  expect(findReady(items, "", "alpha").map(({ key }) => key)).toEqual(["one"]);
  expect(findReady(items, "nowhere", null)).toEqual([]);
  expect(connectorsOf(items)).toEqual([
    { value: "alpha", label: "ALPHA" },
    { value: "beta", label: "BETA" },
  ]);
  expect(items.map(placesOf)).toEqual([2, 0]);
});

test("what becomes of a model is said before it is agreed to", () => {
  const adds = {
    ...model,
    state: "adds" as const,
    added: [{ key: "a", name: "A", type: "string" as const, required: false }],
    values: [{ field: "b", added: ["c"] }],
  };
  expect(modelState(adds).word).toBe("Gets 1 field and values of 1 choice");
  expect(additionWords([adds, { ...model, state: "fits", added: [], values: [] }])).toBe("1 field and values of 1 choice to Stock");
});
