import { and, desc, eq, inArray } from "drizzle-orm";
import { webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { listConsumers } from "../consumers/list-consumers";

/** What keeps the vendor's own backend from hearing of changes: endpoints that we switched off, and readers of the feed that fell behind. */
export type Notice =
  | { kind: "endpointOff"; id: string; url: string; reason: string; at: Date | null }
  | { kind: "consumerBehind"; name: string; state: "behind" | "atRisk" | "lost"; lagSeconds: number };

const MOST = 20;

/** The notices of the environment, endpoints first. Nothing that the team has switched off itself. */
export async function listNotices(ctx: Ctx): Promise<Notice[]> {
  const e = webhookEndpoints;
  const off = await withScope(ctx, (tx) =>
    tx
      .select({ id: e.id, url: e.url, reason: e.disabledReason, at: e.disabledAt })
      .from(e)
      .where(and(eq(e.environmentId, ctx.scope.environmentId), eq(e.status, "disabled"), inArray(e.disabledCause, ["gone", "failing"])))
      .orderBy(desc(e.disabledAt))
      .limit(MOST),
  );
  const { items } = await listConsumers(ctx, {});
  return [
    ...off.map(({ reason, ...row }) => ({ kind: "endpointOff" as const, reason: reason ?? "", ...row })),
    ...items.flatMap(({ name, state, lagSeconds }) =>
      state === "current" ? [] : [{ kind: "consumerBehind" as const, name, state, lagSeconds }],
    ),
  ];
}
