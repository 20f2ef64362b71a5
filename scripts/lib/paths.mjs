import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Stop } from "./progress.mjs";

/** The checkout. */
export const ROOT = path.resolve(import.meta.dirname, "../..");

/** Where this installation keeps its state: `INLAY_HOME`, else `.inlay` in the checkout. */
export const homeOf = (env = process.env) => path.resolve(ROOT, env.INLAY_HOME || ".inlay");

/** Where things live that every checkout of this user may share: `~/.cache/inlay` or the platform's equivalent. */
export function userCache(env = process.env) {
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, "inlay");
  if (process.platform === "darwin") return path.join(os.homedir(), "Library", "Caches", "inlay");
  if (process.platform === "win32" && env.LOCALAPPDATA) return path.join(env.LOCALAPPDATA, "inlay", "cache");
  return path.join(os.homedir(), ".cache", "inlay");
}

// Step by step: Node's recursive mkdir never returns where a file system refuses new directories with ENOENT.
function makeDirs(dir) {
  if (existsSync(dir)) return;
  makeDirs(path.dirname(dir));
  mkdirSync(dir);
}

/** Creates `dir` and makes sure we may write there; says which directory and what to do when not. */
export function ensureWritable(dir) {
  try {
    makeDirs(dir);
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Stop(
      `cannot write to ${dir} (${error.code ?? error.message})`,
      "Give this user the right to write there, or set INLAY_HOME to a directory that is yours, e.g. INLAY_HOME=/tmp/inlay npm start",
    );
  }
}

/** A short, stable name for a path: for places that several installations share. */
export const shortHash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 12);
