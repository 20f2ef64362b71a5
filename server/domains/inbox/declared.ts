import { getManifest } from "#server/connectors/index";
import type { Webhooks } from "#server/runtime/webhooks/scheme";

/** How a connector is called, null when it is not. */
export const declared = (connectorKey: string): Webhooks | null => getManifest(connectorKey).webhooks ?? null;
