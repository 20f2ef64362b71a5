import { and, eq, sql } from "drizzle-orm";
import { connectorVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import { checkAnswers } from "#server/domains/connections/check-answers";
import { checkedSandbox } from "#server/domains/integrations/checked-sandbox";
import type { Ctx } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import { acquire, isSession } from "#server/runtime/auth/acquire";
import { takeApart } from "#server/runtime/auth/answers";
import { wantedScopes } from "#server/runtime/auth/app";
import { type App, grantOf } from "#server/runtime/auth/place";
import { egressTo } from "#server/runtime/egress";
import { authMethodOf } from "#server/runtime/grants";
import type { Manifest } from "#server/runtime/manifest";
import type { Secret } from "#server/runtime/secret";
import type { Grants } from "#server/runtime/send";
import { sayTo } from "#server/words/reader";
import { manifestIn, versionOf } from "./internal";
import { recordingEgress } from "./masking";
import { runTrial, type TrialAccess, type TrialRequest } from "./run-trial";
import type { TrialClaims, TrialResult } from "./trial";

/** A credential entered for the tries: used, and not kept. */
export type EnteredCredential = {
  authKey: string;
  /** Answers of the connect form. */
  fields: Record<string, string>;
  /** Ways to connect by signing in: a token that was had elsewhere. */
  accessToken?: string | undefined;
  /** The vendor's app, for ways that prove it without a person. */
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  /** Test environments: what stands in for every host. */
  sandboxOrigin?: string | undefined;
};

export type TryVersion = TrialRequest & { key: string; version: number; credential: EnteredCredential };

const appOf = ({ clientId, clientSecret }: EnteredCredential): App | null =>
  clientId === undefined ? null : { clientId, clientSecret: clientSecret ?? null };

/** Makes a credential of what was entered, as connecting would. What it takes to gain it is recorded too. */
async function enteredAccess(
  ctx: Ctx,
  manifest: Manifest,
  credential: EnteredCredential,
  recorder: ReturnType<typeof recordingEgress>,
): Promise<TrialAccess> {
  const method = authMethodOf(manifest, credential.authKey);
  const { values, config } = takeApart(method.fields, checkAnswers(method.fields, credential.fields, sayTo(ctx)));
  const sandboxOrigin = credential.sandboxOrigin ? await checkedSandbox(ctx, credential.sandboxOrigin) : null;
  const app = appOf(credential);
  let secret: Secret = { type: "api_key", values };
  if (method.type === "oauth1") throw new AppError("invalid", "Requests of this kind are signed with a stored connection: choose one.");
  if (method.type === "oauth2_code") {
    if (!credential.accessToken) throw new AppError("invalid", "Enter an access token, or choose a stored connection.");
    secret = { type: "oauth2", accessToken: credential.accessToken, refreshToken: null };
  } else if (isSession(method)) {
    const caller = { egress: egressTo(recorder.egress, manifest), name: manifest.name, sandboxOrigin };
    const scopes = wantedScopes(manifest.name, method, []);
    const got = await acquire(caller, method, values, { app, scopes, nowMs: ctx.clock.now().getTime() });
    if (!got.ok) throw new AppError("reauth_required", got.refusal.text);
    secret = { type: "session", values, token: got.token };
  }
  const grant = grantOf(method, secret, config, 0, app);
  const refused = (reason: string) => new AppError("reauth_required", reason);
  const grants: Grants = {
    current: async () => grant,
    renew: async () => {
      throw refused(`${manifest.name} refused the credential.`);
    },
    condemn: async (_version, reason) => refused(reason),
  };
  return { manifest, grants, config, sandboxOrigin, clock: ctx.clock };
}

/** A refusal while the credential was gained, as a result. Secrets here are what was entered. */
function refusedResult(credential: EnteredCredential, recorder: ReturnType<typeof recordingEgress>, error: AppError): TrialResult {
  const secrets = [...Object.values(credential.fields), credential.clientSecret ?? "", credential.accessToken ?? ""];
  const rest = { account: null, records: [], count: 0, faults: [], cursor: null, done: false, total: null, fields: [] };
  return { ...rest, exchanges: recorder.exchanges(secrets), problem: { code: error.code, message: error.message } };
}

/**
 * One step of the request console with a credential entered by hand. It is used through this process's own egress and is kept
 * nowhere. Throws `invalid` for what is missing; what the third party says is a result.
 */
export async function tryVersion(ctx: Ctx, input: TryVersion): Promise<TrialResult> {
  const { key, version, credential, step, object, wish } = input;
  const row = await withScope(ctx, (tx) => versionOf(tx, ctx, key, version));
  const manifest = manifestIn(row);
  const recorder = recordingEgress(ctx.egress);
  let outcome: { result: TrialResult; claims: TrialClaims };
  try {
    const access = await enteredAccess(ctx, manifest, credential, recorder);
    outcome = await runTrial(access, recorder, { step, object, wish });
  } catch (error) {
    if (!isAppError(error) || error.code === "invalid") throw error;
    const result = refusedResult(credential, recorder, error);
    outcome = { result, claims: { check: { ok: false, at: ctx.clock.now().toISOString(), note: error.message.slice(0, 300) } } };
  }
  await keepClaims(ctx, key, version, outcome.claims);
  return outcome.result;
}

/** Adds what a try showed to what is known of a version. */
export async function keepClaims(ctx: Pick<Ctx, "db" | "scope">, key: string, version: number, claims: TrialClaims): Promise<void> {
  await withScope(ctx, (tx) =>
    tx
      .update(connectorVersions)
      .set({ claims: sql`${connectorVersions.claims} || ${JSON.stringify(claims)}::jsonb` })
      .where(
        and(eq(connectorVersions.vendorId, ctx.scope.vendorId), eq(connectorVersions.key, key), eq(connectorVersions.version, version)),
      ),
  );
}
