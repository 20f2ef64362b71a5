import { createHash } from "node:crypto";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { holesIn } from "#server/runtime/auth/holes";
import { type App, grantOf } from "#server/runtime/auth/place";
import { createGate } from "#server/runtime/limits/gate";
import type { Manifest, RequestSpec } from "#server/runtime/manifest";
import { ownRequest } from "#server/runtime/paging/own-object";
import { fill, textAt } from "#server/runtime/paths";
import type { Secret } from "#server/runtime/secret";
import { createSend, type Grants, type Send } from "#server/runtime/send";
import type { Offer } from "./internal";

export type Account = { id: string; label: string };

type Unproven = { secret: Secret; config: Record<string, string>; app: App | null };

/**
 * Uses a secret that is not stored yet: the manifest's check proves it at the API, identify tells whose it is. Throws what the
 * third party's answer means (`reauth_required` = it refused the secret).
 */
export async function proveAccount(
  ctx: Ctx,
  { integration, manifest, method }: Offer,
  { secret, config, app }: Unproven,
): Promise<Account> {
  const grant = grantOf(method, secret, config, 0, app);
  const grants: Grants = {
    current: async () => grant,
    renew: async () => {
      throw new AppError("reauth_required", `${manifest.name} refused the credential it was just given.`);
    },
    condemn: async (_version, reason) => new AppError("reauth_required", reason),
  };
  const { egress, clock, db } = ctx;
  const { sandboxOrigin } = integration;
  // A person waits, and whose account it is nobody knows yet.
  const holder = { environmentId: ctx.scope.environmentId, integrationId: integration.id, sandboxOrigin, accountId: null };
  const gate = createGate({ db, clock, manifest, owner: holder, klass: "interactive" });
  const send = createSend({ egress, manifest, grants, sandboxOrigin, clock, gate });
  const found = await accountBy(send, manifest, config, grant.values);
  const { check, identify } = manifest;
  if (check && check.path !== identify.request?.path) await send(checkOf(manifest, config));
  return found;
}

/** The manifest's check, with what was entered in it. Throws `invalid` when there is none: nothing is to be proven. */
export function checkOf({ name, check, http }: Manifest, config: Record<string, string>): RequestSpec {
  if (!check) throw new AppError("invalid", `${name} has no check: there is nothing to prove.`);
  return ownRequest(check, config, http.protocol);
}

/** Whose account it is, by the manifest's identify. */
export async function accountBy(
  send: Send,
  manifest: Manifest,
  config: Record<string, string>,
  values: Record<string, string>,
): Promise<Account> {
  const { request, accountId, account, label } = manifest.identify;
  const answer = request ? (await send(ownRequest(request, config, manifest.http.protocol))).json : null;
  const id = account !== undefined ? entered(account, config, values) : accountId === undefined ? null : textAt(answer, accountId);
  if (id === null || id.length > 500)
    throw new AppError("provider_invalid_response", `${manifest.name} did not say which account this is ("${accountId ?? account}").`);
  const words = Object.fromEntries(
    [...label.matchAll(/\{([^{}\s]+)\}/g)].map(([, path = ""]) => [path, textAt(answer, path) ?? config[path] ?? ""]),
  );
  return {
    id,
    label:
      label
        .replace(/\{([^{}\s]+)\}/g, (_, path: string) => words[path] ?? "")
        .trim()
        .slice(0, 200) || id.slice(0, 200),
  };
}

/** An account told apart by what was entered. A secret among it is never written down: its hash stands for it. */
function entered(template: string, config: Record<string, string>, values: Record<string, string>): string | null {
  if (holesIn(template).some((name) => values[name] === undefined || values[name] === "")) return null;
  const id = fill(template, values);
  const open = holesIn(template).every((name) => config[name] !== undefined);
  return open ? id : createHash("sha256").update(id).digest("hex").slice(0, 32);
}
