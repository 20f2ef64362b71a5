import { and, eq } from "drizzle-orm";
import { auditEntries, claims, environments, integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { toAppError } from "#server/lib/errors";
import { hashToken, newToken } from "#server/lib/tokens";
import { gainAccess } from "../connections/gain-access";
import { offerOf } from "../connections/internal";
import { proveAccount } from "../connections/prove-account";
import { type Callback, readReturn } from "../connections/read-return";
import { authorOf } from "../mappings/internal";
import { type Claim, sealContext } from "./internal";

export type InstallResult =
  /** `url`: the vendor's page with the claim's token; null = the vendor has none, and nothing was kept. */
  { status: "installed"; url: string | null } | { status: "denied" | "failed" | "expired" };

/** How long the account waits for somebody to say that it is theirs. */
const LIFE_MS = 24 * 3_600_000;
export const CLAIM_PARAM = "inlay_claim";

/**
 * Takes what the third party sent the browser back with after an installation from its side: exchanges the code, asks whose account it is,
 * and keeps both, sealed, for whoever shows the token on the vendor's page. Null when the state is not an installation's. The state is spent
 * at first sight, also by a failure, and only the browser that began may bring it.
 */
export async function receiveInstall(ctx: Ctx, input: Callback & { browser: string | null }): Promise<InstallResult | null> {
  const claim = await spendState(ctx, input);
  if (!claim) return null;
  if (claim.browserHash !== hashToken(input.browser ?? "")) return { status: "failed" };
  if (claim.expiresAt <= ctx.clock.now()) return { status: "expired" };
  const page = await claimPage(ctx, claim);
  try {
    const offer = await offerOf(ctx, claim.integrationId);
    const read = readReturn(ctx, { ...offer, known: claim.config }, input);
    if ("status" in read) {
      ctx.log.info({ claimId: claim.id, status: read.status, detail: read.errorDetail }, "an installation came back without a code");
      return { status: read.status };
    }
    // Without a page to go on with, nobody could ever take it: then nothing is asked for.
    if (page === null) return { status: "installed", url: null };
    if (!claim.verifier) return { status: "failed" };
    const verifier = ctx.vault.open(claim.verifier, sealContext(claim, "verifier"));
    const gained = await gainAccess(ctx, offer, { ...read, verifier }, { ...claim.config, ...read.config });
    const account = await proveAccount(ctx, offer, gained);
    const token = await keep(ctx, claim, { ...gained, account });
    page.searchParams.set(CLAIM_PARAM, token);
    return { status: "installed", url: page.href };
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    ctx.log.warn({ claimId: claim.id, code, detail: message }, "an installation could not be finished");
    return { status: "failed" };
  }
}

function spendState(ctx: Ctx, { state, integrationId }: Callback): Promise<Claim | null> {
  if (state.length < 20 || state.length > 512) return Promise.resolve(null);
  const mine = and(
    eq(claims.stateHash, hashToken(state)),
    eq(claims.environmentId, ctx.scope.environmentId),
    eq(claims.integrationId, integrationId),
    eq(claims.status, "waiting"),
  );
  return withScope(ctx, async (tx) => {
    const [claim] = await tx.select().from(claims).where(mine).for("update");
    if (!claim) return null;
    await tx.update(claims).set({ status: "failed", verifier: null }).where(mine);
    return claim;
  });
}

/** The vendor's page, while its origin is still one of those allowed. */
async function claimPage(ctx: Ctx, claim: Claim): Promise<URL | null> {
  const { environmentId, vendorId } = ctx.scope;
  const [found] = await withScope(ctx, (tx) =>
    tx
      .select({ claimUrl: integrations.claimUrl, allowedOrigins: environments.allowedOrigins })
      .from(integrations)
      .innerJoin(environments, eq(environments.id, integrations.environmentId))
      .where(
        and(eq(integrations.id, claim.integrationId), eq(integrations.environmentId, environmentId), eq(environments.vendorId, vendorId)),
      ),
  );
  if (!found?.claimUrl) return null;
  const url = new URL(found.claimUrl);
  return found.allowedOrigins.includes(url.origin) ? url : null;
}

type Kept = Awaited<ReturnType<typeof gainAccess>> & { account: { id: string; label: string } };

async function keep(ctx: Ctx, claim: Claim, { account, secret, expiry, grantedScopes, config }: Kept): Promise<string> {
  const { environmentId } = ctx.scope;
  const token = newToken("clt_");
  await withScope(ctx, async (tx) => {
    await tx
      .update(claims)
      .set({
        status: "pending",
        secret: ctx.vault.seal(JSON.stringify(secret), sealContext(claim, "secret")),
        secretExpiresAt: expiry.expiresAt,
        secretRefreshAfter: expiry.refreshAfter,
        config,
        accountId: account.id,
        accountLabel: account.label,
        grantedScopes,
        tokenHash: hashToken(token),
        expiresAt: new Date(ctx.clock.now().getTime() + LIFE_MS),
      })
      .where(and(eq(claims.id, claim.id), eq(claims.environmentId, environmentId)));
    await tx.insert(auditEntries).values({ environmentId, actor: authorOf(ctx), action: "claim.installed", subject: claim.id });
  });
  return token;
}
