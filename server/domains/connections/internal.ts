import { and, eq, type SQL, sql } from "drizzle-orm";
import { authorizations, connections, customers, embedSessions, integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import { passesGate, readyFor } from "#server/domains/integrations/gate";
import type { Ctx, CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { AuthorizationId, ConnectionId, EmbedSessionId, IntegrationId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { wantedScopes } from "#server/runtime/auth/app";
import type { Caller } from "#server/runtime/auth/call";
import type { AuthMethod } from "#server/runtime/auth/schema";
import { egressTo } from "#server/runtime/egress";
import { findManifest } from "#server/runtime/find-manifest";
import { authMethodOf } from "#server/runtime/grants";
import type { Manifest } from "#server/runtime/manifest";

export type Integration = typeof integrations.$inferSelect;
export type Connection = typeof connections.$inferSelect;
export type Authorization = typeof authorizations.$inferSelect;

/** What a finished authorisation comes to. */
export type ConnectOutcome =
  | { outcome: "connected" | "duplicate"; connectionId: ConnectionId }
  | { outcome: "different_account"; expected: string; got: string };

/** An integration as it is used to connect. */
export type Offer = { integration: Integration; manifest: Manifest; method: AuthMethod };

/**
 * An integration of the scope's environment with its manifest; `not_found` when it is not on offer, `forbidden` when its gate is closed to
 * the customer. Not so for a connection that is there: it may be authorised again.
 */
export async function offerOf(ctx: Ctx, integrationId: IntegrationId, connectionId?: ConnectionId | null): Promise<Offer> {
  const [integration] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(integrations)
      .where(and(eq(integrations.id, integrationId), eq(integrations.environmentId, ctx.scope.environmentId))),
  );
  if (integration?.status !== "available") throw new AppError("not_found", `no integration ${integrationId} on offer here`);
  if (!connectionId) await checkOpen(ctx, integration);
  const manifest = await findManifest(ctx, integration);
  return { integration, manifest, method: authMethodOf(manifest, integration.authKey) };
}

/** Throws `forbidden` where the vendor's gate is closed to the customer; it is looked at again at every step. */
async function checkOpen(ctx: Ctx, { gate }: Integration): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  if (gate === null || customerId === undefined) return;
  const [[customer]] = await Promise.all([
    withScope(ctx, (tx) =>
      tx
        .select({ traits: customers.traits })
        .from(customers)
        .where(and(eq(customers.environmentId, environmentId), eq(customers.id, customerId))),
    ),
    readyFor([{ gate }]),
  ]);
  if (!passesGate(gate, customer?.traits)) throw new AppError("forbidden", "This integration is not open to this customer.");
}

/** The connection that is to be authorised again: of this customer and integration, and not disconnected. */
export async function ownConnection(ctx: CustomerCtx, integrationId: IntegrationId, connectionId: ConnectionId): Promise<Connection> {
  const { environmentId, customerId } = ctx.scope;
  const [connection] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(connections)
      .where(and(eq(connections.id, connectionId), eq(connections.environmentId, environmentId), eq(connections.customerId, customerId))),
  );
  if (!connection || connection.integrationId !== integrationId) throw new AppError("not_found", `no connection ${connectionId} here`);
  if (connection.status === "disconnected") throw new AppError("conflict", "This account was disconnected. Connect it as a new one.");
  return connection;
}

/** The embed session that acts. Authorisations belong to one, so that nobody can finish what another began. */
export function sessionOf(ctx: CustomerCtx): EmbedSessionId {
  if (ctx.actor.type !== "customer") throw new AppError("forbidden", "Accounts are connected by the customer, inside the marketplace.");
  return ctx.actor.embedSessionId;
}

/**
 * The row of an authorisation, for the session that began it. A page that is reloaded, or left for the third party, ends that
 * session. The next one in the same tab may go on: it shows the key that the frame which began has kept there (`resumeKey`), and
 * is of the same customer, page origin and user.
 */
export function ownAuthorization(ctx: CustomerCtx, id: AuthorizationId, resumeKey?: string): SQL | undefined {
  const mine = sessionOf(ctx);
  const began = eq(authorizations.embedSessionId, mine);
  const keyHash = resumeKey === undefined ? null : hashToken(resumeKey);
  const successor = sql`${authorizations.resumeHash} = ${keyHash} and exists (
    select 1 from ${embedSessions} began, ${embedSessions} mine
    where began.id = ${authorizations.embedSessionId} and mine.id = ${mine} and began.environment_id = mine.environment_id
      and began.customer_id = mine.customer_id and began.origin = mine.origin and began.user_name is not distinct from mine.user_name)`;
  return and(
    eq(authorizations.id, id),
    eq(authorizations.environmentId, ctx.scope.environmentId),
    eq(authorizations.customerId, ctx.scope.customerId),
    keyHash === null ? began : sql`(${began} or (${successor}))`,
  );
}

/** The scopes an integration asks for: the vendor's choice among the connector's, else all of them. */
export const scopesOf = ({ integration, manifest, method }: Offer): string[] => wantedScopes(manifest.name, method, integration.scopes);

/** Who calls the third party, for calls made before there is a connection. */
export const callerOf = (ctx: Pick<Ctx, "egress">, { integration, manifest }: Offer): Caller => ({
  egress: egressTo(ctx.egress, manifest),
  name: manifest.name,
  sandboxOrigin: integration.sandboxOrigin,
});

/** Distinct per integration, so that a callback meant for one can never be taken for another's. */
export const redirectUriOf = (ctx: Pick<Ctx, "config">, integrationId: IntegrationId): string =>
  `${ctx.config.origin}/connect/callback/${integrationId}`;

/** What a sealed value of an authorisation is bound to. */
export const sealContext = (authorization: Pick<Authorization, "id" | "environmentId" | "customerId">, field: "verifier" | "callback") => ({
  environmentId: authorization.environmentId,
  customerId: authorization.customerId,
  ownerId: authorization.id,
  field,
  version: 1,
});

/** The third party's own words, fit to be stored and shown: one line, bounded. */
export const wordsOf = (text: string | undefined): string | null =>
  text
    ?.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 500) || null;
