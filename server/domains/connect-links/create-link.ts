import { and, eq } from "drizzle-orm";
import { customers } from "#server/db/schema";
import { withCustomer } from "#server/db/tenancy";
import { offerOf, ownConnection, sessionOf } from "#server/domains/connections/internal";
import { customerLetter, senderOf } from "#server/domains/mails/customer-letter";
import { queueMail } from "#server/domains/mails/queue-mail";
import type { CustomerCtx } from "#server/lib/context";
import type { ConnectionId, IntegrationId } from "#server/lib/ids";
import { sayTo } from "#server/words/reader";
import { type WrittenLink, writeLink } from "./write-link";

/** `email`: whom we send it to; left out, the customer sends it. */
export type CreateLink = { integrationId: IntegrationId; connectionId?: ConnectionId | undefined; email?: string | undefined };

/** Makes the link by which somebody else may connect one account of this integration for the customer, once. The link made before stops working. */
export async function createLink(ctx: CustomerCtx, input: CreateLink): Promise<{ url: string; expiresAt: Date }> {
  sessionOf(ctx);
  const { customerId } = ctx.scope;
  const origin = ctx.actor.type === "customer" ? ctx.actor.origin : "";
  const { integration } = await offerOf(ctx, input.integrationId, input.connectionId);
  if (input.connectionId) await ownConnection(ctx, integration.id, input.connectionId);
  const { link, customer } = await withCustomer(ctx, customerId, async (tx) => {
    const [row] = await tx
      .select({ name: customers.name })
      .from(customers)
      .where(and(eq(customers.id, customerId), eq(customers.environmentId, ctx.scope.environmentId)));
    const written = await writeLink(ctx, tx, {
      customerId,
      integrationId: integration.id,
      connectionId: input.connectionId ?? null,
      origin,
    });
    return { link: written, customer: row?.name ?? "" };
  });
  if (input.email) await mailLink(ctx, { link, customer, name: integration.name, to: input.email });
  return { url: link.url, expiresAt: link.expiresAt };
}

type Mailing = { link: WrittenLink; customer: string; name: string; to: string };

async function mailLink(ctx: CustomerCtx, { link, customer, name, to }: Mailing): Promise<void> {
  const letter = customerLetter(sayTo(ctx), "invite", link, { customer, name });
  const { environmentId, customerId } = ctx.scope;
  await queueMail(ctx, { environmentId, customerId, to, letter, ...senderOf(link), key: null });
}
