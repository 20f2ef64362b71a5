import { and, eq } from "drizzle-orm";
import { integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import type { IntegrationRow } from "#server/trpc/views";
import { checkedClaimUrl } from "./checked-claim-url";
import { checkGate } from "./gate";
import { listIntegrations } from "./list-integrations";

export type UpdateIntegration = {
  id: IntegrationId;
  name?: string | undefined;
  tagline?: string | undefined;
  status?: "available" | "coming_soon" | "hidden" | undefined;
  /** Expression over the customer's traits; empty = everybody. */
  gate?: string | undefined;
  /** The vendor's page on which an installation from the third party's side goes on; empty = there is none. */
  claimUrl?: string | undefined;
  clientId?: string | undefined;
  /** Sealed before it is stored; nothing ever gives it back. */
  clientSecret?: string | undefined;
};

/** Changes what is given of an integration. */
export async function updateIntegration(ctx: Ctx, input: UpdateIntegration): Promise<IntegrationRow> {
  const { id, clientSecret, gate, claimUrl, ...texts } = input;
  const { environmentId } = ctx.scope;
  const sealed =
    clientSecret === undefined
      ? undefined
      : ctx.vault.seal(clientSecret, { environmentId, customerId: "", ownerId: id, field: "client_secret", version: 1 });
  if (gate) await checkGate(gate);
  const gated = gate === undefined ? {} : { gate: gate === "" ? null : gate };
  const claimed = claimUrl === undefined ? {} : { claimUrl: claimUrl === "" ? null : await checkedClaimUrl(ctx, claimUrl) };
  const changes = Object.fromEntries(
    Object.entries({ ...texts, ...gated, ...claimed, clientSecret: sealed }).filter(([, value]) => value !== undefined),
  );
  const missing = () => new AppError("not_found", `no integration ${id} here`);
  if (Object.keys(changes).length > 0) {
    const changed = await withScope(ctx, (tx) =>
      tx
        .update(integrations)
        .set(changes)
        .where(and(eq(integrations.environmentId, environmentId), eq(integrations.id, id)))
        .returning({ id: integrations.id }),
    );
    if (changed.length === 0) throw missing();
  }
  const [row] = await listIntegrations(ctx, { id });
  if (!row) throw missing();
  return row;
}
