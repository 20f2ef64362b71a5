import { afterAll, beforeAll, expect, test } from "vitest";
import { openTiny, startTiny, tinyManifest, tinySend } from "#tests/support/tiny-source";
import { describeObject } from "./describe";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const describe = {
  request: { path: "/fields", query: { of: "{account}" } },
  fields: "fields",
  name: "key",
  title: "label",
  type: "kind",
  types: { int: "number" },
  prefix: "own.",
  custom: { path: "builtin", equals: false },
  required: "must",
  values: { list: "choices", value: "id" },
};
const fields = [
  { path: "id", type: "string", title: "ID" },
  { path: "own.name", type: "string", title: "Name" },
];

test("an account says which fields it has; what stands around them is declared", async () => {
  tiny.state.answer = () => ({
    body: {
      fields: [
        { key: "size", label: "Size", kind: "int", builtin: true, must: true },
        { key: "tier", label: "Tier", kind: "pick", builtin: false, choices: [{ id: "a" }, { id: 7 }] },
        { label: "without a name" },
      ],
    },
  });
  const manifest = tinyManifest({ fields, describe });
  expect(await describeObject(tinySend(tiny.origin, manifest), manifest, "thing", { account: "x" })).toEqual({
    complete: true,
    prefix: "own.",
    fields: [
      { path: "id", type: "string", title: "ID" },
      { path: "own.size", title: "Size", type: "number", required: true },
      { path: "own.tier", title: "Tier", type: "string", required: false, custom: true, values: ["a", "7"] },
    ],
  });
  expect(tiny.state.asked.at(-1)?.query.get("of")).toBe("x");
});

test("a source that does not describe itself has what is declared", async () => {
  const manifest = tinyManifest({ fields });
  expect(await describeObject(tinySend(tiny.origin, manifest), manifest, "thing", {})).toEqual({ complete: false, fields });
});

test("an answer without the list is an error, not an account without fields", async () => {
  tiny.state.answer = () => ({ body: {} });
  const manifest = tinyManifest({ fields, describe });
  await expect(describeObject(tinySend(tiny.origin, manifest), manifest, "thing", {})).rejects.toMatchObject({
    code: "provider_invalid_response",
  });
});

test("what a mapping reads besides the declared fields is asked for by name", async () => {
  tiny.state.answer = () => ({ body: { data: [] } });
  const manifest = tinyManifest({ fields, select: { prefix: "own.", place: { in: "query", name: "fields" } } });
  await openTiny(tiny.origin, manifest, Date.now(), {}, ["own.tier", "id", "own.name"]).readPage(null);
  expect(tiny.state.asked.at(-1)?.query.get("fields")).toBe("name,tier");
});
