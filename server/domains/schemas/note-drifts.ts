import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectionSchemas, drifts } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { type ConnectionId, type DriftId, newId, type StreamId } from "#server/lib/ids";
import type { Drift } from "#server/mapping/drift";
import { joinedDrift, type Looks, standingDrift } from "#server/mapping/drift-standing";
import { keyOf } from "#server/mapping/same-value";
import { type MappingOver, mappingsOver } from "./internal";

/** A stream over the object, with its mapping in force. */
export type Over = MappingOver & { streamId: StreamId };
export type Found = readonly { streamId: StreamId; drifts: readonly Drift[] }[];

type Open = { id: DriftId; streamId: StreamId; detail: Drift };
type Settled = { gone: DriftId[]; changed: { id: DriftId; detail: Drift }[]; added: { streamId: StreamId; detail: Drift }[] };

const keyFor = (streamId: string, { kind, path }: Drift) => JSON.stringify([streamId, kind, path]);

/** An open change by now: as it stands, with what was found of it again. Null = it is nobody's task any more. */
function next({ detail }: Open, mapping: Over | undefined, looks: Looks, again: Drift | undefined): Drift | null {
  const still = mapping ? standingDrift(detail, mapping, looks) : detail;
  return still && again ? joinedDrift(still, again, looks.after) : still;
}

/** What becomes of the open changes, and which of those found are new. A stream has one open change of a kind at a path. Pure. */
function settled(open: readonly Open[], over: readonly Over[], looks: Looks, found: Found): Settled {
  const made: Settled = { gone: [], changed: [], added: [] };
  const fresh = new Map(
    found.flatMap(({ streamId, drifts: all }) => all.map((detail) => [keyFor(streamId, detail), { streamId, detail }])),
  );
  const mappings = new Map(over.map((one) => [one.streamId, one]));
  const kept = new Set<string>();
  for (const one of open) {
    const { id, streamId, detail } = one;
    const key = keyFor(streamId, detail);
    const now = next(one, mappings.get(streamId), looks, fresh.get(key)?.detail);
    if (now || detail.kind === "type") fresh.delete(key); // a type that is as it was again is no change
    const own = now && keyFor(streamId, now);
    if (!now || !own || kept.has(own)) {
      made.gone.push(id);
      continue;
    }
    kept.add(own);
    if (keyOf(now) !== keyOf(detail)) made.changed.push({ id, detail: now });
  }
  made.added = [...fresh].flatMap(([key, one]) => (kept.has(key) ? [] : [one]));
  return made;
}

/** Keeps what has changed for the mappings of an object: what is new, what has gone on since, and what is nobody's task any more. */
export async function noteDrifts(ctx: Ctx, tx: Tx, over: readonly Over[], looks: Looks, found: Found): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  if (over.length === 0 || !customerId) return;
  const open = await tx
    .select({ id: drifts.id, streamId: drifts.streamId, detail: drifts.detail })
    .from(drifts)
    .where(
      and(
        inArray(
          drifts.streamId,
          over.map((one) => one.streamId),
        ),
        eq(drifts.environmentId, environmentId),
        eq(drifts.status, "open"),
      ),
    )
    .orderBy(drifts.id)
    .for("update");
  const { gone, changed, added } = settled(open, over, looks, found);
  if (gone.length > 0)
    await tx
      .update(drifts)
      .set({ status: "gone", settledAt: ctx.clock.now() })
      .where(and(inArray(drifts.id, gone), eq(drifts.environmentId, environmentId)));
  if (changed.length > 0)
    await tx.execute(sql`
      update drifts d set detail = x.detail, kind = x.detail->>'kind'
        from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as x (id text, detail jsonb)
       where d.id = x.id and d.environment_id = ${environmentId}`);
  if (added.length === 0) return;
  await tx
    .insert(drifts)
    .values(
      added.map(({ streamId, detail }) => ({
        ...{ id: newId("drift"), environmentId, customerId, streamId, detail },
        ...{ kind: detail.kind, path: detail.path },
      })),
    )
    .onConflictDoNothing();
}

/**
 * Holds the open changes of an object against the mappings that are in force by now: one that a new version of the template, or the
 * customer, has dealt with is nobody's task any more.
 */
export async function judgeDrifts(ctx: Ctx, { connectionId, object }: { connectionId: ConnectionId; object: string }): Promise<void> {
  const over = (await mappingsOver(ctx, connectionId, { object })).filter((one): one is Over => one.streamId !== null);
  await withScope(ctx, async (tx) => {
    const [known] = await tx
      .select({ fields: connectionSchemas.fields })
      .from(connectionSchemas)
      .where(
        and(
          eq(connectionSchemas.connectionId, connectionId),
          eq(connectionSchemas.object, object),
          eq(connectionSchemas.environmentId, ctx.scope.environmentId),
        ),
      )
      .for("update");
    if (known) await noteDrifts(ctx, tx, over, { before: known.fields, after: known.fields, complete: false }, []);
  });
}
