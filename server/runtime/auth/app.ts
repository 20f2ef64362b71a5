import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { Sealed } from "#server/lib/vault";
import type { OAuthClient } from "../oauth";
import { appNeeds } from "./holes";
import type { App } from "./place";
import type { AuthMethod } from "./schema";

/** What of an integration auth has to know. */
export type IntegrationFacts = {
  environmentId: string;
  id: string;
  clientId: string | null;
  clientSecret: Sealed | null;
  sandboxOrigin: string | null;
};

/**
 * The vendor's app at the third party, or null where the method has no use for one. Throws `config_invalid` when it is
 * needed and incomplete.
 */
export function appOf(deps: Pick<Ctx, "vault">, name: string, method: AuthMethod, integration: IntegrationFacts): App | null {
  const needs = appNeeds(method);
  const { environmentId, id, clientId, clientSecret } = integration;
  if (!needs.id && !needs.secret) return null;
  if ((needs.id && !clientId) || (needs.secret && !clientSecret))
    throw new AppError("config_invalid", `The ${name} integration has no client id and secret yet.`);
  const context = { environmentId, customerId: "", ownerId: id, field: "client_secret", version: 1 };
  return { clientId: clientId ?? "", clientSecret: needs.secret && clientSecret ? deps.vault.open(clientSecret, context) : null };
}

/** The client of a code flow; `values` (the connection's config) fill holes of its addresses. Null for any other method. */
export function oauthClientOf(
  deps: Pick<Ctx, "vault">,
  name: string,
  method: AuthMethod,
  integration: IntegrationFacts,
  values: Record<string, string> = {},
): OAuthClient | null {
  const app = method.type === "oauth2_code" ? appOf(deps, name, method, integration) : null;
  return app && method.type === "oauth2_code" ? { name, method, ...app, sandboxOrigin: integration.sandboxOrigin, values } : null;
}

/** The scopes asked for: the vendor's choice among the connector's, else all of them. */
export function wantedScopes(name: string, method: AuthMethod, chosen: readonly string[]): string[] {
  if (method.type !== "oauth2_code" && method.type !== "oauth2_client") return [];
  const known = method.scopes.map((one) => one.scope);
  const foreign = chosen.find((scope) => !known.includes(scope));
  if (foreign !== undefined) throw new AppError("config_invalid", `The ${name} connector does not declare the scope "${foreign}".`);
  return chosen.length > 0 ? [...chosen] : known;
}
