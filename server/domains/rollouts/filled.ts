import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { streams } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import type { StreamId } from "#server/lib/ids";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import type { Filled } from "./pace";

/** So many streams of a roll-out are looked into, and so many records of each, the same ones each time. */
export const STREAMS = 50;
const RECORDS = 200;

const isFilled = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(isFilled) : value !== null && value !== undefined && value !== "";

/** Of the fields that both versions fill, how often each is filled in a stream's records. */
export async function filledIn(
  ctx: Ctx,
  tx: Tx,
  versions: { from: readonly FieldMapping[]; to: readonly FieldMapping[] },
  ids: readonly StreamId[],
): Promise<Filled> {
  if (ids.length === 0) return {};
  const after = new Set(versions.to.map((field) => field.target));
  const targets = versions.from.flatMap(({ target }) => (after.has(target) ? [{ target, read: compileReader(target) }] : []));
  const rows = await tx
    .select({
      id: streams.id,
      data: sql<Record<string, unknown>[]>`(
        select coalesce(jsonb_agg(n.data), '[]') from (
          select r.data from records r where r.stream_id = ${streams.id} and r.environment_id = ${streams.environmentId} and r.deleted_at is null
           order by r.external_id limit ${RECORDS}) n)`,
    })
    .from(streams)
    .where(
      and(
        eq(streams.environmentId, ctx.scope.environmentId),
        inArray(streams.id, [...ids].slice(0, STREAMS)),
        sql`${streams.mappedVersion} = ${streams.mappingVersion}`, // else what is stored is of another mapping
      ),
    );
  return Object.fromEntries(
    rows.map(({ id, data }) => [
      id,
      {
        records: data.length,
        fields: Object.fromEntries(targets.map(({ target, read }) => [target, data.filter((record) => isFilled(read(record))).length])),
      },
    ]),
  );
}
