import { sql } from "drizzle-orm";
import type { Deps } from "#server/lib/context";
import { asRetention } from "../retention/as-retention";

/** So long a repeated call is known to be one. */
const KEEP_DAYS = 14;
const BATCH = 20_000;

/**
 * Deletes calls, read and unreadable, that came more than 14 days ago, and the memory of records that were fetched. Returns how many
 * calls; called again for the rest.
 */
export async function purgeInbox(deps: Pick<Deps, "db">): Promise<number> {
  const gone = await asRetention(deps.db, "retention, for everybody", async (tx) => {
    await tx.execute(sql`delete from named_records where read_at < now() - interval '1 day'`);
    return tx.execute(sql`
      delete from inbox where ctid = any (array(
        select ctid from inbox where received_at < now() - ${KEEP_DAYS} * interval '1 day' limit ${BATCH}))`);
  });
  return gone.count;
}
