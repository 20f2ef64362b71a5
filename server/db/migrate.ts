import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

const LOCK = 4_715_296; // any constant: "inlay migrates"

/**
 * Applies all pending migrations as the owner given in `url`. Safe to call from several processes at once: an advisory
 * lock lets one do the work and the others wait for it. `folder` is the `drizzle/` directory.
 */
export async function migrateDatabase(url: string, folder: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await client`select pg_advisory_lock(${LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end({ timeout: 5 });
  }
}
