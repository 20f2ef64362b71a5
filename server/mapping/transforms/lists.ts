import { decimalText, parseDecimal, roundDecimal } from "../decimal";
import { describeValue, isEmpty, Misfit } from "../misfit";
import { compileReader } from "../paths";
import { keyOf } from "../same-value";
import { defineTransform, onList } from "./define";

const PATH = { kind: "path", title: "Path inside the object" } as const;

const first = defineTransform({
  type: "first",
  title: "First of a list",
  description: "The first entry that is not empty.",
  takes: "list",
  examples: [{ settings: {}, input: ["", "a", "b"], output: "a" }],
  compile: () => onList((list) => list.find((item) => !isEmpty(item)) ?? null),
});

const last = defineTransform({
  type: "last",
  title: "Last of a list",
  description: "The last entry that is not empty.",
  takes: "list",
  examples: [{ settings: {}, input: ["a", "b", null], output: "b" }],
  compile: () => onList((list) => list.findLast((item) => !isEmpty(item)) ?? null),
});

const pick = defineTransform({
  type: "pick",
  title: "One of a list",
  description: "The entry at a place, counted from 0; from the end when negative. No entry, no value.",
  params: { index: { kind: "integer", title: "Place", min: -10_000, max: 10_000 } },
  takes: "list",
  examples: [{ settings: { index: 1 }, input: ["a", "b", "c"], output: "b" }],
  compile: ({ index }) => onList((list) => list.at(index) ?? null),
});

const limit = defineTransform({
  type: "limit",
  title: "First few of a list",
  description: "At most so many entries, from the start.",
  params: { count: { kind: "integer", title: "How many", min: 1, max: 10_000 } },
  takes: "list",
  gives: "list",
  examples: [{ settings: { count: 2 }, input: ["a", "b", "c"], output: ["a", "b"] }],
  compile: ({ count }) => onList((list) => list.slice(0, count)),
});

const unique = defineTransform({
  type: "unique",
  title: "Without repeats",
  description: "Each entry once, at its first place. Objects with the same content are the same.",
  takes: "list",
  gives: "list",
  examples: [{ settings: {}, input: ["a", "b", "a"], output: ["a", "b"] }],
  compile: () =>
    onList((list) => {
      const seen = new Set<unknown>();
      return list.filter((item) => {
        const key = item !== null && typeof item === "object" ? `\u0000${keyOf(item)}` : item;
        return seen.has(key) ? false : seen.add(key);
      });
    }),
});

const compact = defineTransform({
  type: "compact",
  title: "Without empty entries",
  description: "Leaves out null and empty text.",
  takes: "list",
  gives: "list",
  examples: [{ settings: {}, input: ["a", null, "", 0], output: ["a", 0] }],
  compile: () => onList((list) => list.filter((item) => !isEmpty(item))),
});

const count = defineTransform({
  type: "count",
  title: "Count",
  description: "How many entries a list has. An empty or missing list has none.",
  takes: "list",
  onEmpty: true,
  examples: [
    { settings: {}, input: ["a", "b"], output: 2 },
    { settings: {}, input: null, output: 0 },
  ],
  compile: () => {
    const step = onList((list) => list.length);
    return (value, source) => (isEmpty(value) ? 0 : step(value, source));
  },
});

const sum = defineTransform({
  type: "sum",
  title: "Sum",
  description: "The sum of a list of numbers or decimal texts, exactly, as decimal text. Empty entries count nothing.",
  takes: "list",
  examples: [{ settings: {}, input: ["0.10", 0.2, null], output: "0.30" }],
  compile: () =>
    onList((list) => {
      let total = { unscaled: 0n, scale: 0 };
      for (const item of list) {
        if (isEmpty(item)) continue;
        const parsed = parseDecimal(item);
        if (!parsed) return new Misfit(`cannot be summed: ${describeValue(item)} is not a number`);
        const scale = Math.max(total.scale, parsed.scale);
        total = { unscaled: roundDecimal(total, scale).unscaled + roundDecimal(parsed, scale).unscaled, scale };
      }
      return decimalText(total);
    }),
});

const get = defineTransform({
  type: "get",
  title: "A field of it",
  description: "What lies at a path inside an object.",
  params: { path: PATH },
  examples: [{ settings: { path: "name" }, input: { id: 7, name: "Ada" }, output: "Ada" }],
  compile: ({ path }) => {
    const read = compileReader(path);
    return (value) =>
      value !== null && typeof value === "object"
        ? (read(value) ?? null)
        : new Misfit(`needs an object, got ${describeValue(value)}; name the field in the source's path`);
  },
});

const find = defineTransform({
  type: "find",
  title: "The entry that says",
  description: "The first object of a list whose field has a value: the address whose type is work. No such entry, no value.",
  params: {
    path: { kind: "path", title: "Field to look at" },
    equals: { kind: "scalar", title: "Its value" },
    get: { ...PATH, title: "What to take of it; all when left out", optional: true },
  },
  takes: "list",
  examples: [
    {
      settings: { path: "type", equals: "work", get: "value" },
      input: [
        { type: "home", value: "ada@home.example" },
        { type: "work", value: "ada@work.example" },
      ],
      output: "ada@work.example",
    },
  ],
  compile: ({ path, equals, get: inner }) => {
    const read = compileReader(path);
    const take = inner === undefined ? (value: unknown) => value : compileReader(inner);
    return onList((list) => {
      const found = list.find((item) => read(item) === equals);
      return found === undefined ? null : (take(found) ?? null);
    });
  },
});

const lookup = defineTransform({
  type: "lookup",
  title: "Look up in the record",
  description:
    "Finds the entry of another list of the same record whose field equals the value, such as included companies by their id. Numbers and texts that read the same are equal.",
  params: {
    list: { kind: "path", of: "record", title: "Path of the list" },
    match: { kind: "path", of: "list", title: "Field of its entries to compare" },
    get: { ...PATH, of: "list", title: "What to take of the entry; all when left out", optional: true },
  },
  examples: [
    {
      settings: { list: "included", match: "id", get: "name" },
      input: 7,
      source: { included: [{ id: "7", name: "Globex" }] },
      output: "Globex",
    },
  ],
  compile: ({ list, match, get: inner }) => {
    const readList = compileReader(list);
    const readMatch = compileReader(match);
    const take = inner === undefined ? (value: unknown) => value : compileReader(inner);
    return (value, source) => {
      if (value !== null && typeof value === "object")
        return new Misfit(`cannot be looked up: ${describeValue(value)}; choose a field inside it`);
      const entries = readList(source);
      if (!Array.isArray(entries)) return null;
      const found = entries.find((entry) => {
        const key = readMatch(entry);
        return (typeof key === "string" || typeof key === "number") && String(key) === String(value);
      });
      return found === undefined ? null : (take(found) ?? null);
    };
  },
});

export const LISTS = [first, last, pick, limit, unique, compact, count, sum, get, find, lookup] as const;
