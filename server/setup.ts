import path from "node:path";
import { migrateDatabase, OldDatabase } from "#server/db/migrate";
import { createDeps } from "#server/deps";
import { seedDemo } from "#server/domains/demo/seed";
import { hasVendor } from "#server/domains/vendors/has-vendor";
import { setupToken } from "#server/domains/vendors/setup-token";
import { EnvError, getEnv } from "#server/env";

// Prepares the database before any process uses it: migrations as the owner, then the demo's vendor or, while there is no
// vendor, the link by which a person makes the first. Safe to run twice.

async function main(): Promise<void> {
  const env = getEnv();
  await migrateDatabase(env.databaseUrl, path.resolve(import.meta.dirname, "..", "drizzle"));
  const deps = createDeps(env, "web");
  if (env.demo) {
    const { origin, secretKey, webhookSecret } = env.demo;
    await seedDemo(deps, { demoOrigin: origin, simulatorOrigin: env.simulatorOrigin, secretKey, webhookSecret });
  } else if (!(await hasVendor(deps))) {
    // Behind the `#`, so that a browser sends it nowhere by itself.
    process.stdout.write(`Set-up link: ${env.origin}/setup#${setupToken(env.authSecret)}\n`);
  }
  await deps.db.close();
}

const ROLES = "inlay_web, inlay_worker, inlay_system";
const ROLES_ADVICE = `Have an administrator run once (the first line only where the roles are not there yet):
  CREATE ROLE inlay_web NOLOGIN; CREATE ROLE inlay_worker NOLOGIN; CREATE ROLE inlay_system NOLOGIN;
  GRANT ${ROLES} TO <user>;
A user with CREATEROLE makes the roles itself on a server that has none. The user must own the database as well.`;

/** The error and what caused it, outermost first. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = error; one && chain.length < 5; one = (one as { cause?: unknown }).cause) chain.push(one);
  return chain;
}

/**
 * What is wrong with the settings in words for whoever started this, or null when it is something else; connection failures
 * first, because they are the common ones.
 */
function explain(error: unknown): string | null {
  if (error instanceof EnvError || error instanceof OldDatabase) return error.message;
  const cause = chainOf(error).find((one) => (one as { code?: unknown }).code !== undefined) as (Error & { code: unknown }) | undefined;
  const code = String(cause?.code ?? "");
  if (/^(ECONN|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|CONNECT_TIMEOUT|CONNECTION_CLOSED)/.test(code)) {
    return `Postgres does not answer at the address in DATABASE_URL (${code}). Start it, or correct DATABASE_URL.`;
  }
  if (code === "28P01" || code === "28000") return "Postgres refused the user or password in DATABASE_URL.";
  if (code === "3D000") return "The database named in DATABASE_URL does not exist. Create it first.";
  if (code === "42501") return `The user in DATABASE_URL may not do this: ${cause?.message}.\n${ROLES_ADVICE}`;
  return null;
}

main().then(
  // A keeping client may hold sockets open; there is nothing left to wait for.
  () => process.exit(0),
  (error: unknown) => {
    const explained = explain(error);
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // The supervisor reads these words (scripts/lib/supervisor.mjs): what follows the first line is all that it prints.
    process.stderr.write(
      explained ? `Setting up the database is not possible.\n${explained}\n` : `Setting up the database failed.\n${stack}\n`,
    );
    process.exit(1);
  },
);
