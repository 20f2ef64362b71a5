import { auditEntries, consumers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { authorOf } from "../mappings/internal";
import { named, noSuch } from "./internal";

/** Forgets a consumer and its place. Should it read on, it begins anew under its name. */
export function removeConsumer(ctx: Ctx, { name }: { name: string }): Promise<void> {
  const { environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const [gone] = await tx.delete(consumers).where(named(ctx, name)).returning({ position: consumers.position });
    if (!gone) throw noSuch(name);
    await tx
      .insert(auditEntries)
      .values({ environmentId, actor: authorOf(ctx), action: "consumer.removed", subject: `${name} at ${gone.position}` });
  });
}
