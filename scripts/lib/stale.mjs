import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";

const STAMPS = path.join(ROOT, "dist", "stamps.json");
const IGNORED = /(^|\/)(node_modules|\.next|dist|\.inlay|\.git)(\/|$)|\.test\.tsx?$|\.tsbuildinfo$|^public\/v1\/[\w.]+\.js$/;

function* filesBelow(relative) {
  const full = path.join(ROOT, relative);
  if (!existsSync(full) || IGNORED.test(relative)) return;
  if (statSync(full).isFile()) {
    yield relative;
    return;
  }
  for (const name of readdirSync(full).sort()) yield* filesBelow(`${relative}/${name}`);
}

/** A hash over the contents of files and folders (tests left out): what an artefact was built from. */
export function hashInputs(inputs) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  for (const input of inputs) {
    for (const file of filesBelow(input))
      hash
        .update(file)
        .update("\0")
        .update(readFileSync(path.join(ROOT, file)))
        .update("\0");
  }
  return hash.digest("hex");
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, "utf8"));
  } catch {
    return {};
  }
}

/** True when an output is missing or was built from something else than what is there now. */
export const isStale = (name, inputs, outputs) =>
  outputs.some((file) => !existsSync(path.join(ROOT, file))) || readStamps()[name] !== hashInputs(inputs);

/** Remembers what `name` was built from. Take `hash` before building: a file saved meanwhile then counts as changed. */
export function stamp(name, hash) {
  mkdirSync(path.dirname(STAMPS), { recursive: true });
  writeFileSync(STAMPS, `${JSON.stringify({ ...readStamps(), [name]: hash }, null, 2)}\n`);
}
