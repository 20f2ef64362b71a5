import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

/** So long a repeated call is known to be one. */
const KEEP_DAYS = 14;
const BATCH = 20_000;

/** Deletes calls, read and unreadable, that came more than 14 days ago. Returns how many; called again for the rest. */
export async function purgeInbox(deps: Pick<Deps, "db">): Promise<number> {
  const gone = await asSystem(deps.db, "retention, for everybody", (tx) =>
    tx.execute(sql`
      delete from inbox where ctid = any (array(
        select ctid from inbox where received_at < now() - ${KEEP_DAYS} * interval '1 day' limit ${BATCH}))`),
  );
  return gone.count;
}
