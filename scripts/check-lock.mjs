// Every optional (platform) package named in package-lock.json must have an entry there. npm leaves one out silently when
// the registry did not have it that day, and then `npm ci` fails on the platform concerned, or everywhere.
import { readSource } from "./lib/files.mjs";

const packages = JSON.parse(readSource("package-lock.json")).packages;

/** Node's way up: the nearest node_modules that holds `name`, seen from `from`. */
function resolves(from, name) {
  for (let base = from; ; ) {
    const found = packages[`${base ? `${base}/` : ""}node_modules/${name}`];
    if (found) return Boolean(found.version || found.link);
    if (!base) return false;
    const up = base.lastIndexOf("/node_modules/");
    base = up < 0 ? "" : base.slice(0, up);
  }
}

const missing = Object.entries(packages).flatMap(([from, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !resolves(from, name))
    .map((name) => `${from} wants ${name}`),
);
for (const line of missing) console.error(`lock file: ${line}, which is not in it. Pin a version of the former that is complete.`);
console.log(`lock file: ${Object.keys(packages).length} packages, ${missing.length} missing`);
process.exitCode = missing.length > 0 ? 1 : 0;
