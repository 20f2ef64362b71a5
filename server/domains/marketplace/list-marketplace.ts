import { readScoped } from "#server/db/tenancy";
import { readyFor } from "#server/domains/integrations/gate";
import type { CustomerCtx } from "#server/lib/context";
import { findManifests } from "#server/runtime/find-manifest";
import type { MarketplaceCard } from "#server/trpc/views/embed";
import { sayTo } from "#server/words/reader";
import { inOrder, type OfferedIntegration, offeredIntegrations, offerOf } from "./cards";

/** All the customer may connect or has connected, most urgent first. */
export async function listMarketplace(ctx: CustomerCtx): Promise<MarketplaceCard[]> {
  const rows = await readScoped<OfferedIntegration[]>(ctx, (sql) => sql`${offeredIntegrations(sql, ctx, sql``)}`);
  await readyFor(rows);
  const say = sayTo(ctx);
  const manifestOf = await findManifests(ctx, rows);
  return inOrder(rows.map((row) => offerOf(row, manifestOf(row), say).card));
}
