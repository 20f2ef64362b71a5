import type { Exchange } from "../exchange";
import { takeFromWindow, WINDOW_MS } from "../limits";
import type { Simulation } from "../simulation";
import { type Portal, portalById } from "./portals";
import { sendProblem } from "./problems";

/**
 * Who is calling: checks the bearer token, the account's rate limit and that one of `scopes` was granted (an empty list needs none).
 * Answers with HubSpot's 401, 429 or 403 and returns null when the call may not go on.
 */
export function authorise(sim: Simulation, x: Exchange, scopes: readonly string[]): Portal | null {
  const token = /^Bearer ([\w~+/.-]+)$/i.exec(x.req.headers.authorization ?? "")?.[1];
  const stored = token ? sim.tokens.get("AccessToken", token) : undefined;
  const portal = portalById(stored?.accountId);
  if (!stored || !portal) {
    const message = token
      ? "The OAuth token used to make this call is not valid."
      : "Authentication credentials not found. This API supports OAuth 2.0 authentication.";
    sendProblem(x, 401, "INVALID_AUTHENTICATION", message);
    return null;
  }
  const expiresAt = (stored.exp ?? 0) * 1000;
  if (expiresAt <= Date.now()) {
    const message = `The OAuth token used to make this call expired ${Math.round((Date.now() - expiresAt) / 1000)} second(s) ago.`;
    sendProblem(x, 401, "EXPIRED_AUTHENTICATION", message, { context: { "expire time": [new Date(expiresAt).toISOString()] } });
    return null;
  }
  return withinLimit(sim, x, portal) && withinScope(x, stored.scope, scopes) ? portal : null;
}

function withinLimit(sim: Simulation, x: Exchange, portal: Portal): boolean {
  const { remaining, retryAfter } = takeFromWindow(sim, `hubspot/${portal.id}`);
  x.res.setHeader("x-hubspot-ratelimit-max", sim.controls.ratePer10s);
  x.res.setHeader("x-hubspot-ratelimit-remaining", remaining);
  x.res.setHeader("x-hubspot-ratelimit-interval-milliseconds", WINDOW_MS);
  if (retryAfter === null) return true;
  const extra = { errorType: "RATE_LIMIT", policyName: "TEN_SECONDLY_ROLLING" };
  sendProblem(x, 429, "RATE_LIMITS", "You have reached your ten_secondly_rolling limit.", extra, { "retry-after": String(retryAfter) });
  return false;
}

function withinScope(x: Exchange, granted: unknown, scopes: readonly string[]): boolean {
  const held = typeof granted === "string" ? granted.split(" ") : [];
  if (scopes.length === 0 || scopes.some((scope) => held.includes(scope))) return true;
  sendProblem(x, 403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.", {
    errors: [{ message: "One or more of the following scopes are required.", context: { requiredGranularScopes: scopes } }],
  });
  return false;
}
