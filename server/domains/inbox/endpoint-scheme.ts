import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { integrations } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { type ConnectorRef, findManifest } from "#server/runtime/find-manifest";
import type { Webhooks } from "#server/runtime/webhooks/scheme";

/** What proves calls at an address: a secret of its own, the integration's client secret, or nothing that we hold. */
export type Proof = "endpoint" | "app" | "none";

/** Whether it is answered with, or for, the endpoint's secret. */
function asksSecret(one: Webhooks["handshakes"][number]): boolean {
  if (one.type !== "answer") return one.type === "echo_query" || one.type === "hash_query";
  return one.hmac?.secret === "endpoint" || one.when.some(({ equals }) => equals === "{secret}");
}

/** Whose secret a scheme asks for. Public keys that are kept with the address count as its secret. */
export function proofOf({ verify, handshakes }: Webhooks): Proof {
  if (verify.type === "jwt" && verify.secret !== undefined) return verify.secret;
  if (verify.type === "jwt") return verify.key?.from === "endpoint" ? "endpoint" : "none";
  if (verify.type === "public_key") return verify.key.from === "endpoint" ? "endpoint" : "none";
  if (verify.type === "unsigned") return handshakes.some(asksSecret) ? "endpoint" : "none";
  return verify.secret;
}

/** Whether a secret of ours is as good as one of theirs: an arbitrary text, and not a key that only they can make. */
export const mayBeOurs = ({ verify }: Webhooks): boolean =>
  verify.type !== "public_key" &&
  verify.type !== "basic" &&
  !(verify.type === "jwt" && verify.key !== undefined) &&
  !("secretEncoding" in verify && verify.secretEncoding !== "utf8");

/** Which connector an integration is of. `not_found` for other people's. */
export async function connectorOf(ctx: Ctx, tx: Tx, integrationId: IntegrationId): Promise<ConnectorRef> {
  const [row] = await tx
    .select({ connectorKey: integrations.connectorKey, connectorVersion: integrations.connectorVersion })
    .from(integrations)
    .where(and(eq(integrations.environmentId, ctx.scope.environmentId), eq(integrations.id, integrationId)));
  if (!row) throw new AppError("not_found", `no integration ${integrationId} here`);
  return row;
}

/** The integration's connector, and how it is called. `not_found` for other people's, `conflict` when it takes no calls. */
export async function calledAt(ctx: Ctx, tx: Tx, integrationId: IntegrationId): Promise<{ connectorKey: string; webhooks: Webhooks }> {
  const row = await connectorOf(ctx, tx, integrationId);
  const { name, webhooks } = await findManifest({ db: ctx.db, scope: ctx.scope }, row);
  if (!webhooks)
    throw new AppError("conflict", `${name} does not call us: its connector declares no webhooks, so it is asked on schedule.`);
  return { connectorKey: row.connectorKey, webhooks };
}
