import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import { connectorOf, mayBeOurs, type Proof, proofOf } from "./endpoint-scheme";
import { type InboundEndpoint, listInboundEndpoints } from "./list-inbound-endpoints";
import { testCall } from "./test-call";

/** How an integration is called by its third party. */
export type Calls = {
  /** Null: its connector takes no calls. */
  scheme: {
    scope: "app" | "connection";
    proof: Proof;
    /** We may make the secret; else the third party does. */
    generates: boolean;
    /** We ask the third party ourselves to call, for each connection. */
    automatic: boolean;
    /** Records come in the calls; there is nobody to ask. */
    brought: boolean;
    docs: string;
    /** Lines for a shell that make such a call, or null. */
    test: string | null;
  } | null;
  endpoints: InboundEndpoint[];
};

/** How calls of an integration's third party are taken, and at which addresses. */
export async function getCalls(ctx: Ctx, input: { integrationId: IntegrationId }): Promise<Calls> {
  const ref = await withScope(ctx, (tx) => connectorOf(ctx, tx, input.integrationId));
  const endpoints = await listInboundEndpoints(ctx, input);
  const manifest = await findManifest({ db: ctx.db, scope: ctx.scope }, ref).catch((error: unknown) => {
    if (isAppError(error) && error.code === "not_found") return null; // announced only
    throw error;
  });
  const webhooks = manifest?.webhooks;
  if (!manifest || !webhooks) return { scheme: null, endpoints };
  const scheme = {
    ...{ scope: webhooks.scope, proof: proofOf(webhooks), generates: mayBeOurs(webhooks), automatic: webhooks.subscription !== undefined },
    ...{ brought: webhooks.events.record !== undefined, docs: webhooks.docs, test: testCall(manifest, webhooks) },
  };
  return { scheme, endpoints };
}
