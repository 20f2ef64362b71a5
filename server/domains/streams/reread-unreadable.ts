import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { StreamRef } from "#workflows/contract";

/** Keepers that are told at once; those beyond are found by the reconciler, for what is wanted stands in the stream's row. */
const POKED = 200;

/**
 * After a new version of a connector: streams that follow it, in all environments of the vendor, read everything once more where records are held
 * back that the former version could not read. What did not fit the mapping is not touched: that is tried again when the mapping changes.
 */
export async function rereadUnreadable(ctx: Ctx, { connectorKey }: { connectorKey: string }): Promise<void> {
  const { vendorId } = ctx.scope;
  const meant = await asSystem(ctx.db, "a new version of a connector may read what the former one could not", (tx) =>
    tx.execute<StreamRef & { paused: boolean }>(sql`
      update streams s set reread = true, due_at = least(s.due_at, now()), trigger = 'vendor', pause_reasons = array_remove(s.pause_reasons, 'quarantine')
        from connections c, integrations i, environments e
       where e.vendor_id = ${vendorId} and i.environment_id = e.id and i.connector_key = ${connectorKey} and i.connector_version is null
         and c.environment_id = i.environment_id and c.integration_id = i.id and c.status = 'active'
         and s.environment_id = c.environment_id and s.connection_id = c.id and s.status = 'active' and s.direction <> 'push'
         and exists (select from quarantine q where q.stream_id = s.id and q.environment_id = s.environment_id and q.field is null)
      returning e.vendor_id as "vendorId", s.environment_id as "environmentId", s.customer_id as "customerId", s.id as "streamId",
                cardinality(s.pause_reasons) > 0 as paused`),
  );
  const ready = [...meant].filter((one) => !one.paused).slice(0, POKED);
  await Promise.all(ready.map(({ paused: _, ...ref }) => ctx.keeping.pokeStream(ref)));
}
