import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { corrections } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import { authorOf } from "#server/domains/mappings/internal";
import type { ModelField } from "#server/domains/models/schema";
import { digestReader } from "#server/domains/streams/corrected";
import { refOf, type StreamRow } from "#server/domains/streams/internal";
import { type InForce, readInForce } from "#server/domains/views/in-force";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { recordId, type StreamId } from "#server/lib/ids";
import { fitOf } from "#server/mapping/fits";
import { misfitWords } from "#server/mapping/misfit-words";
import { typed } from "#server/mapping/typed";
import { sayTo } from "#server/words/reader";
import { auditHeld, goOn, lockTaking, type Settled, wishAgain } from "./held-which";

/** One field of one record, by the record's id at the source and the key of the model's field. */
export type WhichField = { streamId: StreamId; externalId: string; field: string };

/** Corrections of one stream: they are read with every leg. */
const MOST = 1_000;
const MOST_BYTES = 65_536;

const refuse = (message: string, said = false) =>
  new AppError("invalid", message, { details: { issues: [{ path: "value", message }], ...(said ? { said } : {}) } });

/** The value as it is stored; `invalid`, in the reader's words, when the model does not take it. */
function checked(ctx: Ctx, shape: ModelField, given: unknown): unknown {
  const value = typed(given, shape);
  const reason = value === null ? "is empty" : fitOf(shape)(value);
  if (reason === null && Buffer.byteLength(JSON.stringify(value)) <= MOST_BYTES) return value;
  if (ctx.actor.type !== "customer") throw refuse(`${shape.key} ${reason ?? "is too large"}`);
  const say = sayTo(ctx);
  const shown = typeof given === "string" ? given.slice(0, 40) : JSON.stringify(given ?? null).slice(0, 40);
  throw refuse(value === null ? say("problems.empty_value") : `${misfitWords(shape, value, shown, say)}.`, true);
}

/** What is held or stored of the record, as it came; `not_found` when nothing is. */
async function sourceOf(ctx: Ctx, tx: Tx, stream: StreamRow, externalId: string): Promise<{ source: unknown; held: boolean }> {
  const { environmentId } = ctx.scope;
  const [row] = await tx.execute<{ source: string; held: boolean; field: string | null }>(sql`
    select q.source, true as held, q.field from quarantine q where q.stream_id = ${stream.id} and q.environment_id = ${environmentId} and q.external_id = ${externalId}
    union all
    select r.source, false, '' from records r where r.stream_id = ${stream.id} and r.environment_id = ${environmentId} and r.external_id = ${externalId} and r.deleted_at is null
     order by held desc limit 1`);
  if (!row) throw new AppError("not_found", "no such record here");
  if (row.field === null) throw new AppError("conflict", "what was sent for this record could not be read; there is nothing to correct");
  return { source: JSON.parse(row.source) as unknown, held: row.held };
}

/** The field, if this reader may correct it: one that keeps the record back, or was corrected before. */
function shapeOf(
  ctx: Ctx,
  mapping: InForce | undefined,
  field: string,
  at: { source: unknown; held: boolean; known: boolean },
): ModelField {
  const shape = mapping?.model.get(field);
  const hidden = ctx.actor.type === "customer" && mapping?.hidden.has(field);
  if (!mapping || !shape || hidden || field.includes("[]")) throw refuse("this field cannot be corrected by itself");
  const faults = at.held ? (mapping.mapping?.attempt(at.source).faults ?? []) : [];
  if (!at.known && !faults.some((fault) => fault.field === field)) throw refuse("this field does not keep the record back");
  return shape;
}

/**
 * Gives a value for a field that keeps a record back. It counts for this record until the source itself says something else of the field, and the record is tried
 * again with it at once. `invalid` for a value that the model does not take, or a field that is not at fault.
 */
export async function correctRecord(ctx: Ctx, input: WhichField & { value: unknown }): Promise<Settled> {
  const mapping = (await readInForce(ctx, [input.streamId])).get(input.streamId);
  const { stream, paused } = await withScope(ctx, async (tx) => {
    const stream = await lockTaking(ctx, tx, input.streamId);
    if (stream.direction === "push") throw new AppError("conflict", "this stream only writes; send your record with another value");
    const at = await sourceOf(ctx, tx, stream, input.externalId);
    const [counted] = await tx.execute<{ all: number; known: boolean }>(sql`
      select count(*)::int as all, coalesce(bool_or(external_id = ${input.externalId} and field = ${input.field}), false) as known
        from corrections where stream_id = ${stream.id} and environment_id = ${stream.environmentId}`);
    const known = counted?.known ?? false;
    const value = checked(ctx, shapeOf(ctx, mapping, input.field, { ...at, known }), input.value);
    if (!known && (counted?.all ?? 0) >= MOST)
      throw new AppError("quota_exceeded", `a stream takes ${MOST} corrections; change its mapping instead`);
    const row = { value, was: digestReader(mapping?.fields.get(input.field))(at.source), author: authorOf(ctx) };
    const { environmentId, customerId } = stream;
    await tx
      .insert(corrections)
      .values({ streamId: stream.id, externalId: input.externalId, field: input.field, environmentId, customerId, ...row })
      .onConflictDoUpdate({
        target: [corrections.streamId, corrections.externalId, corrections.field],
        set: { ...row, at: sql`clock_timestamp()` },
      });
    await again(ctx, tx, stream, input.externalId, "record.corrected");
    return { stream, paused: await goOn(ctx, tx, stream) };
  });
  return { records: 1, paused, engineReachable: await ctx.keeping.pokeStream(refOf(ctx, stream)) };
}

async function again(ctx: Ctx, tx: Tx, stream: StreamRow, externalId: string, action: string): Promise<void> {
  await wishAgain(ctx, tx, stream, sql`select ${externalId}::text as external_id`);
  await auditHeld(ctx, tx, stream, action, recordId(stream.id, externalId));
}

/** Takes a correction away: the field has what the source says again. `not_found` when there is none. */
export async function uncorrectRecord(ctx: Ctx, input: WhichField): Promise<Settled> {
  const { stream, paused } = await withScope(ctx, async (tx) => {
    const stream = await lockTaking(ctx, tx, input.streamId);
    const gone = await tx
      .delete(corrections)
      .where(
        and(
          eq(corrections.streamId, stream.id),
          eq(corrections.environmentId, ctx.scope.environmentId),
          eq(corrections.externalId, input.externalId),
          eq(corrections.field, input.field),
        ),
      )
      .returning({ field: corrections.field });
    if (gone.length === 0) throw new AppError("not_found", "no such correction here");
    await again(ctx, tx, stream, input.externalId, "record.uncorrected");
    return { stream, paused: stream.pauseReasons.length > 0 };
  });
  return { records: 1, paused, engineReachable: await ctx.keeping.pokeStream(refOf(ctx, stream)) };
}
