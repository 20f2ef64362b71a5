type Layout = { separator: string; columns?: readonly string[] | undefined };

/** The text of a cell that opens with a quote, and where it ends. Throws when the quote is never closed. */
function quotedCell(text: string, open: number): { cell: string; end: number } {
  let cell = "";
  for (let from = open; ; ) {
    const close = text.indexOf('"', from + 1);
    if (close < 0) throw new Error("A quote is never closed.");
    cell += text.slice(from + 1, close);
    if (text[close + 1] !== '"') return { cell, end: close + 1 };
    cell += '"';
    from = close + 1;
  }
}

/** The cells of each line (RFC 4180; also bare LF, and quotes only where needed). Throws when a quote is never closed. */
function cellsOf(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const closes = (sign: string | undefined) => sign === undefined || sign === separator || sign === "\n" || sign === "\r";
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; ) {
    const { cell, end } = text[at] === '"' ? quotedCell(text, at) : { cell: "", end: at };
    at = end;
    while (!closes(text[at])) at++;
    line.push(cell + text.slice(end, at));
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      line.push(""); // the text ends after a separator: one more, empty cell
    }
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    lines.push(line);
    line = [];
  }
  return lines;
}

/**
 * Rows as objects by column name; every value is text. A row with another number of cells is `{"#cells": […]}`, which has
 * no id and is thus held back alone. Throws when there is no line at all, or none with as many cells as `columns` names.
 */
export function parseCsv(text: string, { separator, columns }: Layout): { rows: Record<string, unknown>[]; columns: readonly string[] } {
  const lines = cellsOf(text, separator).filter((cells) => cells.length > 1 || cells[0] !== "");
  const names = columns ?? lines.shift();
  if (!names) throw new Error("There is not even a line of names.");
  if (columns && lines.length > 0 && lines.every((cells) => cells.length !== names.length))
    throw new Error(`No line has ${names.length} cells.`);
  const rows = lines.map((cells) =>
    cells.length === names.length ? Object.fromEntries(names.map((name, n) => [name, cells[n]])) : { "#cells": cells },
  );
  return { rows, columns: names };
}
