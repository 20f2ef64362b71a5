import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { findManifest } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import type { Webhooks } from "#server/runtime/webhooks/scheme";
import { oneWith } from "#server/runtime/writes/read-one";
import type { Called, WebhooksOf } from "./declared";

/**
 * How a record that a call names is had: `one` = asked for by its id, `brought` = by the call itself, for nobody can be asked,
 * `pass` = only by reading what changed.
 */
export type Way = "one" | "brought" | "pass";

/** How a connector is called, and how the records of its objects are had. */
export type Declared = { webhooks: Webhooks; wayOf(object: string): Way };

function wayOf(manifest: Manifest, object: string): Way {
  const spec = Object.hasOwn(manifest.objects, object) ? manifest.objects[object] : undefined;
  if (!spec) return "pass";
  if (spec.list === undefined && !spec.job) return "brought";
  return oneWith(manifest, object, []) ? "one" : "pass";
}

const connectorOf = ({ vendorId, connectorKey, connectorVersion }: Called) => `${vendorId} ${connectorKey} ${connectorVersion ?? ""}`;

/** Of each call's connector, looked up once each; null for one that is gone or takes no calls. */
export async function waysOf<C extends Called>(
  deps: Deps,
  calls: readonly C[],
  webhooksOf: WebhooksOf,
): Promise<(call: C) => Declared | null> {
  const unique = new Map(calls.map((call) => [connectorOf(call), call]));
  const found = [...unique].map(async ([name, call]) => [name, await declaredOf(deps, call, webhooksOf)] as const);
  const known = new Map(await Promise.all(found));
  return (call) => known.get(connectorOf(call)) ?? null;
}

async function declaredOf(deps: Deps, call: Called, webhooksOf: WebhooksOf): Promise<Declared | null> {
  const { vendorId, environmentId, ...connector } = call;
  try {
    const webhooks = await webhooksOf(call);
    if (!webhooks) return null;
    const manifest = await findManifest({ db: deps.db, scope: { vendorId, environmentId } }, connector);
    return { webhooks, wayOf: (object) => wayOf(manifest, object) };
  } catch (error) {
    if (isAppError(error) && (error.code === "not_found" || error.code === "config_invalid")) return null;
    throw error;
  }
}
