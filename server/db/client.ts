import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "./schema";

export type Schema = typeof schema;
export type Orm = PostgresJsDatabase<Schema>;
/** A Drizzle transaction: what `tenancy.ts` hands to verbs. */
export type Tx = Parameters<Parameters<Orm["transaction"]>[0]>[0];

/** `web` and `worker` see one scope at a time; only `worker` reads credentials; `system` sees all and is used by name. */
export type DatabaseRole = "web" | "worker";

/**
 * Two doors to one database. `orm` and `raw` act as the process's scoped role, `system` as the cross-scope one. They are
 * not for verbs: `server/db/tenancy.ts` is the only way in (a lint rule holds that).
 */
export type Database = {
  readonly role: DatabaseRole;
  readonly orm: Orm;
  /** For statements written by hand on the hot path. Kept apart from `orm`, which changes its client's parsers. */
  readonly raw: postgres.Sql;
  readonly system: Orm;
  /** The client under `system`, for its hand-written statements. Moments come as text. */
  readonly systemRaw: postgres.Sql;
  /** How long somebody may wait for an answer before it is called an outage; null = as long as it takes. */
  readonly patienceMs: number | null;
  close(): Promise<void>;
};

/** Longer than any statement a door needs, shorter than people and their programs wait. The worker's engine has its own clocks. */
const WEB_PATIENCE_MS = 7_000;
/**
 * The longest statement of the worker. One that takes longer waits for a lock that nobody gives back, or goes over a table that it should not; it
 * would hold its place in the pool, and what it has locked, for ever. Retention takes the time it needs (`asRetention`), migrations have a client of their own.
 */
const WORKER_STATEMENT_MS = 300_000;
/** The driver's own pauses grow to 20 s, one statement a pause: a queue of requests would wait for minutes. */
const RECONNECT_S = 0.2;

export type DatabaseOptions = { url: string; role: DatabaseRole; poolSize?: number; systemPoolSize?: number; statementMs?: number };

/** Opens pools lazily: no connection is made before the first statement. */
export function openDatabase({
  url,
  role,
  poolSize = 10,
  systemPoolSize = 4,
  statementMs = WORKER_STATEMENT_MS,
}: DatabaseOptions): Database {
  const connect = (pgRole: string, max: number) =>
    postgres(url, {
      max,
      idle_timeout: 120,
      connect_timeout: 5,
      backoff: (failures: number) => (failures > 0 ? RECONNECT_S : 0),
      onnotice: () => {},
      // A startup parameter: from its first statement the session has only this role's rights.
      connection: {
        ...{ application_name: `inlay-${pgRole}`, role: `inlay_${pgRole}` },
        ...(role === "worker" ? { statement_timeout: String(statementMs) } : {}),
      } as Record<string, string>,
    });
  const ormClient = connect(role, poolSize);
  const rawClient = connect(role, poolSize);
  const systemClient = connect("system", systemPoolSize);
  return {
    role,
    orm: drizzle(ormClient, { schema }),
    raw: rawClient,
    system: drizzle(systemClient, { schema }),
    systemRaw: systemClient,
    patienceMs: role === "web" ? WEB_PATIENCE_MS : null,
    async close() {
      await Promise.all([ormClient, rawClient, systemClient].map((client) => client.end({ timeout: 5 })));
    },
  };
}
