import { isObject } from "../exchange";
import type { Properties } from "../world/object-kind";

const OPERATORS = [
  "EQ",
  "NEQ",
  "GT",
  "GTE",
  "LT",
  "LTE",
  "BETWEEN",
  "IN",
  "NOT_IN",
  "HAS_PROPERTY",
  "NOT_HAS_PROPERTY",
  "CONTAINS_TOKEN",
] as const;
type Operator = (typeof OPERATORS)[number];

export type Filter = { property: string; operator: Operator; value: string; high: string; values: string[] };

/** Reads `filterGroups` (groups are OR-ed, the filters of one are AND-ed); a text is what was wrong with them. */
export function parseGroups(input: unknown): Filter[][] | string {
  if (input === undefined) return [];
  if (!Array.isArray(input)) return "filterGroups must be a list";
  if (input.length > 5) return "filterGroups: at most 5 groups are allowed";
  const groups: Filter[][] = [];
  for (const group of input) {
    const filters = isObject(group) ? group["filters"] : undefined;
    if (!Array.isArray(filters)) return "filterGroups: each group needs a list of filters";
    if (filters.length > 6) return "filterGroups: at most 6 filters per group are allowed";
    const parsed = filters.map(parseFilter);
    const fault = parsed.find((filter) => typeof filter === "string");
    if (fault !== undefined) return fault;
    groups.push(parsed.filter((filter) => typeof filter !== "string"));
  }
  return groups;
}

function parseFilter(input: unknown): Filter | string {
  if (!isObject(input) || typeof input["propertyName"] !== "string") return "A filter needs a propertyName";
  const operator = OPERATORS.find((known) => known === input["operator"]);
  if (!operator) return `Unknown operator: ${String(input["operator"])}`;
  const values = Array.isArray(input["values"]) ? input["values"].map(String) : [];
  const needsValue = !["IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY"].includes(operator);
  if (needsValue && input["value"] === undefined) return `Filter on ${input["propertyName"]}: operator ${operator} needs a value`;
  return { property: input["propertyName"], operator, value: String(input["value"] ?? ""), high: String(input["highValue"] ?? ""), values };
}

/** A property as something that can be ordered: times and numbers as numbers, else text. HubSpot takes times as ISO or as milliseconds. */
export function comparable(value: string): number | string {
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (/^\d{4}-\d\d-\d\d/.test(value)) {
    const time = Date.parse(value);
    if (!Number.isNaN(time)) return time;
  }
  return value.toLowerCase();
}

function compare(a: string, b: string): number {
  const left = comparable(a);
  const right = comparable(b);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left) < String(right) ? -1 : String(left) === String(right) ? 0 : 1;
}

/** Whether a record passes one filter. A property without a value only passes the operators that ask for that. */
export function passes(filter: Filter, properties: Properties): boolean {
  const value = properties[filter.property] ?? null;
  if (value === null) return ["NOT_HAS_PROPERTY", "NEQ", "NOT_IN"].includes(filter.operator);
  switch (filter.operator) {
    case "NOT_HAS_PROPERTY":
      return false;
    case "HAS_PROPERTY":
      return true;
    case "EQ":
      return compare(value, filter.value) === 0;
    case "NEQ":
      return compare(value, filter.value) !== 0;
    case "GT":
      return compare(value, filter.value) > 0;
    case "GTE":
      return compare(value, filter.value) >= 0;
    case "LT":
      return compare(value, filter.value) < 0;
    case "LTE":
      return compare(value, filter.value) <= 0;
    case "BETWEEN":
      return compare(value, filter.value) >= 0 && compare(value, filter.high) <= 0;
    case "IN":
      return filter.values.some((each) => compare(value, each) === 0);
    case "NOT_IN":
      return filter.values.every((each) => compare(value, each) !== 0);
    case "CONTAINS_TOKEN":
      return value.toLowerCase().includes(filter.value.replaceAll("*", "").toLowerCase());
  }
}
