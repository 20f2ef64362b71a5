import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId, StreamId } from "#server/lib/ids";
import type { MappingRef } from "./internal";

/** An account a mapping may be tried on. */
export type PreviewCustomer = {
  connectionId: ConnectionId;
  customerName: string;
  accountLabel: string;
  /** Null = this customer does not run the stream. */
  streamId: StreamId | null;
  records: number;
  held: number;
};

const MOST = 50;

/** Accounts of the template's integration, those that run the stream first, by the customer's name. */
export async function listPreviewCustomers(ctx: Ctx, input: MappingRef & { search?: string | undefined }): Promise<PreviewCustomer[]> {
  const { environmentId } = ctx.scope;
  const wanted = `%${(input.search ?? "").trim().replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await readScoped<PreviewCustomer[]>(
    ctx,
    (sql) => sql`
    select c.id as "connectionId", cu.name as "customerName", c.account_label as "accountLabel", s.id as "streamId",
           coalesce(s.record_count, 0) as records, coalesce(s.quarantine_count, 0) as held
      from templates t
      join connections c on c.environment_id = t.environment_id and c.integration_id = t.integration_id and c.status <> 'disconnected'
      join customers cu on cu.environment_id = c.environment_id and cu.id = c.customer_id
      left join streams s on s.environment_id = c.environment_id and s.customer_id = c.customer_id and s.connection_id = c.id
           and s.template_id = t.id and s.key = ${input.streamKey}
     where t.environment_id = ${environmentId} and t.id = ${input.templateId} and (cu.name ilike ${wanted} or c.account_label ilike ${wanted})
     order by s.id is null, cu.name, c.id limit ${MOST}`,
  );
  return [...rows];
}
