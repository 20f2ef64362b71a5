import { getManifest } from "#server/connectors/index";
import type { Webhooks } from "#server/runtime/webhooks/scheme";

/** How a connector is called, null when it is not. */
export function declared(connectorKey: string): Webhooks | null {
  const { webhooks }: { webhooks?: Webhooks | undefined } = getManifest(connectorKey) as object;
  return webhooks ?? null;
}
