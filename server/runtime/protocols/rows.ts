import { textAt } from "../paths";
import { parseCsv } from "./csv";
import { parseExactJson } from "./exact-json";
import type { Protocol } from "./schema";

/** A file's rows; of a CSV the names of its columns. */
export type Rows = { rows: unknown[]; columns?: readonly string[] };
type RowProtocol = Extract<Protocol, { type: "csv" | "ndjson" }>;

export const hasRows = (protocol: Protocol): protocol is RowProtocol => protocol.type === "csv" || protocol.type === "ndjson";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

function jsonIn(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

/** The one JSON object that all of the text is, or null. Of one line among lines of JSON, only what is an error is no row. */
function loneObject(text: string, protocol: RowProtocol, contentType: string, errorMessage: string): object | null {
  if (!/^[\uFEFF\s]*\{/.test(text)) return null;
  const value = jsonIn(text);
  if (!isObject(value)) return null;
  if (protocol.type === "csv" || text.trim().includes("\n")) return value;
  return !/ndjson|jsonl/i.test(contentType) && textAt(value, errorMessage) !== null ? value : null;
}

/**
 * A body as rows, or the JSON object that came instead, for its errors to be looked at. Throws for what is neither: pages, archives,
 * sentences.
 */
export function readRows(text: string, protocol: RowProtocol, contentType: string, errorMessage: string): Rows | object {
  if (/^[\uFEFF\s]*<(?:!doctype|html|\?xml)/i.test(text)) throw new Error("There is a page where rows were expected.");
  if (text.includes("\u0000")) throw new Error("There are no rows of text.");
  const lone = loneObject(text, protocol, contentType, errorMessage);
  if (lone) return lone;
  if (protocol.type === "csv") return parseCsv(text, protocol);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return { rows: lines.map(parseExactJson) };
}
