/** A text that two equal JSON values share and two different ones do not; keys in any order. What lies deeper than 16 is taken as equal. */
export function keyOf(value: unknown, depth = 0): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "undefined";
  if (depth > 16) return "deep";
  if (Array.isArray(value)) return `[${value.map((item) => keyOf(item, depth + 1)).join(",")}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}=${keyOf(item, depth + 1)}`).join(",")}}`;
}
