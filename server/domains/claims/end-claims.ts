import { and, eq, isNotNull, lte, sql } from "drizzle-orm";
import { claims, environments, integrations } from "#server/db/schema";
import { asSystem, withScope } from "#server/db/tenancy";
import type { Deps, Scope } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { oauthClientOf } from "#server/runtime/auth/app";
import { egressTo } from "#server/runtime/egress";
import { findManifest } from "#server/runtime/find-manifest";
import { authMethodOf } from "#server/runtime/grants";
import { revokeGrant } from "#server/runtime/oauth";
import { Secret } from "#server/runtime/secret";
import { withinBudget } from "../connections/within-budget";
import { type Claim, sealContext } from "./internal";

const BATCH = 50;
const PACE = { atOnce: 4, budgetMs: 20_000 };
/** After this long the secret is destroyed even if the third party could not be told. */
const PATIENCE_MS = 24 * 3_600_000;

type Ending = { claim: Claim; integration: typeof integrations.$inferSelect; scope: Scope };

/**
 * Worker: gives back what installations were granted that nobody took up in time or that are nobody's here, and destroys the secrets. What
 * cannot be reached now is tried again by a later call, for a day. Returns how many secrets were destroyed.
 */
export async function endClaims(deps: Deps, pace = PACE): Promise<number> {
  const now = deps.clock.now();
  const rows = await asSystem(deps.db, "installations that nobody took up, of everybody", async (tx) => {
    // First of all nobody can take it any more.
    await tx
      .update(claims)
      .set({ status: "dropped" })
      .where(and(eq(claims.status, "pending"), lte(claims.expiresAt, now)));
    return tx
      .select({ claim: claims, integration: integrations, vendorId: environments.vendorId })
      .from(claims)
      .innerJoin(integrations, and(eq(integrations.environmentId, claims.environmentId), eq(integrations.id, claims.integrationId)))
      .innerJoin(environments, eq(environments.id, claims.environmentId))
      .where(and(isNotNull(claims.secret), eq(claims.status, "dropped")))
      .orderBy(sql`random()`)
      .limit(BATCH);
  });
  let destroyed = 0;
  await withinBudget(rows, pace, async ({ claim, integration, vendorId }) => {
    const ending = { claim, integration, scope: { vendorId, environmentId: claim.environmentId } };
    const late = now.getTime() - claim.expiresAt.getTime() > PATIENCE_MS;
    if (!late && !(await givenBack(deps, ending))) return;
    await withScope({ db: deps.db, scope: ending.scope }, (tx) =>
      tx
        .update(claims)
        .set({ secret: null })
        .where(and(eq(claims.id, claim.id), eq(claims.environmentId, claim.environmentId))),
    );
    destroyed++;
  });
  return destroyed;
}

/** Whether the account is used here in another way: third parties take back all grants of an app with one of them. */
async function isInUse(deps: Deps, { claim, scope }: Ending): Promise<boolean> {
  const { environmentId, integrationId, accountId, id } = claim;
  const [found] = await withScope({ db: deps.db, scope }, (tx) =>
    tx.execute(sql`
      select exists (select from connections c where c.environment_id = ${environmentId} and c.integration_id = ${integrationId}
                        and c.account_id = ${accountId} and c.status <> 'disconnected')
          or exists (select from claims o where o.environment_id = ${environmentId} and o.integration_id = ${integrationId}
                        and o.account_id = ${accountId} and o.id <> ${id} and o.status = 'pending' and o.expires_at > now()) as used`),
  );
  return found?.["used"] === true;
}

/** True when there is nothing left to tell the third party; false when it should be told later. */
async function givenBack(deps: Deps, ending: Ending): Promise<boolean> {
  const { claim, integration, scope } = ending;
  try {
    if (claim.secret === null || (await isInUse(deps, ending))) return true;
    const secret = Secret.parse(JSON.parse(deps.vault.open(claim.secret, sealContext(claim, "secret"))));
    if (secret.type !== "oauth2") return true;
    const manifest = await findManifest({ db: deps.db, scope }, integration);
    const values = { ...claim.config, ...secret.extra, ...secret.kept };
    const client = oauthClientOf(deps, manifest.name, authMethodOf(manifest, integration.authKey), integration, values);
    return client === null || (await revokeGrant(egressTo(deps.egress, manifest), client, secret));
  } catch (error) {
    const code = isAppError(error) ? error.code : "platform_error";
    deps.log.warn({ claimId: claim.id, code }, "an installation's grant could not be given back");
    return code === "config_invalid";
  }
}
