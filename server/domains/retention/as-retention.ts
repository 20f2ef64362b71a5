import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

/** `asSystem` for what removes old rows: over a table that has become large it may take longer than any other statement of the worker. */
export const asRetention = <T>(db: Deps["db"], reason: string, fn: (tx: Tx) => Promise<T>): Promise<T> =>
  asSystem(db, reason, async (tx) => {
    await tx.execute(sql`set local statement_timeout = 0`);
    return fn(tx);
  });
