import { and, eq } from "drizzle-orm";
import { authorizations, customers, environments, integrations } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { AppError, type ErrorCode } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";
import { appOf } from "#server/runtime/auth/app";
import { readCallback } from "#server/runtime/auth/read-callback";
import type { AuthMethod } from "#server/runtime/auth/schema";
import { findManifest } from "#server/runtime/find-manifest";
import { authMethodOf } from "#server/runtime/grants";
import type { Manifest } from "#server/runtime/manifest";
import { type Authorization, type Integration, sealContext, wordsOf } from "./internal";

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

export type CallbackResult = {
  display: "popup" | "redirect";
  returnTo: string | null;
  /** What the customer was spoken to in. */
  language: string | null;
  status: "returned" | "denied" | "failed" | "expired";
  /** Whose marketplace the account would be connected to, for the person to recognise. */
  customerName: string;
  /** `returned` only: proof that this browser is the one that came back. For its page alone. */
  ticket: string | null;
};

type Verdict = { status: CallbackResult["status"] } & Partial<Pick<Authorization, "callback" | "errorCode" | "errorDetail">>;

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

const failed = (errorCode: ErrorCode, errorDetail: string | null): Verdict => ({ status: "failed", errorCode, errorDetail });

/**
 * Takes what the third party sent the browser back with, and keeps it, sealed, for the embed session that began; nothing is
 * exchanged here, because whoever holds this browser need not be who began. The state is spent at first sight, also by a failure.
 * Throws `invalid` for a state that is unknown, spent, or another integration's.
 */
export async function receiveCallback(deps: Pick<Deps, "db" | "vault" | "clock">, input: Callback): Promise<CallbackResult> {
  const unknown = new AppError("invalid", "This sign-in is not known, or was used already. Go back and start again.");
  if (input.state.length < 20 || input.state.length > 512) throw unknown;
  const manifest = await manifestOf(deps, input.integrationId);
  const result = await asSystem(deps.db, "a callback brings a state, not a scope", async (tx) => {
    const [found] = await tx
      .select({ row: authorizations, integration: integrations, customerName: customers.name })
      .from(authorizations)
      .innerJoin(customers, and(eq(customers.id, authorizations.customerId), eq(customers.environmentId, authorizations.environmentId)))
      .innerJoin(integrations, eq(integrations.id, authorizations.integrationId))
      .where(eq(authorizations.stateHash, hashToken(input.state)))
      .for("update", { of: authorizations });
    if (found?.row.status !== "waiting") return null;
    const { row, integration, customerName } = found;
    const verdict = judge(deps, row, { integration, manifest }, input);
    const ticket = verdict.status === "returned" ? newToken("tkt_") : null;
    await tx
      .update(authorizations)
      .set({ ...verdict, ...(ticket === null ? { verifier: null } : { ticketHash: hashToken(ticket) }) })
      .where(eq(authorizations.id, row.id));
    if (row.integrationId !== input.integrationId) return null;
    return { display: row.display, returnTo: row.returnTo, language: row.language, status: verdict.status, customerName, ticket };
  });
  if (!result) throw unknown;
  return result;
}

/** The manifest behind the address a callback came to, or null when no integration has that address. */
async function manifestOf(deps: Pick<Deps, "db">, integrationId: IntegrationId): Promise<Manifest | null> {
  const [found] = await asSystem(deps.db, "a callback brings a state, not a scope", (tx) =>
    tx
      .select({ integration: integrations, vendorId: environments.vendorId })
      .from(integrations)
      .innerJoin(environments, eq(environments.id, integrations.environmentId))
      .where(eq(integrations.id, integrationId)),
  );
  if (!found) return null;
  const scope = { vendorId: found.vendorId, environmentId: found.integration.environmentId };
  return findManifest({ db: deps.db, scope }, found.integration);
}

type Addressed = { integration: Integration; manifest: Manifest | null };

function judge(deps: Pick<Deps, "vault" | "clock">, row: Authorization, { integration, manifest }: Addressed, input: Callback): Verdict {
  if (row.integrationId !== input.integrationId || !manifest)
    return failed("invalid", "The callback came to another integration's address.");
  if (row.expiresAt <= deps.clock.now()) return { status: "expired" };
  const method = authMethodOf(manifest, integration.authKey);
  const params = paramsOf(input);
  const error = input.error ?? (method.type === "oauth1" && params["denied"] !== undefined ? "access_denied" : undefined);
  if (error !== undefined) return refusal(error, input.errorDescription);
  const code = codeIn(method, params);
  if (!code || code.length > 4_000) return failed("provider_invalid_response", "The sign-in came back without a code.");
  if (!namedRight(integration, method, input.iss))
    return failed("provider_invalid_response", "The sign-in came back from somebody else than it was sent to.");
  const app = appOf(deps, manifest.name, method, integration);
  const read =
    method.type === "oauth2_code" ? readCallback(method.callback, params, row.config, app?.clientSecret ?? null) : { config: {} };
  if ("refused" in read) return failed("provider_invalid_response", read.refused);
  const token = method.type === "oauth1" ? (params["oauth_token"] ?? "") : "";
  return {
    status: "returned",
    callback: deps.vault.seal(JSON.stringify({ code, token, config: read.config }), sealContext(row, "callback")),
  };
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

function refusal(error: string, description: string | undefined): Verdict {
  const words = wordsOf([error, description].filter(Boolean).join(": "));
  if (DENIALS.has(error)) return { status: "denied", errorDetail: words };
  if (OUR_FAULTS.has(error)) return failed("config_invalid", words);
  return failed(THEIR_FAULTS.has(error) ? "provider_unavailable" : "provider_invalid_response", words);
}

/** RFC 9207. In a sandbox the issuer is the sandbox's own name, which no manifest knows. */
function namedRight(integration: Integration, method: AuthMethod, iss: string | undefined): boolean {
  if (integration.sandboxOrigin !== null) return true;
  return method.type !== "oauth2_code" || method.issuer === undefined || method.issuer === iss;
}
