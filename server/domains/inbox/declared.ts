import type { Deps } from "#server/lib/context";
import type { EnvironmentId, VendorId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import type { Webhooks } from "#server/runtime/webhooks/scheme";

/** Whose connector is called. */
export type Called = { vendorId: VendorId; environmentId: EnvironmentId; connectorKey: string; connectorVersion: number | null };

/** How a connector is called, null when it is not. */
export type WebhooksOf = (called: Called) => Webhooks | null | Promise<Webhooks | null>;

export const declaredIn =
  (db: Deps["db"]): WebhooksOf =>
  async ({ vendorId, environmentId, ...connector }) =>
    (await findManifest({ db, scope: { vendorId, environmentId } }, connector)).webhooks ?? null;
