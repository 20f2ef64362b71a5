import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";

/** Paths (relative to the checkout, with /) of all files below `roots` whose path matches `pattern`. */
export function listFiles(roots, pattern) {
  const found = [];
  const visit = (relative) => {
    const full = path.join(ROOT, relative);
    if (!existsSync(full)) return;
    if (statSync(full).isFile()) {
      if (pattern.test(relative)) found.push(relative);
      return;
    }
    for (const name of readdirSync(full).sort()) if (name !== "node_modules" && !name.startsWith(".next")) visit(`${relative}/${name}`);
  };
  for (const root of roots) visit(root);
  return found;
}

/** Text of a file of the checkout. */
export const readSource = (relative) => readFileSync(path.join(ROOT, relative), "utf8");
