import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { Drift } from "#server/mapping/drift";
import type { FieldChoices } from "#server/mapping/overrides";
import { given, ofCustomer } from "../views/connection-sql";
import { pageOf, readMomentCursor, writeCursor } from "../views/keyset";
import { isShown } from "./ground";
import type { DriftRow, DriftStatus } from "./schema";

type Row = Omit<DriftRow, "targets" | "filter" | "message" | "to" | "foundAt" | "settledAt"> & {
  detail: Drift;
  choices: FieldChoices | null;
  at: string;
  settledAt: Date | null;
};

/** Changes at the sources of all customers (of one, in a customer's scope), newest first; all of them, or those of one status. */
export async function listDrifts(
  ctx: Ctx,
  input: { status?: DriftStatus | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: DriftRow[]; next: string | null }> {
  const after = readMomentCursor(input.cursor);
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select d.id, d.stream_id as "streamId", d.kind, d.path, d.detail, d.status, d.found_at::text as at, d.settled_at as "settledAt", m.choices,
           cu.id as "customerId", cu.name as "customerName", s.connection_id as "connectionId", i.name as "integrationName",
           coalesce((select e.value->>'label' from jsonb_array_elements(t.streams) e where e.value->>'key' = s.key limit 1), s.key) as "streamLabel"
      from drifts d
      join streams s on s.environment_id = d.environment_id and s.customer_id = d.customer_id and s.id = d.stream_id
      join customers cu on cu.environment_id = d.environment_id and cu.id = d.customer_id
      join templates t on t.environment_id = s.environment_id and t.id = s.template_id
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
      left join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key and m.version = s.template_version
     where d.environment_id = ${ctx.scope.environmentId} ${ofCustomer(sql, ctx.scope, sql`d.customer_id`)}
       ${given(sql, input.status, (status) => sql`and d.status = ${status}`)}
       ${given(sql, after, ({ at, id }) => sql`and (d.found_at, d.id) < (${at}::text::timestamptz, ${id})`)}
     order by d.found_at desc, d.id desc limit ${input.limit + 1}`,
  );
  const page = pageOf(rows, input.limit, ({ at, id }) => writeCursor(at, id));
  return {
    next: page.next,
    items: page.items.flatMap(({ detail, choices, at, ...row }) => {
      const targets = detail.targets.filter(isShown(ctx, choices ?? {}));
      const filter = detail.filter === true;
      return targets.length === 0 && !filter
        ? []
        : [{ ...row, targets, filter, message: detail.message, to: detail.to ?? null, foundAt: new Date(at) }];
    }),
  };
}
