import { at } from "../paths";
import { matchPattern } from "../pattern";
import type { Reply } from "../send";
import type { Said } from "./export-schema";

/** A text that an answer says, in its body or in a header; null when it says none, or what says it has another look. */
export function saidIn({ json, headers }: Pick<Reply, "json" | "headers">, where: Said): string | null {
  const { path, header, pattern } = typeof where === "string" ? { path: where, header: undefined, pattern: undefined } : where;
  const found = header === undefined ? at(json, path ?? "$") : headers[header];
  const text = typeof found === "number" || typeof found === "boolean" ? String(found) : found;
  if (typeof text !== "string" || text === "") return null;
  if (pattern === undefined) return text;
  const match = matchPattern(pattern, text, { whole: false });
  return match === null ? null : (match.first ?? match.whole);
}
