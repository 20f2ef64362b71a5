import { csvLines, namedRows } from "../protocols/csv";
import { parseExactJson } from "../protocols/exact-json";
import type { Protocol } from "../protocols/schema";

type Chunks = AsyncIterable<string>;
type Csv = Extract<Protocol, { type: "csv" }>;
/** Rows as they come out of a piece of text; of a CSV the names of its columns, once they are known. */
export type Some = { rows: unknown[]; columns?: readonly string[] };

/** A line longer than this is not kept: it is given as one that has no id, and waits alone. */
const LINE_CHARS = 8 * 1024 * 1024;
const TOO_LONG = { "#line": `longer than ${LINE_CHARS} characters` };

/** Rows of a CSV, piece by piece. Throws when a quote is never closed, and when there is no line of names. */
export async function* csvRows(chunks: Chunks, { separator, columns }: Csv): AsyncGenerator<Some> {
  let rest = "";
  let names: readonly string[] | undefined = columns;
  const take = (text: string, final: boolean): Some => {
    const { lines, left } = csvLines(text, separator, final);
    rest = left;
    const kept = lines.filter((cells) => cells.length > 1 || cells[0] !== "");
    names ??= kept.shift();
    if (columns && kept.length > 0 && kept.every((cells) => cells.length !== columns.length))
      throw new Error(`No line has ${columns.length} cells.`);
    return names ? { rows: namedRows(kept, names), columns: names } : { rows: [] };
  };
  for await (const chunk of chunks) {
    yield take(rest + chunk, false);
    if (rest.length > LINE_CHARS) throw new Error("A line is too long, or a quote is never closed.");
  }
  const last = take(rest, true);
  if (!names) throw new Error("There is not even a line of names.");
  yield last;
}

/** Rows of JSON lines. Throws for a line that is no JSON. */
export async function* jsonLines(chunks: Chunks): AsyncGenerator<Some> {
  let rest = "";
  let over = false;
  const rowsOf = (lines: readonly string[]): unknown[] => lines.filter((line) => line.trim() !== "").map(parseExactJson);
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    const rows: unknown[] = [];
    if (over && lines.length > 0) {
      lines.shift();
      rows.push(TOO_LONG);
      over = false;
    }
    rows.push(...rowsOf(lines));
    if (over || rest.length > LINE_CHARS) {
      over = true;
      rest = "";
    }
    yield { rows };
  }
  yield { rows: over ? [TOO_LONG] : rowsOf([rest]) };
}
