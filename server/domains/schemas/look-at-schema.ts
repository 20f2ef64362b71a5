import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectionSchemas, connections } from "#server/db/schema";
import { readScoped, withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId } from "#server/lib/ids";
import type { SourceField, StoredSample } from "#server/lib/source-field";
import { type Drift, driftOf } from "#server/mapping/drift";
import { inferFields, joinFields } from "#server/mapping/infer";
import type { Described } from "#server/runtime/describe";
import { mappingsOver } from "./internal";
import { noteDrifts, type Over } from "./note-drifts";

const SAMPLES = 200;
/** A field that is empty this often may be missing from the samples by chance. */
const SPARSE = 0.2;

type Look = {
  connectionId: ConnectionId;
  object: string;
  /** What the source says of its fields; null = it says nothing. */
  described: Described | null;
  /** Records that were just read; those that are stored are looked at as well. */
  fresh?: readonly unknown[];
  /** Records to keep for trying mappings on; not given = those that are kept stay. */
  samples?: StoredSample[];
  /** Given with samples: whether these do not show a field that the account may have filled. */
  unread?: (path: string) => boolean;
};

/** The newest records as they came: what they hold shows what the source does not say. */
async function storedSamples(ctx: Ctx, over: readonly Over[]): Promise<unknown[]> {
  const { environmentId, customerId } = ctx.scope;
  const fullest = over.reduce<Over | null>((best, one) => (one.records > (best?.records ?? -1) ? one : best), null);
  if (!fullest) return [];
  const { streamId } = fullest;
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

/** Fields that records show, but for those that the source would have described if they were still there: stored records are old. */
function stillThere(shown: SourceField[], described: Described | null): SourceField[] {
  if (!described?.complete || described.prefix === undefined) return shown;
  const { fields, prefix } = described;
  const known = new Set(fields.map((field) => field.path));
  return shown.filter(({ path }) => known.has(path) || !path.startsWith(prefix) || /[.[]/.test(path.slice(prefix.length)));
}

/** What the source describes and these records do not hold, because it was never asked for, is known by what others showed. */
function withShown(now: SourceField[], before: readonly SourceField[]): SourceField[] {
  const known = new Map(before.map((field) => [field.path, field]));
  return now.map((field) => {
    const { example, emptyShare } = known.get(field.path) ?? {};
    if (field.emptyShare !== undefined || emptyShare === undefined) return field;
    return { ...field, emptyShare, ...(example === undefined || field.example !== undefined ? {} : { example }) };
  });
}

const unreadBefore = (before: readonly SourceField[]) => {
  const paths = new Set(before.flatMap(({ path, unread }) => (unread ? [path] : [])));
  return (path: string) => paths.has(path);
};

const withUnread = (fields: readonly SourceField[], unread: (path: string) => boolean): SourceField[] =>
  fields.map(({ unread: _, ...field }) => (unread(field.path) ? { ...field, unread: true as const } : field));

/** What changed for one stream. A first look, taken before the stream was on and by samples only, proves nothing about it. */
function driftFor(
  over: Over,
  before: { fields: SourceField[]; takenAt: Date } | undefined,
  now: SourceField[],
  complete: boolean,
): Drift[] {
  const known = before !== undefined && (complete || over.since === null || over.since <= before.takenAt);
  return known ? driftOf(before.fields, now, over, complete) : [];
}

/**
 * Takes stock of an account's fields: what the source says, what is declared, what its records show. Keeps it, and notes for every
 * stream over it what has changed for its mapping since the last look; what has become good again, or unread, is settled. Keeps
 * nothing of an account that was disconnected meanwhile. Returns the changes found.
 */
export async function lookAtSchema(ctx: Ctx, look: Look): Promise<Drift[]> {
  const { described } = look;
  const over = (await mappingsOver(ctx, look.connectionId, { object: look.object })).filter((one): one is Over => one.streamId !== null);
  const samples = [...(look.fresh ?? []), ...(await storedSamples(ctx, over))];
  const seen = joinFields(described?.fields ?? [], stillThere(inferFields(samples), described));
  return withScope(ctx, async (tx) => {
    if (!(await isConnected(ctx, tx, look.connectionId))) return [];
    const [before] = await tx
      .select({ fields: connectionSchemas.fields, takenAt: connectionSchemas.takenAt })
      .from(connectionSchemas)
      .where(
        and(
          eq(connectionSchemas.connectionId, look.connectionId),
          eq(connectionSchemas.object, look.object),
          eq(connectionSchemas.environmentId, ctx.scope.environmentId),
        ),
      )
      .for("update");
    const complete = described?.complete ?? false;
    const old = before?.fields ?? [];
    const now = withUnread(withShown(complete ? seen : withSparse(seen, old), old), look.unread ?? unreadBefore(old));
    await keep(ctx, tx, look, now);
    const found = over.map((one) => ({ streamId: one.streamId, drifts: driftFor(one, before, now, complete) }));
    await noteDrifts(ctx, tx, over, { before: before?.fields ?? [], after: now, complete }, found);
    return found.flatMap((one) => one.drifts);
  });
}

/** Held until the transaction ends: a disconnect comes before or after it, and purges what it finds. */
async function isConnected(ctx: Ctx, tx: Tx, connectionId: ConnectionId): Promise<boolean> {
  const [row] = await tx
    .select({ status: connections.status })
    .from(connections)
    .where(and(eq(connections.id, connectionId), eq(connections.environmentId, ctx.scope.environmentId)))
    .for("share");
  return row !== undefined && row.status !== "disconnected";
}

async function keep(ctx: Ctx, tx: Tx, { connectionId, object, samples }: Look, fields: SourceField[]): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  if (!customerId) throw new Error("an account's fields belong to a customer");
  const kept = samples ? { samples } : {};
  await tx
    .insert(connectionSchemas)
    .values({ connectionId, object, environmentId, customerId, fields, ...kept })
    .onConflictDoUpdate({
      target: [connectionSchemas.connectionId, connectionSchemas.object],
      set: { fields, takenAt: sql`clock_timestamp()`, ...kept },
    });
}
