import { once } from "node:events";
import { eq } from "drizzle-orm";
import { customers, embedSessions, environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { beginAuthorization } from "#server/domains/connections/begin-authorization";
import { finalizeAuthorization } from "#server/domains/connections/finalize-authorization";
import { receiveCallback } from "#server/domains/connections/receive-callback";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { listChanges } from "#server/domains/records/list-changes";
import { syncNow } from "#server/domains/streams/sync-now";
import type { CustomerCtx } from "#server/lib/context";
import type { ConnectionId, IntegrationId, StreamId, TemplateId } from "#server/lib/ids";
import { handleRest } from "#server/rest/handle-rest";
import { eventually, startLive } from "#tests/support/live";

/** Of the demo's seed: see `startLive`. */
const SECRET_KEY = "sk_test_live";
/** Two customers of the vendor, so that one can be read by a worker that dies and the other by one that lives. */
export const CUSTOMERS = ["globex", "initech"] as const;
export type Customer = (typeof CUSTOMERS)[number];

type OfferInput = {
  connector: string;
  auth?: string;
  clientId?: string;
  clientSecret?: string;
  sandboxOrigin: string;
};
/** A record as we hold it: mapped, and as it came (text, exact). */
export type Held = { external_id: string; data: Record<string, unknown>; source: string; deleted: boolean };

type Run = { status: string; code: string | null; message: string | null; seen: number; legs: number };

/** The product with its real parts, as a vendor and its customers use it. */
export async function startProduct() {
  const live = await startLive({ temporalAddress: process.env["INLAY_TEST_TEMPORAL"] as string });

  /** One call of the vendor's backend to the REST API. */
  async function api<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${SECRET_KEY}`, "content-type": "application/json" };
    const url = `${live.deps.config.origin}${path}`;
    const response = await handleRest(live.deps, new Request(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }));
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  return {
    ...live,
    /** Uploads a manifest and publishes it: a private connector, without a line of code. Its key. */
    async upload(source: string): Promise<string> {
      const { key, version } = await api<{ key: string; version: number }>("POST", "/v1/connectors", { source });
      await api("POST", `/v1/connectors/${key}/versions/${version}/publish`);
      return key;
    },
    /** Puts a connector on offer. */
    integrate: async (input: OfferInput): Promise<{ integrationId: IntegrationId; redirectUri: string }> => {
      const { id, redirectUri } = await api<{ id: string; redirectUri: string }>("POST", "/v1/integrations", input);
      return { integrationId: id as IntegrationId, redirectUri };
    },
    /** Offers one of its objects, field by field. */
    offer: async (integrationId: IntegrationId, object: string, model: string): Promise<TemplateId> =>
      (await api<{ id: string }>("POST", "/v1/templates", { integrationId, object, model })).id as TemplateId,
    customer: (externalId: Customer) => customerCtx(live, externalId),
    async turnOn(ctx: CustomerCtx, connectionId: ConnectionId, templateId: TemplateId): Promise<StreamId> {
      const { streamIds } = await activateTemplate(ctx, { connectionId, templateId });
      return streamIds[0] as StreamId;
    },
    /** Waits until a run that began after `since` is over, and says how it ended. */
    ran: async (streamId: StreamId, since: Date) => {
      const rows = await eventually(
        () => live.owner<Run[]>`
          select status, error_code as code, error_message as message, seen, legs from runs where stream_id = ${streamId} and started_at >= ${since} order by started_at desc limit 1`,
        ([run]) => run !== undefined && run.status !== "running",
        60_000,
      );
      return rows[0] as Run;
    },
    sync: (ctx: CustomerCtx, streamId: StreamId) => syncNow(ctx, { streamId }),
    held: async (streamId: StreamId) => [
      ...(await live.owner<Held[]>`
        select external_id, data, source, deleted_at is not null as deleted from records where stream_id = ${streamId} order by external_id`),
    ],
    /** How often the vendor was told of each record of a customer, by the change feed alone. */
    async told(ctx: CustomerCtx, streamId: StreamId): Promise<Map<string, number>> {
      const times = new Map<string, number>();
      for (let after = 0; ; ) {
        const page = await listChanges(ctx, { after, limit: 500 });
        for (const change of page.items) {
          after = change.position;
          if (change.streamId === streamId) times.set(change.externalId, (times.get(change.externalId) ?? 0) + 1);
        }
        if (page.items.length === 0) return times;
      }
    },
    /** A worker that dies at a point of its work: resolves with the signal it died of. */
    startVictim(failpoint: string): Promise<string> {
      const victim = live.startWorker(failpoint);
      return once(victim, "exit").then(([, signal]) => String(signal));
    },
  };
}

export type Product = Awaited<ReturnType<typeof startProduct>>;

async function customerCtx({ deps }: Awaited<ReturnType<typeof startLive>>, externalId: Customer): Promise<CustomerCtx> {
  const place = await asSystem(deps.db, "test: finds the seeded customer", async (tx) => {
    const [customer] = await tx.select().from(customers).where(eq(customers.externalId, externalId));
    if (!customer) throw new Error(`nothing seeded for ${externalId}`);
    const [environment] = await tx.select().from(environments).where(eq(environments.id, customer.environmentId));
    const [session] = await tx
      .insert(embedSessions)
      .values({
        environmentId: customer.environmentId,
        customerId: customer.id,
        tokenHash: `${customer.id}-${Math.random()}`,
        origin: "http://localhost:1",
        expiresAt: new Date(Date.now() + 3_600_000),
      })
      .returning();
    if (!environment || !session) throw new Error("the seed is incomplete");
    return { customer, environment, session };
  });
  return {
    ...deps,
    actor: { type: "customer", embedSessionId: place.session.id, origin: place.session.origin },
    scope: { vendorId: place.environment.vendorId, environmentId: place.environment.id, customerId: place.customer.id },
    requestId: "req_live",
  };
}

/** Connects by what is entered into the connect form. */
export async function connectByForm(ctx: CustomerCtx, integrationId: IntegrationId, fields: Record<string, string>): Promise<ConnectionId> {
  const outcome = await submitApiKey(ctx, { integrationId, fields });
  if (outcome.outcome !== "connected") throw new Error(`not connected: ${outcome.outcome}`);
  return outcome.connectionId;
}

/** Connects by signing in: our redirect, their pages (`visit` says where they send the browser), our callback, their token endpoint. */
export async function signInAt(
  ctx: CustomerCtx,
  integrationId: IntegrationId,
  visit: (url: string) => Promise<URL>,
): Promise<ConnectionId> {
  const { authorizationId, url } = await beginAuthorization(ctx, { integrationId, config: {}, display: "popup" });
  const params = Object.fromEntries((await visit(url)).searchParams);
  const { ticket } = await receiveCallback(ctx, { integrationId, state: params["state"] ?? "", code: params["code"], params });
  const outcome = await finalizeAuthorization(ctx, { authorizationId, ...(ticket === null ? {} : { ticket }) });
  if (outcome.outcome !== "connected") throw new Error(`not connected: ${outcome.outcome}`);
  return outcome.connectionId;
}
