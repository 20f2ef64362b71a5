import { describeValue, isEmpty, Misfit } from "../misfit";
import { compileReader } from "../paths";
import { defineTransform, type Inverse, type Scalar } from "./define";

/** The same map backwards, or why there is none. */
export function invertValues(values: Readonly<Record<string, Scalar>>): Record<string, Scalar> | string {
  const back: Record<string, Scalar> = {};
  for (const [from, to] of Object.entries(values)) {
    if (to === null || to === "") return `"${from}" becomes empty, and what is empty has no way back`;
    if (Object.hasOwn(back, String(to))) return `"${String(back[String(to)])}" and "${from}" both become "${String(to)}"`;
    if (String(to) === "__proto__") return '"__proto__" is not a value';
    back[String(to)] = from;
  }
  return back;
}

function invertMap(values: Readonly<Record<string, Scalar>>): Inverse {
  const back = invertValues(values);
  return typeof back === "string" ? { kind: "none", reason: back } : { kind: "exact", steps: [{ type: "map", values: back }] };
}

const map = defineTransform({
  type: "map",
  title: "Value map",
  description:
    "Each value of the source becomes a value of yours. Numbers and yes-or-no values are looked up as text. You say what happens to values that are not in the map.",
  params: {
    values: { kind: "values", title: "Source value and its new value" },
    otherwise: { kind: "choice", title: "Values not in the map; kept when left out", options: ["keep", "empty", "fault"], optional: true },
  },
  examples: [{ settings: { values: { lead: "New", customer: "Won" }, otherwise: "fault" }, input: "lead", output: "New" }],
  compile: ({ values, otherwise = "keep" }) => {
    const table = new Map(Object.entries(values));
    return (value) => {
      if (value !== null && typeof value === "object")
        return new Misfit(`cannot be looked up in a value map: ${describeValue(value)}; choose a field inside it`);
      const found = table.get(String(value));
      if (found !== undefined) return found;
      if (otherwise === "keep") return value;
      return otherwise === "empty" ? null : new Misfit(`is not in its value map: ${describeValue(value)}; add it to the map`);
    };
  },
  invert: ({ values }) => invertMap(values),
});

const nullIf = defineTransform({
  type: "nullIf",
  title: "Empty when",
  description: 'Texts that say "nothing" become no value: n/a, -, unknown. Compared without case and spaces at the ends.',
  params: { values: { kind: "texts", title: "Texts that mean nothing", max: 100 } },
  examples: [{ settings: { values: ["n/a", "-"] }, input: "N/A", output: null }],
  compile: ({ values }) => {
    const nothing = new Set(values.map((text) => text.trim().toLowerCase()));
    return (value) => (typeof value === "string" && nothing.has(value.trim().toLowerCase()) ? null : value);
  },
  invert: () => ({ kind: "settles", steps: [], note: "the source's texts for nothing are not put back" }),
});

const fallback = defineTransform({
  type: "default",
  title: "Value when empty",
  description: "Takes this when there is no value so far. Unlike the field's own default, transforms may follow.",
  params: { value: { kind: "scalar", title: "Value" } },
  onEmpty: true,
  examples: [
    { settings: { value: "unknown" }, input: "", output: "unknown" },
    { settings: { value: "unknown" }, input: "Ada", output: "Ada" },
  ],
  compile:
    ({ value: instead }) =>
    (value) =>
      isEmpty(value) ? instead : value,
  invert: () => ({ kind: "settles", steps: [], note: "what was empty goes back as the default" }),
});

const coalesce = defineTransform({
  type: "coalesce",
  title: "Else another field",
  description: "Takes the first of these fields that is not empty when there is no value so far.",
  params: { paths: { kind: "paths", of: "record", title: "Paths to try, in this order", max: 10 } },
  onEmpty: true,
  examples: [{ settings: { paths: ["mobile", "phone"] }, input: null, source: { mobile: "", phone: "0301234" }, output: "0301234" }],
  compile: ({ paths }) => {
    const readers = paths.map((path) => compileReader(path));
    return (value, source) => {
      if (!isEmpty(value)) return value;
      for (const read of readers) {
        const found = read(source);
        if (!isEmpty(found)) return found;
      }
      return null;
    };
  },
  invert: () => ({ kind: "settles", steps: [], note: "goes back to the first field only" }),
});

export const VALUES = [map, nullIf, fallback, coalesce] as const;
