import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";

/** An append-only file of JSON lines. `append` reaches the operating system before it returns, so a killed process loses nothing. */
export type Journal<T> = {
  append(entry: T): void;
  /** Replaces the file by these entries in one atomic step. */
  rewrite(entries: Iterable<T>): void;
  close(): void;
};

/** Reads every whole line of a journal; a line cut short by a crash is dropped. A missing file is empty. */
export function readJournal<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  const entries: T[] = [];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line === "") continue;
    try {
      entries.push(JSON.parse(line) as T);
    } catch {
      // Only the last line can be torn, by a crash while it was written; what it said was never answered for.
    }
  }
  return entries;
}

/** Opens a journal for appending; `file` null keeps nothing (tests and benchmarks without state). */
export function openJournal<T>(file: string | null): Journal<T> {
  if (file === null) return { append() {}, rewrite() {}, close() {} };
  mkdirSync(path.dirname(file), { recursive: true });
  let fd = openSync(file, "a", 0o600);
  return {
    append(entry) {
      writeSync(fd, `${JSON.stringify(entry)}\n`);
    },
    rewrite(entries) {
      const fresh = `${file}.new`;
      const lines: string[] = [];
      for (const entry of entries) lines.push(JSON.stringify(entry));
      writeFileSync(fresh, lines.length === 0 ? "" : `${lines.join("\n")}\n`, { mode: 0o600 });
      closeSync(fd);
      renameSync(fresh, file);
      fd = openSync(file, "a", 0o600);
    },
    close() {
      closeSync(fd);
    },
  };
}
