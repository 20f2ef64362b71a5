import type { Deps } from "#server/lib/context";
import type { ErrorCode } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { appOf } from "#server/runtime/auth/app";
import { readCallback } from "#server/runtime/auth/read-callback";
import type { AuthMethod } from "#server/runtime/auth/schema";
import { authMethodOf } from "#server/runtime/grants";
import type { Manifest } from "#server/runtime/manifest";
import { type Integration, wordsOf } from "./internal";

export type Callback = {
  /** From the path: each integration has a redirect address of its own. */
  integrationId: IntegrationId;
  state: string;
  code?: string | undefined;
  error?: string | undefined;
  errorDescription?: string | undefined;
  iss?: string | undefined;
  /** Every parameter the browser brought, the ones above included: some systems say more, or say it under other names. */
  params?: Record<string, string> | undefined;
};

/** Why there is no code: the person said no, or something is wrong (with the third party's own words). */
export type Refusal =
  | { status: "denied"; errorDetail: string | null }
  | { status: "failed"; errorCode: ErrorCode; errorDetail: string | null };
export type Brought = { code: string; token: string; config: Record<string, string> };

const DENIALS = new Set(["access_denied", "user_cancelled_authorize", "user_cancelled_login", "consent_required", "interaction_required"]);
const OUR_FAULTS = new Set([
  "invalid_scope",
  "invalid_client",
  "unauthorized_client",
  "invalid_request",
  "unsupported_response_type",
  "redirect_uri_mismatch",
]);
const THEIR_FAULTS = new Set(["server_error", "temporarily_unavailable"]);

export const refused = (errorCode: ErrorCode, errorDetail: string | null): Refusal => ({ status: "failed", errorCode, errorDetail });

type Sought = { integration: Integration; manifest: Manifest /** What was entered before the consent. */; known: Record<string, string> };

/** What a browser came back with from a third party's consent: the code and what was said beside it, or why there is none. */
export function readReturn(deps: Pick<Deps, "vault">, { integration, manifest, known }: Sought, input: Callback): Brought | Refusal {
  const method = authMethodOf(manifest, integration.authKey);
  const params = paramsOf(input);
  const error = input.error ?? (method.type === "oauth1" && params["denied"] !== undefined ? "access_denied" : undefined);
  if (error !== undefined) return refusal(error, input.errorDescription);
  const code = codeIn(method, params);
  if (!code || code.length > 4_000) return refused("provider_invalid_response", "The sign-in came back without a code.");
  if (!namedRight(integration, method, input.iss))
    return refused("provider_invalid_response", "The sign-in came back from somebody else than it was sent to.");
  const app = appOf(deps, manifest.name, method, integration);
  const read = method.type === "oauth2_code" ? readCallback(method.callback, params, known, app?.clientSecret ?? null) : { config: {} };
  if ("refused" in read) return refused("provider_invalid_response", read.refused);
  const token = method.type === "oauth1" ? (params["oauth_token"] ?? "") : "";
  return { code, token, config: read.config };
}

/** The parameters by name, whoever parsed them. */
function paramsOf({ params, state, code, error, errorDescription, iss }: Callback): Record<string, string> {
  if (params) return params;
  const known = { state, code, error, error_description: errorDescription, iss };
  return Object.fromEntries(Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function codeIn(method: AuthMethod, params: Record<string, string>): string | undefined {
  if (method.type === "oauth1") return params["oauth_verifier"];
  return method.type === "oauth2_code" ? params[method.callback.code] : undefined;
}

function refusal(error: string, description: string | undefined): Refusal {
  const words = wordsOf([error, description].filter(Boolean).join(": "));
  if (DENIALS.has(error)) return { status: "denied", errorDetail: words };
  if (OUR_FAULTS.has(error)) return refused("config_invalid", words);
  return refused(THEIR_FAULTS.has(error) ? "provider_unavailable" : "provider_invalid_response", words);
}

/** RFC 9207. In a sandbox the issuer is the sandbox's own name, which no manifest knows. */
function namedRight(integration: Integration, method: AuthMethod, iss: string | undefined): boolean {
  if (integration.sandboxOrigin !== null) return true;
  return method.type !== "oauth2_code" || method.issuer === undefined || method.issuer === iss;
}
