import { count, eq, max } from "drizzle-orm";
import { isPrivateKey } from "#server/connectors/index";
import { integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { newId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import type { IntegrationRow } from "#server/trpc/views";
import { checkedClaimUrl } from "./checked-claim-url";
import { checkedSandbox } from "./checked-sandbox";
import { listIntegrations } from "./list-integrations";

export type CreateIntegration = {
  connectorKey: string;
  /** Private connectors: the published version to stay with. Not given: follows the newest published one. */
  connectorVersion?: number | undefined;
  /** The connector's own when not given. */
  name?: string | undefined;
  tagline?: string | undefined;
  /** Which of the connector's ways to connect; its first when not given. */
  authKey?: string | undefined;
  clientId?: string | undefined;
  /** Sealed before it is stored; nothing ever gives it back. */
  clientSecret?: string | undefined;
  /** The vendor's page on which an installation from the third party's side goes on. */
  claimUrl?: string | undefined;
  status?: "available" | "coming_soon" | "hidden" | undefined;
  /** Test environments only: `https://HOST/path` is reached as `<sandboxOrigin>/HOST/path`. */
  sandboxOrigin?: string | undefined;
};

const MOST = 500;
const refuse = (path: string, message: string) =>
  new AppError("invalid", `${path}: ${message}`, { details: { issues: [{ path, message }] } });

/** Puts a connector on offer in this environment, at the end of the list. The answer says which redirect address to register. */
export async function createIntegration(ctx: Ctx, input: CreateIntegration): Promise<IntegrationRow> {
  const { connectorKey, connectorVersion = null, clientSecret } = input;
  const { environmentId } = ctx.scope;
  if (connectorVersion !== null && !isPrivateKey(connectorKey)) throw refuse("connectorVersion", "only private connectors have versions");
  const manifest = await findManifest(ctx, { connectorKey, connectorVersion });
  const authKey = input.authKey ?? Object.keys(manifest.auth)[0] ?? "";
  if (!Object.hasOwn(manifest.auth, authKey)) throw refuse("authKey", `${manifest.name} offers ${Object.keys(manifest.auth).join(", ")}`);
  const sandboxOrigin = input.sandboxOrigin === undefined ? null : await checkedSandbox(ctx, input.sandboxOrigin);
  const claimUrl = input.claimUrl === undefined ? null : await checkedClaimUrl(ctx, input.claimUrl);
  const id = newId("integration");
  const sealed =
    clientSecret === undefined
      ? null
      : ctx.vault.seal(clientSecret, { environmentId, customerId: "", ownerId: id, field: "client_secret", version: 1 });
  await withScope(ctx, async (tx) => {
    const [own] = await tx
      .select({ last: max(integrations.position), n: count() })
      .from(integrations)
      .where(eq(integrations.environmentId, environmentId));
    if ((own?.n ?? 0) >= MOST) throw new AppError("quota_exceeded", `An environment has at most ${MOST} integrations.`);
    await tx.insert(integrations).values({
      ...{ id, environmentId, connectorKey, connectorVersion, authKey },
      name: input.name ?? manifest.name,
      tagline: input.tagline ?? manifest.tagline,
      categories: manifest.categories,
      clientId: input.clientId ?? null,
      clientSecret: sealed,
      sandboxOrigin,
      claimUrl,
      status: input.status ?? "available",
      position: (own?.last ?? 0) + 1,
    });
  });
  const [row] = await listIntegrations(ctx, { id });
  if (!row) throw new AppError("platform_error", "The integration was made and cannot be read.");
  return row;
}
