import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Stop } from "./progress.mjs";

/** The checkout. `import.meta.dirname` is younger than the Node that is told here that it is too old. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

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
  try {
    mkdirSync(dir);
  } catch (error) {
    if (error.code !== "EEXIST") throw error; // another start, at the same moment
  }
}

/** For the owner only. As root, Postgres runs as another user, who has to pass through to its own directory. */
const PRIVATE_DIR = process.getuid?.() === 0 ? 0o711 : 0o700;

const ELSEWHERE =
  "Give this user the right to write there, or set INLAY_HOME to a directory that is yours, e.g. INLAY_HOME=/tmp/inlay npm start";

/** Creates `dir`, private, and makes sure we may write there; says which directory and what to do (`advice`) when not. */
export function ensureWritable(dir, advice = ELSEWHERE) {
  try {
    const isNew = !existsSync(dir);
    makeDirs(dir);
    if (isNew) chmodSync(dir, PRIVATE_DIR);
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Stop(`cannot write to ${dir} (${error.code ?? error.message})`, advice);
  }
}

const OURS = /^(logs|simulator|lock|(running|children|secrets)\.json|temporal\.db.*)$/;

/** Takes from everybody else what an earlier version, or an open umask, left readable in `home`. Postgres minds its own. */
export function keepPrivate(home) {
  for (const name of readdirSync(home).filter((entry) => OURS.test(entry))) {
    const file = path.join(home, name);
    const isDir = statSync(file).isDirectory();
    chmodSync(file, isDir ? 0o700 : 0o600);
  }
}

/** A short, stable name for a path: for places that several installations share. */
export const shortHash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 12);
