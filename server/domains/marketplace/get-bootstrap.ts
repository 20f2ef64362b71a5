import type { Branding } from "#server/db/schema/identity";
import { readScoped } from "#server/db/tenancy";
import { themeOf } from "#server/domains/branding/theme-of";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EmbedBootstrap } from "#server/trpc/views/embed";
import { spokenOf } from "#server/words/languages";
import { sayTo } from "#server/words/reader";

type Row = { customerName: string; vendorName: string; kind: "test" | "live"; branding: Branding; locale: string | null };

/** What the frame needs before it can draw itself: names and the vendor's look. */
export async function getBootstrap(ctx: CustomerCtx): Promise<EmbedBootstrap> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  const sessionId = ctx.actor.type === "customer" ? ctx.actor.embedSessionId : null;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select cu.name as "customerName", v.name as "vendorName", e.kind, e.branding, s.locale
      from customers cu
      join environments e on e.id = cu.environment_id and e.vendor_id = ${vendorId}
      join vendors v on v.id = e.vendor_id
      left join embed_sessions s on s.environment_id = cu.environment_id and s.customer_id = cu.id and s.id = ${sessionId}
     where cu.environment_id = ${environmentId} and cu.id = ${customerId}`,
  );
  if (!row) throw new AppError("not_found", "this customer is not here any more");
  const { marketplaceTitle } = row.branding;
  return {
    customerName: row.customerName,
    vendorName: row.vendorName,
    title: marketplaceTitle ?? sayTo(ctx)("frame.title"),
    theme: themeOf(row.branding),
    environmentKind: row.kind,
    language: spokenOf(row.locale),
  };
}
