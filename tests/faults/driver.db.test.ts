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

/** A line to the server that is reset as a statement goes by; whoever sent it asks again at once, and then others ask. */
const RESET = `
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
const url = new URL(process.argv[2]);
const to = { host: url.hostname, port: Number(url.port) };
let cut = false;
const line = createServer((client) => {
  const server = connect(to);
  client.on("error", () => server.destroy()).on("close", () => server.destroy());
  server.on("error", () => client.destroy()).on("close", () => client.destroy());
  client.on("data", (bytes) => {
    if (cut || !bytes.includes("reset here")) return server.write(bytes);
    cut = true;
    client.resetAndDestroy();
  });
  server.on("data", (bytes) => client.write(bytes));
}).listen(0, "127.0.0.1");
await new Promise((resolve) => line.once("listening", resolve));
url.port = String(line.address().port);
const sql = postgres(url.href, { max: 1, fetch_types: false });
const ask = (what) => sql\`select \${what}::text as said\`.then(([row]) => row.said, (error) => error.code);
await ask("zero");
let second;
console.log(await ask("reset here").then((said) => ((second = ask("two")), said)));
await sleep(200);
console.log(await ask("three"));
const fourth = ask("four");
const late = () => sleep(2_000, "no answer");
console.log(await Promise.race([second, late()]), await Promise.race([fourth, late()]));
process.exit(0);
`;

/** What the program says and how it ends, with the driver as our processes have it, or as it comes. */
async function run(url: string, plugins: (typeof mendedDriver)[], program = PROGRAM) {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-driver-"));
  const outfile = path.join(dir, "program.mjs");
  try {
    const stdin = { contents: program, resolveDir: process.cwd() };
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

test("who asks while a line is being reset is refused, and who asks later is answered", async () => {
  const db = await createDatabase();
  try {
    expect(await run(db.url, [mendedDriver], RESET)).toEqual({ code: 0, said: ["ECONNRESET", "three", "CONNECTION_CLOSED four"] });
    // The driver as it comes: the second waits for ever, and the connection is lost to all who come after.
    expect(await run(db.url, [], RESET)).toEqual({ code: 0, said: ["ECONNRESET", "three", "no answer no answer"] });
  } finally {
    await db.drop();
  }
});
