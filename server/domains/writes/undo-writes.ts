import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId, RunId, StreamId, WriteId } from "#server/lib/ids";
import { findManifests } from "#server/runtime/find-manifest";
import { refOf } from "../streams/internal";
import { leaves, ownRows } from "./internal";

/** Which writes: one, those of a run, or those of a stream from one moment on to another. */
export type WhichWrites = { writeId: WriteId } | { runId: RunId } | { streamId: StreamId; from: Date; to: Date };

type Named = {
  writeId?: WriteId | undefined;
  runId?: RunId | undefined;
  streamId?: StreamId | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};

/** The writes that somebody names; `invalid` when that is not one thing. */
export function whichWrites({ writeId, runId, streamId, from, to }: Named): WhichWrites {
  const named = [writeId, runId, streamId].filter((one) => one !== undefined);
  if (named.length === 1 && writeId) return { writeId };
  if (named.length === 1 && runId) return { runId };
  if (named.length === 1 && streamId && from && to) return { streamId, from, to };
  const message = "Name one write, one run, or a stream with `from` and `to`.";
  throw new AppError("invalid", message, { details: { issues: [{ path: "", message }] } });
}

/** Why a record's writes cannot be taken back. */
export const UNDO_OBSTACLES = {
  changed: "It was written again since.",
  waiting: "A newer change of the record waits to be sent, or for a person.",
  gone: "The record is not linked with one at the third party any more.",
  deletion: "A deletion cannot be taken back. Send the record again.",
  no_before: "The third party did not show what was there before.",
  off: "The stream is turned off.",
  cannot_delete: "The record was made by this, and the connector cannot delete.",
} as const;
export type UndoObstacle = keyof typeof UNDO_OBSTACLES;

export type UndoPlan = {
  /** Writes that are meant and were not taken back yet, and the records they are of. */
  writes: number;
  records: number;
  /** Records that can be, as far as we know: what was changed at the third party since is found when it is looked at, and left alone. */
  possible: number;
  obstacles: { why: UndoObstacle; text: string; records: number; examples: string[] }[];
  /** Whether there are more writes than are looked at in one go: the newest are taken, ask again for the others. */
  more: boolean;
};

const MOST = 10_000;
const EXAMPLES = 5;

type Data = Record<string, unknown>;
type Row = {
  stream_id: StreamId;
  own_id: string;
  customer_id: CustomerId;
  ids: string[];
  first_op: "create" | "update" | "delete";
  deletes: boolean;
  no_before: boolean;
  after: Data[];
  later: (Data | null)[] | null;
  linked: boolean;
  active: boolean;
  waiting: boolean;
  connectorKey: string;
  connectorVersion: number | null;
  object: string;
};

const which = (input: WhichWrites) => {
  if ("writeId" in input) return sql`w.id = ${input.writeId}`;
  if ("runId" in input) return sql`w.run_id = ${input.runId}`;
  return sql`w.stream_id = ${input.streamId} and w.at >= ${input.from.toISOString()}::timestamptz and w.at < ${input.to.toISOString()}::timestamptz`;
};

/** Proves that what is named is in scope. */
async function checkScope(ctx: Ctx, tx: Tx, input: WhichWrites): Promise<void> {
  const [table, id] =
    "writeId" in input ? ["writes", input.writeId] : "runId" in input ? ["runs", input.runId] : ["streams", input.streamId];
  const found = await tx.execute(sql`
    select 1 from ${sql.identifier(table)} x where x.id = ${id} and x.environment_id = ${ctx.scope.environmentId} ${ownRows(ctx, sql`x.customer_id`)}`);
  if (found.length === 0) throw new AppError("not_found", `no ${table.slice(0, -1)} ${id.slice(0, 100)} here`);
}

/** The writes that are meant, by record, with what stands in the way. One statement. */
const candidates = (ctx: Ctx, tx: Tx, input: WhichWrites) =>
  tx.execute<Row>(sql`
    with meant as (
      select * from writes w where w.environment_id = ${ctx.scope.environmentId} ${ownRows(ctx, sql`w.customer_id`)} and ${which(input)}
         and w.undone_at is null and w.undo_of is null order by w.id desc limit ${MOST + 1}
    ), grouped as (
      select stream_id, own_id, customer_id, environment_id, array_agg(id order by id) as ids, (array_agg(op order by id))[1] as first_op,
             bool_or(op = 'delete') as deletes, bool_or(op = 'update' and before is null) as no_before, jsonb_agg(coalesce(after, '{}')) as after
        from meant group by 1, 2, 3, 4
    )
    select g.stream_id, g.own_id, g.customer_id, g.ids, g.first_op, g.deletes, g.no_before, g.after, s.object, s.status = 'active' as active,
           i.connector_key as "connectorKey", i.connector_version as "connectorVersion",
           (select jsonb_agg(w.after) from writes w where w.stream_id = g.stream_id and w.own_id = g.own_id and w.id > g.ids[1]
              and not w.id = any (g.ids) and w.undone_at is null and w.undo_of is null) as later,
           exists (select from links l where l.stream_id = g.stream_id and l.own_id = g.own_id) as linked,
           exists (select from outbox o where o.stream_id = g.stream_id and o.own_id = g.own_id) as waiting
      from grouped g
      join streams s on s.id = g.stream_id and s.environment_id = g.environment_id
      join connections c on c.id = s.connection_id and c.environment_id = s.environment_id
      join integrations i on i.id = c.integration_id and i.environment_id = c.environment_id
     order by g.stream_id, g.own_id`);

const touches = (one: readonly (Data | null)[], other: readonly Data[]): boolean => {
  const places = new Set(other.flatMap((data) => leaves(data)));
  return one.some((data) => data === null || leaves(data).some((place) => places.has(place)));
};

function obstacleOf(row: Row, canDelete: boolean): UndoObstacle | null {
  if (!row.active) return "off";
  if (row.deletes) return "deletion";
  if (!row.linked) return "gone";
  if (row.waiting) return "waiting";
  if (row.later && (row.first_op === "create" || touches(row.later, row.after))) return "changed";
  if (row.first_op === "create") return canDelete ? null : "cannot_delete";
  return row.no_before ? "no_before" : null;
}

type Sorted = { possible: Row[]; plan: UndoPlan };

async function sorted(ctx: Ctx, rows: readonly Row[]): Promise<Sorted> {
  const manifestOf = await findManifests(ctx, rows);
  const possible: Row[] = [];
  const stopped = new Map<UndoObstacle, string[]>();
  for (const row of rows) {
    const why = obstacleOf(row, manifestOf(row)?.objects[row.object]?.writes?.delete !== undefined);
    if (why === null) possible.push(row);
    else stopped.set(why, [...(stopped.get(why) ?? []), row.own_id]);
  }
  const writes = rows.reduce((sum, { ids }) => sum + ids.length, 0);
  const obstacles = [...stopped].map(([why, ids]) => ({
    why,
    text: UNDO_OBSTACLES[why],
    records: ids.length,
    examples: ids.slice(0, EXAMPLES),
  }));
  return { possible, plan: { writes, records: rows.length, possible: possible.length, obstacles, more: writes > MOST } };
}

/** What taking writes back would come to; nothing is done. `not_found` for what is not the caller's. */
export async function planUndo(ctx: Ctx, input: WhichWrites): Promise<UndoPlan> {
  const rows = await withScope(ctx, async (tx) => {
    await checkScope(ctx, tx, input);
    return candidates(ctx, tx, input);
  });
  return (await sorted(ctx, rows)).plan;
}

/**
 * Takes writes back where that is possible: wishes that the streams' next runs carry out. Each record is looked at first, and left alone
 * when what we wrote is not there any more; a person is told which. Answers the plan that was begun.
 */
export async function undoWrites(ctx: Ctx, input: WhichWrites): Promise<UndoPlan> {
  const rows = await withScope(ctx, async (tx) => {
    await checkScope(ctx, tx, input);
    return candidates(ctx, tx, input);
  });
  const { possible, plan } = await sorted(ctx, rows);
  if (possible.length === 0) return plan;
  const given = JSON.stringify(possible.map(({ stream_id, own_id, ids }) => ({ stream_id, own_id, ids })));
  const streams = await withScope(ctx, (tx) =>
    tx.execute<{ id: StreamId; customer_id: CustomerId }>(sql`
      with wished as (
        insert into outbox (stream_id, own_id, environment_id, customer_id, op, version, write_ids)
        select s.id, g.own_id, s.environment_id, s.customer_id, 'undo', coalesce(r.version, 0), array(select jsonb_array_elements_text(g.ids))
          from jsonb_to_recordset(${given}::text::jsonb) as g(stream_id text, own_id text, ids jsonb)
          join streams s on s.id = g.stream_id and s.environment_id = ${ctx.scope.environmentId} ${ownRows(ctx, sql`s.customer_id`)} and s.status = 'active'
          left join own_records r on r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.model_key = s.model_key and r.own_id = g.own_id
         order by s.id, g.own_id
        on conflict (stream_id, own_id) do nothing
        returning stream_id
      )
      select distinct s.id, s.customer_id from wished w join streams s on s.id = w.stream_id`),
  );
  await Promise.all(streams.map((stream) => ctx.keeping.pokeStream(refOf(ctx, { id: stream.id, customerId: stream.customer_id }))));
  return plan;
}
