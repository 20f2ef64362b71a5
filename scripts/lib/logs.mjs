import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, statSync, truncateSync } from "node:fs";
import path from "node:path";

const MAX_BYTES = 20_000_000;
const LOOK_MS = 10_000;

/**
 * Moves a log that has grown beyond `maxBytes` to `<file>.1`, in place of the one before. Whoever writes goes on with the
 * same file, which has to be open for appending; a line written in this very moment may be lost.
 */
export function boundLog(file, maxBytes = MAX_BYTES) {
  if (!existsSync(file) || statSync(file).size <= maxBytes) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** Opens a log for a child to append to, readable by its owner only. */
export function openLog(file) {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  boundLog(file);
  return openSync(file, "a", 0o600);
}

/** Keeps a log bounded while somebody writes to it. Returns the way to stop looking. */
export function keepBounded(file) {
  const look = () => {
    try {
      boundLog(file);
    } catch {
      // A full disk is no reason to end what runs; it is tried again soon.
    }
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => clearInterval(timer);
}

/** The last lines that were written, for a failure message. */
export function logTail(file, lines = 12) {
  try {
    return readFileSync(file, "utf8").trim().split("\n").slice(-lines).join("\n    ");
  } catch {
    return "(nothing)";
  }
}
