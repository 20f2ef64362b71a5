import path from "node:path";
import { migrateDatabase } from "#server/db/migrate";
import { createDeps } from "#server/deps";
import { seedDemo } from "#server/domains/demo/seed";
import { EnvError, getEnv } from "#server/env";

// Prepares the database before any process uses it: migrations as the owner, then the demo's vendor. Safe to run twice.

async function main(): Promise<void> {
  const env = getEnv();
  await migrateDatabase(env.databaseUrl, path.resolve(import.meta.dirname, "..", "drizzle"));
  if (!env.demo) return;
  const deps = createDeps(env, "web");
  const { origin, secretKey, webhookSecret } = env.demo;
  await seedDemo(deps, { demoOrigin: origin, simulatorOrigin: env.simulatorOrigin, secretKey, webhookSecret });
  await deps.db.close();
}

/** What went wrong in words for whoever started this; connection failures first, because they are the common ones. */
function explain(error: unknown): string {
  if (error instanceof EnvError) return error.message;
  const code = String((error as { code?: unknown }).code ?? "");
  if (["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "CONNECT_TIMEOUT", "EAI_AGAIN"].includes(code)) {
    return `Postgres does not answer at the address in DATABASE_URL (${code}). Start it, or correct DATABASE_URL.`;
  }
  if (code === "28P01" || code === "28000") return "Postgres refused the user or password in DATABASE_URL.";
  if (code === "3D000") return "The database named in DATABASE_URL does not exist. Create it first.";
  if (code === "42501")
    return `The user in DATABASE_URL may not do this: ${(error as Error).message}. It must own the database and may create roles.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().then(
  // A keeping client may hold sockets open; there is nothing left to wait for.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`Setting up the database failed.\n${explain(error)}\n`);
    process.exit(1);
  },
);
