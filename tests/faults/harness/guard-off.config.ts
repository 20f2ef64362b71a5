import path from "node:path";
import postgres from "postgres";
import { defineConfig, type Plugin } from "vitest/config";
import { GUARDS } from "./guards";

// Runs one test with one guard switched off: INLAY_GUARD_OFF is its place in guards.ts. The test has to fail.
const guard = GUARDS[Number(process.env["INLAY_GUARD_OFF"])];
if (!guard) throw new Error("INLAY_GUARD_OFF names no guard");
const root = path.resolve(import.meta.dirname, "../../..");

/** Takes the guard out of its source as it is read. A source that has changed since is a fault of guards.ts. */
const without: Plugin = {
  name: "guard-off",
  enforce: "pre",
  transform(code, id) {
    if (!("file" in guard) || id.split("?")[0] !== path.join(root, guard.file)) return null;
    if (code.split(guard.from).length < 2) throw new Error(`guards.ts: ${guard.file} has no ${guard.from}`);
    return code.split(guard.from).join(guard.to);
  },
};

export default defineConfig({
  root,
  plugins: [without],
  resolve: { alias: { "server-only": path.join(root, "tests/support/empty.ts") } },
  test: {
    include: [guard.test.file],
    globalSetup: guard.test.file.includes(".db.") ? ["tests/faults/harness/guard-off.setup.ts"] : [],
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

/** Takes the guard out of a database, if it stands there. */
export async function takeOut(url: string): Promise<void> {
  if (!guard || "file" in guard) return;
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    if ("sql" in guard) return void (await sql.unsafe(guard.sql));
    const [row] = await sql`select pg_get_functiondef(oid) as text from pg_proc where proname = ${guard.routine}`;
    const text = String(row?.["text"]);
    if (text.split(guard.from).length < 2) throw new Error(`guards.ts: ${guard.routine} has no ${guard.from}`);
    await sql.unsafe(text.split(guard.from).join(guard.to));
  } finally {
    await sql.end();
  }
}
