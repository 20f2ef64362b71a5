import { check, tool, vitest } from "./checks.mjs";

const node = (file, ...args) => [process.execPath, file, ...args];

/** Everything that needs neither a database nor a browser, on two lanes. Returns one result per check. */
export async function verify() {
  const lanes = [
    async () => [
      await check("format and lint", [[tool("biome"), "ci", "--colors=off", "--max-diagnostics=40", "."]]),
      await check("types", [
        [tool("next"), "typegen"],
        [tool("tsc"), "--noEmit"],
      ]),
      await check("layers", [node("scripts/check-layers.mjs")]),
      await check("structure", [node("scripts/check-structure.mjs")]),
      await check("lock file", [node("scripts/check-lock.mjs")]),
      await check("reference pages", [[process.execPath, "--import", "tsx", "scripts/reference.ts", "--check"]]),
      await check("dead code", [[tool("knip")]]),
    ],
    async () => [
      await check("workflow bundle", [node("scripts/build.mjs", "workflows")]),
      await check("embed script and its size", [node("scripts/build.mjs", "widget")]),
      await vitest("unit"),
    ],
  ];
  return (await Promise.all(lanes.map((lane) => lane()))).flat();
}

/** Passed and failed over all results; a check without tests of its own counts only when it failed. */
export function tally(results) {
  const sum = (key) => results.reduce((total, result) => total + (result[key] ?? 0), 0);
  const failedChecks = results.filter((result) => !result.ok && result.failed === undefined).length;
  return { passed: sum("passed"), failed: sum("failed") + failedChecks };
}
