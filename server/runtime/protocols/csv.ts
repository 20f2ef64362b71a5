type Layout = { separator: string; columns?: readonly string[] | undefined };

/** The cells of each line (RFC 4180; also bare LF, and quotes only where needed). Throws when a quote is never closed. */
function cellsOf(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (;;) {
        const close = text.indexOf('"', at + 1);
        if (close < 0) throw new Error("A quote is never closed.");
        cell += text.slice(at + 1, close);
        at = close + 1;
        if (text[at] !== '"') break;
        cell += '"';
      }
    }
    const from = at;
    while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at++;
    line.push(cell + text.slice(from, at));
    if (text[at] === separator) {
      at++;
      if (at === text.length) line.push("");
      else if (text[at] !== "\n" && text[at] !== "\r") continue;
      else line.push("");
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    lines.push(line);
    line = [];
  }
  return lines;
}

/**
 * Rows as objects by column name; every value is text. A row with another number of cells is `{"#cells": […]}`, which has
 * no id and is thus held back alone. Throws when there is no line at all.
 */
export function parseCsv(text: string, { separator, columns }: Layout): Record<string, unknown>[] {
  const lines = cellsOf(text, separator).filter((cells) => cells.length > 1 || cells[0] !== "");
  const names = columns ?? lines.shift();
  if (!names) throw new Error("There is not even a line of names.");
  return lines.map((cells) =>
    cells.length === names.length ? Object.fromEntries(names.map((name, n) => [name, cells[n]])) : { "#cells": cells },
  );
}
