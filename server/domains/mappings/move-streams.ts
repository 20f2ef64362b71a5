import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { streamOverrides, streams } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import type { StreamId } from "#server/lib/ids";
import { mergeVersion, type NewVersion } from "#server/mapping/merge-version";
import { keyOf } from "#server/mapping/same-value";
import { authorOf, type MappingRef } from "./internal";

/**
 * `remap`: what is stored has to be mapped anew. `reread`: the source is to be read anew. `lacks`: because what is stored lacks fields, so
 * that it is not re-mapped before. `intervalMs`: how often it is read from now on; null = as it is.
 */
export type Goal = NewVersion & {
  version: number;
  remap: boolean;
  reread: boolean;
  lacks: boolean;
  intervalMs: number | null;
};
/** So many rows are written by one statement: each is some parameters, of which there are 65,535. */
const AT_ONCE = 5_000;

type Moved = Pick<typeof streams.$inferSelect, "id" | "customerId">;

/** A stream goes on at the version's pace, unless its customer chose another: what is due later than that is due then. */
function paceOf(intervalMs: number | null) {
  if (intervalMs === null) return {};
  const next = sql`coalesce((${streams.chosen}->>'intervalMs')::int, ${intervalMs}::int)`;
  const due = sql`least(${streams.dueAt}, now() + ${next} * interval '1 ms')`;
  return { intervalMs: next, dueAt: sql`case when ${streams.intervalMs} <> ${next} then ${due} else ${streams.dueAt} end` };
}

/**
 * Points streams of a template at one published version of it, and carries their customers' patches over to it. Keepers
 * then re-map what is stored, where the mapping is another. `only` = these streams; not given, all that are active. Returns those that were not there yet.
 */
export async function moveStreams(ctx: Ctx, tx: Tx, ref: MappingRef, goal: Goal, only?: readonly StreamId[]): Promise<Moved[]> {
  if (only?.length === 0) return [];
  const { environmentId } = ctx.scope;
  const moved = await tx
    .update(streams)
    .set({
      templateVersion: goal.version,
      ...paceOf(goal.intervalMs),
      ...(goal.remap ? { mappingVersion: sql`${streams.mappingVersion} + 1` } : {}),
      ...(goal.lacks
        ? { remapAfter: "reread" }
        : goal.remap
          ? { remapAfter: sql`case when ${streams.remapAfter} = 'reread' then 'reread' end` }
          : {}),
      ...(goal.reread || goal.lacks ? { reread: true, dueAt: sql`now()`, trigger: "mapping" as const } : {}),
    })
    .where(
      and(
        eq(streams.environmentId, environmentId),
        eq(streams.templateId, ref.templateId),
        eq(streams.key, ref.streamKey),
        eq(streams.status, "active"),
        sql`${streams.templateVersion} <> ${goal.version}`,
        ...(only ? [inArray(streams.id, [...only])] : []),
      ),
    )
    .returning({ id: streams.id, customerId: streams.customerId });
  await carryOver(ctx, tx, goal, moved);
  return moved;
}

/** Patches on the old version become patches on the new one; what has become needless goes, what clashes is noted. */
async function carryOver(ctx: Ctx, tx: Tx, goal: Goal, moved: readonly Moved[]): Promise<void> {
  if (moved.length === 0) return;
  const inForce = await tx
    .selectDistinctOn([streamOverrides.streamId])
    .from(streamOverrides)
    .where(
      and(
        eq(streamOverrides.environmentId, ctx.scope.environmentId),
        inArray(
          streamOverrides.streamId,
          moved.map((one) => one.id),
        ),
      ),
    )
    .orderBy(streamOverrides.streamId, sql`${streamOverrides.n} desc`);
  const known = new Map(inForce.map((row) => [row.streamId, row]));
  const carried = moved
    .map(({ id, customerId }) => ({ streamId: id, customerId, before: known.get(id) ?? { n: 0, overrides: {}, conflicts: [] } }))
    .map((one) => ({ ...one, ...mergeVersion(goal, one.before) }))
    .filter(
      ({ before, overrides, conflicts }) =>
        conflicts.length > 0 || before.conflicts.length > 0 || keyOf(overrides) !== keyOf(before.overrides),
    );
  const { environmentId } = ctx.scope;
  for (let i = 0; i < carried.length; i += AT_ONCE)
    await tx.insert(streamOverrides).values(
      carried.slice(i, i + AT_ONCE).map(({ streamId, customerId, before, overrides, conflicts }) => ({
        ...{ streamId, environmentId, customerId, n: before.n + 1, overrides, conflicts, createdBy: authorOf(ctx) },
      })),
    );
}
