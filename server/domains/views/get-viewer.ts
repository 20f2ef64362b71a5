import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { Viewer } from "#server/trpc/views";

/** The signed-in person, their vendor and the environment they are looking at. */
export async function getViewer(ctx: Ctx): Promise<Viewer> {
  if (ctx.actor.type !== "member") throw new AppError("forbidden", "only a member of the team has a dashboard");
  const { vendorId, environmentId } = ctx.scope;
  const { memberId } = ctx.actor;
  const [row] = await readScoped<Viewer[]>(
    ctx,
    (sql) => sql`
    select m.id as "memberId", m.email, m.name, m.role, jsonb_build_object('id', v.id, 'name', v.name) as vendor,
           jsonb_build_object('id', e.id, 'kind', e.kind, 'publishableKey', e.publishable_key, 'allowedOrigins', e.allowed_origins) as environment
      from members m
      join vendors v on v.id = m.vendor_id
      join environments e on e.vendor_id = v.id and e.id = ${environmentId}
     where m.vendor_id = ${vendorId} and m.id = ${memberId}`,
  );
  if (!row) throw new AppError("unauthenticated", "this member is not on the team any more");
  return row;
}
