import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { environments } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { newToken } from "#server/lib/tokens";
import { parseOrigin } from "./parse-origin";

/** The vendor's own origin of an environment, once it is proven; else null. */
export const provenOrigin = sql<string | null>`case when ${environments.ownOriginProvenAt} is not null then ${environments.ownOrigin} end`;

/** `record`: what has to stand in the DNS of the name; null for a name of this machine, which nobody else can have. */
export type OwnOrigin = { origin: string; record: { name: string; value: string } | null; provenAt: Date | null };

const isLocal = (origin: string) => new URL(origin).protocol === "http:";

export const recordOf = (origin: string, token: string): OwnOrigin["record"] =>
  isLocal(origin) ? null : { name: `_inlay.${new URL(origin).hostname}`, value: `inlay-domain=${token}` };

/** This environment's row, with what is asked of its own origin. */
export async function readOwn(ctx: Ctx, tx: Tx) {
  const { vendorId, environmentId } = ctx.scope;
  const [row] = await tx
    .select({
      kind: environments.kind,
      publishableKey: environments.publishableKey,
      origin: environments.ownOrigin,
      token: environments.ownOriginToken,
      provenAt: environments.ownOriginProvenAt,
    })
    .from(environments)
    .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
  if (!row) throw new AppError("not_found");
  return row;
}

/** Under which origin of the vendor's own the marketplace is to be, and whether it is; null = under ours only. */
export function getOwnOrigin(ctx: Ctx): Promise<OwnOrigin | null> {
  return withScope(ctx, async (tx) => {
    const { origin, token, provenAt } = await readOwn(ctx, tx);
    return origin && token ? { origin, record: recordOf(origin, token), provenAt } : null;
  });
}

/** An origin as it is typed: a name alone is one with https. `invalid` for one of ours. */
function checked(ctx: Ctx, typed: string, kind: "test" | "live"): string {
  const refuse = (message: string) => new AppError("invalid", message, { details: { issues: [{ path: "origin", message }] } });
  const origin = parseOrigin(/^[a-z]+:\/\//i.test(typed.trim()) ? typed : `https://${typed.trim()}`, kind, "origin");
  const { hostname, port } = new URL(origin);
  if (isLocal(origin) && !ctx.config.allowLoopback)
    throw refuse("A name of this machine works in development only; give an https address.");
  if (origin === ctx.config.origin || origin === ctx.config.demoOrigin) throw refuse("This is our own address. Give one of yours.");
  if (!isLocal(origin) && (port !== "" || /^[\d.]+$|^\[/.test(hostname) || !hostname.includes(".")))
    throw refuse("Give a name such as integrations.example.com, without a port.");
  return origin;
}

/** Names another origin, or none (null). It is in use once it is proven; the one before stops at once. */
export function setOwnOrigin(ctx: Ctx, input: { origin: string | null }): Promise<OwnOrigin | null> {
  const { vendorId, environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const { kind } = await readOwn(ctx, tx);
    const origin = input.origin === null ? null : checked(ctx, input.origin, kind);
    const token = origin === null ? null : newToken("");
    await tx
      .update(environments)
      .set({ ownOrigin: origin, ownOriginToken: token, ownOriginProvenAt: null })
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
    return origin !== null && token !== null ? { origin, record: recordOf(origin, token), provenAt: null } : null;
  });
}
