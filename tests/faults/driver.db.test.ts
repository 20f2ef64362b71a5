import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { createDatabase } from "#tests/support/postgres";
import { mendedDriver } from "../../scripts/lib/driver-patch.mjs";

/** A transaction whose server side is ended in the middle; then another statement, by the pool. */
const PROGRAM = `
import postgres from "postgres";
const url = process.argv[2];
const sql = postgres(url, { max: 1 });
const other = postgres(url, { max: 1 });
await sql.begin(async (tx) => {
  const [{ pid }] = await tx\`select pg_backend_pid() as pid\`;
  await other\`select pg_terminate_backend(\${pid})\`;
  while ((await other\`select 1 from pg_stat_activity where pid = \${pid}\`).length > 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await tx\`select 1\`.catch((error) => console.log(error.code));
}).catch((error) => console.log("transaction", error.code));
await new Promise((resolve) => setTimeout(resolve, 200));
console.log((await sql\`select 'goes on' as said\`)[0].said);
process.exit(0);
`;

/** What the program says and how it ends, with the driver as our processes have it, or as it comes. */
async function run(url: string, plugins: (typeof mendedDriver)[]) {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-driver-"));
  const outfile = path.join(dir, "program.mjs");
  try {
    const stdin = { contents: PROGRAM, resolveDir: process.cwd() };
    await build({ stdin, outfile, plugins, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "silent" });
    return await promisify(execFile)(process.execPath, [outfile, url]).then(
      ({ stdout }) => ({ code: 0, said: stdout.trim().split("\n") }),
      (error: { code: number; stderr: string }) => ({ code: error.code, said: [/TypeError: .*/.exec(error.stderr)?.[0] ?? error.stderr] }),
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test("a statement on a connection that is gone is an error of that statement, and not the end of the process", async () => {
  const db = await createDatabase();
  try {
    expect(await run(db.url, [mendedDriver])).toEqual({ code: 0, said: ["transaction CONNECTION_CLOSED", "CONNECTION_CLOSED", "goes on"] });
    // The driver as it comes. When this fails, it no longer needs to be mended: take scripts/lib/driver-patch.mjs out.
    expect(await run(db.url, [])).toEqual({ code: 1, said: ["TypeError: Cannot read properties of null (reading 'write')"] });
  } finally {
    await db.drop();
  }
});
