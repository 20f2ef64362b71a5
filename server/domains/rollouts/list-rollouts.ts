import { and, desc, eq, lt, or, type SQL, sql } from "drizzle-orm";
import { rollouts, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { RolloutId, TemplateId } from "#server/lib/ids";
import { pageOf, readMomentCursor, writeCursor } from "../views/keyset";
import { figuresOf, type RolloutRow } from "./internal";
import type { Figures } from "./pace";

export type RolloutView = Omit<RolloutRow, "environmentId"> & {
  templateName: string;
  streamLabel: string;
  /** How it fares since the step began; null when it is over. */
  figures: Figures | null;
};

const label = sql<string>`coalesce((select e.value->>'label' from jsonb_array_elements(${templates.streams}) e where e.value->>'key' = ${rollouts.streamKey} limit 1), ${rollouts.streamKey})`;
const figures = sql<Figures | null>`case when ${rollouts.status} in ('running', 'halted') then ${figuresOf} end`;

/** Roll-outs, newest first: of all templates, or of one. */
export async function listRollouts(
  ctx: Ctx,
  input: { templateId?: TemplateId | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: RolloutView[]; next: string | null }> {
  const after = readMomentCursor(input.cursor);
  const mine: (SQL | undefined)[] = [eq(rollouts.environmentId, ctx.scope.environmentId)];
  if (input.templateId) mine.push(eq(rollouts.templateId, input.templateId));
  if (after) {
    const at = sql`${after.at}::text::timestamptz`;
    mine.push(or(lt(rollouts.createdAt, at), and(eq(rollouts.createdAt, at), lt(rollouts.id, after.id as RolloutId))));
  }
  const rows = await withScope(ctx, (tx) =>
    tx
      .select({
        rollout: rollouts,
        templateName: templates.name,
        streamLabel: label,
        figures,
        at: sql<string>`${rollouts.createdAt}::text`,
      })
      .from(rollouts)
      .innerJoin(templates, and(eq(templates.environmentId, rollouts.environmentId), eq(templates.id, rollouts.templateId)))
      .where(and(...mine))
      .orderBy(desc(rollouts.createdAt), desc(rollouts.id))
      .limit(input.limit + 1),
  );
  const page = pageOf(rows, input.limit, ({ at, rollout }) => writeCursor(at, rollout.id));
  return {
    next: page.next,
    items: page.items.map(({ rollout: { environmentId: _, ...rollout }, at: _at, ...more }) => ({ ...rollout, ...more })),
  };
}
