type Layout = { separator: string; columns?: readonly string[] | undefined };

/** The text of a cell that opens with a quote, and where it ends; null when it does not end in this piece. Throws when it never does. */
function quotedCell(text: string, open: number, final: boolean): { cell: string; end: number } | null {
  let cell = "";
  for (let from = open; ; ) {
    const close = text.indexOf('"', from + 1);
    if (close < 0 || (!final && close + 1 >= text.length)) {
      if (final) throw new Error("A quote is never closed.");
      return null;
    }
    cell += text.slice(from + 1, close);
    if (text[close + 1] !== '"') return { cell, end: close + 1 };
    cell += '"';
    from = close + 1;
  }
}

/** The cell that begins there, and where it ends; null when this piece does not hold it and what follows it. */
function cellAt(text: string, begin: number, separator: string, final: boolean): { cell: string; end: number } | null {
  const open = text[begin] === '"' ? quotedCell(text, begin, final) : { cell: "", end: begin };
  if (!open) return null;
  let { end } = open;
  while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end++;
  return final || end + 1 < text.length ? { cell: open.cell + text.slice(open.end, end), end } : null;
}

/**
 * The cells of each whole line (RFC 4180; also bare LF, and quotes only where needed), and the text of a line that is not whole yet:
 * none when this is the `final` piece. Throws when a quote is then never closed.
 */
export function csvLines(text: string, separator: string, final = true): { lines: string[][]; left: string } {
  const lines: string[][] = [];
  let line: string[] = [];
  let begin = 0;
  for (let at = 0; at < text.length; ) {
    const found = cellAt(text, at, separator, final);
    if (!found) return { lines, left: text.slice(begin) };
    line.push(found.cell);
    at = found.end;
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      line.push(""); // the text ends after a separator: one more, empty cell
    }
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    lines.push(line);
    line = [];
    begin = at;
  }
  return { lines, left: "" };
}

/** Rows by column name; one with another number of cells is `{"#cells": […]}`, which has no id and is thus held back alone. */
export const namedRows = (lines: readonly string[][], names: readonly string[]): Record<string, unknown>[] =>
  lines.map((cells) =>
    cells.length === names.length ? Object.fromEntries(names.map((name, n) => [name, cells[n]])) : { "#cells": cells },
  );

/** Rows as objects; every value is text. Throws when there is no line at all, or none with as many cells as `columns` names. */
export function parseCsv(text: string, { separator, columns }: Layout): { rows: Record<string, unknown>[]; columns: readonly string[] } {
  const { lines: found } = csvLines(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, separator);
  const lines = found.filter((cells) => cells.length > 1 || cells[0] !== "");
  const names = columns ?? lines.shift();
  if (!names) throw new Error("There is not even a line of names.");
  if (columns && lines.length > 0 && lines.every((cells) => cells.length !== names.length))
    throw new Error(`No line has ${names.length} cells.`);
  return { rows: namedRows(lines, names), columns: names };
}
