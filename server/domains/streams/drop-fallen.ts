import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { Fallen } from "./corrected";

/** Takes corrections away that do not count any more: the source itself says something else by now. */
export const dropFallen = (ctx: Ctx, streamId: string, fallen: readonly Fallen[]) =>
  readScoped(
    ctx,
    (sql) => sql`
    delete from corrections
     where stream_id = ${streamId} and environment_id = ${ctx.scope.environmentId} and customer_id = ${ctx.scope.customerId ?? ""}
       and (external_id, field) in (select e, f from unnest(${fallen.map((one) => one.externalId)}::text[], ${fallen.map((one) => one.field)}::text[]) as u(e, f))`,
  );
