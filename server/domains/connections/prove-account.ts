import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { grantOf } from "#server/runtime/grants";
import { fill, textAt } from "#server/runtime/paths";
import type { Secret } from "#server/runtime/secret";
import { createSend, type Grants } from "#server/runtime/send";
import type { Offer } from "./internal";

export type Account = { id: string; label: string };

/**
 * Uses a secret that is not stored yet: the manifest's check proves it at the API, identify tells whose it is. Throws what the
 * third party's answer means (`reauth_required` = it refused the secret).
 */
export async function proveAccount(
  ctx: Ctx,
  { integration, manifest, method }: Offer,
  secret: Secret,
  config: Record<string, string>,
): Promise<Account> {
  const grant = grantOf(method, secret, config, 0);
  const grants: Grants = {
    current: async () => grant,
    renew: async () => {
      throw new AppError("reauth_required", `${manifest.name} refused the credential it was just given.`);
    },
    condemn: async (_version, reason) => new AppError("reauth_required", reason),
  };
  const send = createSend({ egress: ctx.egress, manifest, grants, sandboxOrigin: integration.sandboxOrigin, clock: ctx.clock });
  const { request, accountId, label } = manifest.identify;
  const identified = await send(request);
  if (manifest.check.path !== request.path) await send(manifest.check);

  const id = textAt(identified.json, accountId);
  if (id === null || id.length > 500)
    throw new AppError("provider_invalid_response", `${manifest.name} did not say which account this is ("${accountId}").`);
  const words = Object.fromEntries([...label.matchAll(/\{([\w]+)\}/g)].map(([, name = ""]) => [name, textAt(identified.json, name) ?? ""]));
  return { id, label: fill(label, words).trim().slice(0, 200) || id };
}
