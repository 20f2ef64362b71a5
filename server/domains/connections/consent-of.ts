import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from "oauth4webapi";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { fillUrl } from "#server/runtime/auth/fill-url";
import { requestOauth1 } from "#server/runtime/auth/oauth1";
import type { App } from "#server/runtime/auth/place";
import { fill } from "#server/runtime/paths";
import { sandboxed } from "#server/runtime/send";
import { callerOf, type Offer, redirectUriOf, scopesOf } from "./internal";

/** The address of the consent page, and what has to be kept until the browser comes back. */
export async function consentOf(ctx: Ctx, offer: Offer, app: App, config: Record<string, string>, state: string) {
  const { integration, method } = offer;
  const redirectUri = redirectUriOf(ctx, integration.id);
  if (method.type === "oauth1") {
    const { pair, url } = await requestOauth1(callerOf(ctx, offer), method, app, config, `${redirectUri}?state=${state}`);
    return { verifier: JSON.stringify(pair), url };
  }
  if (method.type !== "oauth2_code") throw new AppError("invalid", "This system is not connected by signing in.");
  const verifier = generateRandomCodeVerifier();
  const url = new URL(sandboxed(fillUrl(method.authorizeUrl, config), integration.sandboxOrigin));
  const own = Object.entries(method.authorizeParams).map(([name, text]) => [name, fill(text, { ...config, clientId: app.clientId })]);
  const scope = scopesOf(offer).join(method.scopeSeparator);
  const params: Record<string, string> = {
    ...Object.fromEntries(own),
    response_type: "code",
    [method.clientNames.id]: app.clientId,
    redirect_uri: redirectUri,
    ...(scope === "" ? {} : { [method.scopeParam]: scope }),
    state,
  };
  if (method.pkce) Object.assign(params, { code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" });
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return { verifier, url: url.href };
}
