import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

/** The oldest version everything here was run on. */
const OLDEST = 15;

/** The server at the address is too old; the message says what is needed. */
export class OldDatabase extends Error {
  override readonly name = "OldDatabase";
}

const LOCK = 4_715_296; // any constant: "inlay migrates"

/**
 * Applies all pending migrations as the owner given in `url`. Safe to call from several processes at once: an advisory
 * lock lets one do the work and the others wait for it. `folder` is the `drizzle/` directory. Throws {@link OldDatabase}.
 */
export async function migrateDatabase(url: string, folder: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    const [server] = await client<{ version: string; number: number }[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int as number`;
    if (server && server.number < OLDEST * 10_000) {
      throw new OldDatabase(`The Postgres in DATABASE_URL is version ${server.version}. Version ${OLDEST} or newer is needed.`);
    }
    await client`select pg_advisory_lock(${LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end({ timeout: 5 });
  }
}
