import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectionSchemas, drifts } from "#server/db/schema";
import { readScoped, withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { type ConnectionId, newId, type StreamId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import { type Drift, driftOf, pathsOf } from "#server/mapping/drift";
import { inferFields, joinFields } from "#server/mapping/infer";
import type { FieldMapping } from "#server/mapping/schema";

const SAMPLES = 200;
/** A field that is empty this often may be missing from the samples by chance. */
const SPARSE = 0.2;

type Look = {
  streamId: string;
  connectionId: ConnectionId;
  object: string;
  /** The mapping in force. */
  fields: readonly FieldMapping[];
  describe: () => Promise<{ fields: SourceField[]; complete: boolean } | null>;
};

/** The newest records as they came: what they hold shows what the source does not say. */
async function samplesOf(ctx: Ctx, streamId: string): Promise<unknown[]> {
  const { environmentId, customerId } = ctx.scope;
  const rows = await readScoped<{ source: string }[]>(
    ctx,
    (sql) => sql`
    select r.source from (
      select external_id, max(seq) as seq from (
        select external_id, seq from changes where stream_id = ${streamId} and environment_id = ${environmentId}
         order by seq desc limit ${SAMPLES * 2}
      ) newest group by external_id order by seq desc limit ${SAMPLES}
    ) c join records r on r.stream_id = ${streamId} and r.external_id = c.external_id
     where r.deleted_at is null and r.environment_id = ${environmentId} and r.customer_id = ${customerId ?? ""}`,
  );
  return rows.map((row) => JSON.parse(row.source) as unknown);
}

/** Where the source does not say itself what there is, a rare field that no sample shows is still believed in. */
function withSparse(now: SourceField[], before: readonly SourceField[]): SourceField[] {
  const known = new Set(now.map((field) => field.path));
  return [...now, ...before.filter((field) => !known.has(field.path) && (field.emptyShare ?? 1) > SPARSE)];
}

/**
 * Takes stock of an account's fields: what the source says, what is declared, what its records show. Keeps it, and notes what has
 * changed for the mapping since the last look; what has become good again, or unread, is settled. Returns the open changes found.
 */
export async function lookAtSchema(ctx: Ctx, look: Look): Promise<Drift[]> {
  const [described, samples] = [await look.describe(), await samplesOf(ctx, look.streamId)];
  const seen = joinFields(described?.fields ?? [], inferFields(samples));
  return withScope(ctx, async (tx) => {
    const [stored] = await tx
      .select({ fields: connectionSchemas.fields })
      .from(connectionSchemas)
      .where(
        and(
          eq(connectionSchemas.connectionId, look.connectionId),
          eq(connectionSchemas.object, look.object),
          eq(connectionSchemas.environmentId, ctx.scope.environmentId),
        ),
      )
      .for("update");
    const before = stored?.fields ?? [];
    const now = described?.complete ? seen : withSparse(seen, before);
    await keep(ctx, tx, look, now);
    const found = driftOf(before, now, look.fields);
    await settleOld(ctx, tx, look, now);
    await noteNew(ctx, tx, look, found);
    return found;
  });
}

async function keep(ctx: Ctx, tx: Tx, { connectionId, object }: Look, fields: SourceField[]): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  if (!customerId) throw new Error("an account's fields belong to a customer");
  await tx
    .insert(connectionSchemas)
    .values({ connectionId, object, environmentId, customerId, fields })
    .onConflictDoUpdate({
      target: [connectionSchemas.connectionId, connectionSchemas.object],
      set: { fields, takenAt: sql`clock_timestamp()` },
    });
}

/** Changes that matter no more: nobody reads the field, or it is there again. */
async function settleOld(ctx: Ctx, tx: Tx, { streamId, fields }: Look, now: readonly SourceField[]): Promise<void> {
  const mine = and(eq(drifts.streamId, streamId as StreamId), eq(drifts.environmentId, ctx.scope.environmentId), eq(drifts.status, "open"));
  const open = await tx.select({ id: drifts.id, kind: drifts.kind, path: drifts.path }).from(drifts).where(mine);
  const read = new Set(fields.flatMap(pathsOf));
  const there = new Set(now.map((field) => field.path));
  const over = open.filter(({ kind, path }) => !read.has(path) || ((kind === "removed" || kind === "renamed") && there.has(path)));
  if (over.length === 0) return;
  await tx
    .update(drifts)
    .set({ status: "gone", settledAt: ctx.clock.now() })
    .where(
      and(
        mine,
        inArray(
          drifts.id,
          over.map((one) => one.id),
        ),
      ),
    );
}

async function noteNew(ctx: Ctx, tx: Tx, { streamId }: Look, found: readonly Drift[]): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  if (found.length === 0 || !customerId) return;
  await tx
    .insert(drifts)
    .values(
      found.map((detail) => ({
        id: newId("drift"),
        environmentId,
        customerId,
        streamId: streamId as StreamId,
        kind: detail.kind,
        path: detail.path,
        detail,
      })),
    )
    .onConflictDoNothing();
}
