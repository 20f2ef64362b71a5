import type postgres from "postgres";
import { z } from "zod";
import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import { AppError, type ErrorCode, isAppError } from "#server/lib/errors";
import type { ConnectionId, CustomerId, DriftId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import { DRIFT_KINDS, type Drift } from "#server/mapping/drift";
import { type Overrides, withOverrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import type { StreamChosen } from "../templates/offers";
import type { Direction } from "../templates/schema";
import { pageOf, readMomentCursor, writeCursor } from "../views/keyset";
import { remedyOf } from "./drift-remedy";
import { type DriftRemedy, ValueChoices } from "./schema";
import { settleDrift } from "./settle-drift";

/** One line of the fleet: the same change at many customers. */
export const FleetKey = z.strictObject({
  integrationId: z.string().min(1).max(100),
  object: z.string().min(1).max(200),
  kind: z.enum(DRIFT_KINDS),
  path: z.string().min(1).max(1_000),
});
export type FleetKey = z.infer<typeof FleetKey>;

/** One customer whom it reaches, and what accepting would do for them. */
export type ReachedByDrift = {
  driftId: DriftId;
  customerId: CustomerId;
  customerName: string;
  connectionId: ConnectionId;
  accountLabel: string;
  foundAt: Date;
  remedy: DriftRemedy;
};

type Row = Omit<ReachedByDrift, "foundAt" | "remedy"> & {
  at: string;
  detail: Drift;
  fields: FieldMapping[];
  filter: string | null;
  overrides: Overrides | null;
  model: ModelField[];
  sources: SourceField[];
  chosen: StreamChosen;
  direction: Direction;
};

/** Open changes of one line, with their streams; `not_found` for an integration that is not of the scope. */
const openOf = (sql: postgres.TransactionSql, ctx: Ctx, key: FleetKey) => sql`
  drifts d
    join streams s on s.environment_id = d.environment_id and s.customer_id = d.customer_id and s.id = d.stream_id
    join templates t on t.environment_id = s.environment_id and t.id = s.template_id
   where d.environment_id = ${ctx.scope.environmentId} and d.status = 'open' and t.integration_id = ${key.integrationId}
     and s.object = ${key.object} and d.kind = ${key.kind} and d.path = ${key.path}`;

async function checkIntegration(ctx: Ctx, { integrationId }: FleetKey): Promise<void> {
  const [row] = await readScoped<{ id: string }[]>(
    ctx,
    (sql) => sql`select id from integrations where environment_id = ${ctx.scope.environmentId} and id = ${integrationId}`,
  );
  if (!row) throw new AppError("not_found", `no integration ${integrationId} here`);
}

/** Everybody whom one change at the source reaches, the last first, each with what accepting its remedy would do for them. */
export async function driftReach(
  ctx: Ctx,
  { cursor, limit, ...key }: FleetKey & { cursor?: string | undefined; limit: number },
): Promise<{ items: ReachedByDrift[]; next: string | null }> {
  await checkIntegration(ctx, key);
  const after = readMomentCursor(cursor);
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select o.*, cu.name as "customerName", c.account_label as "accountLabel", coalesce(m.fields, '[]') as fields, m.filter, x.overrides,
           coalesce(mo.fields, '[]') as model, coalesce(cs.fields, '[]') as sources
      from (
        select d.id as "driftId", d.customer_id as "customerId", d.stream_id, d.environment_id, d.detail, d.found_at::text as at, d.found_at, d.id,
               s.connection_id as "connectionId", s.template_id, s.key, s.template_version, s.model_key, s.object, s.direction, coalesce(s.chosen, '{}') as chosen
          from ${openOf(sql, ctx, key)}
           ${after ? sql`and (d.found_at, d.id) < (${after.at}::text::timestamptz, ${after.id})` : sql``}
         order by d.found_at desc, d.id desc limit ${limit + 1}
      ) o
      join customers cu on cu.environment_id = o.environment_id and cu.id = o."customerId"
      join connections c on c.environment_id = o.environment_id and c.id = o."connectionId"
      left join mappings m on m.environment_id = o.environment_id and m.template_id = o.template_id and m.stream_key = o.key and m.version = o.template_version
      left join models mo on mo.environment_id = o.environment_id and mo.key = o.model_key
      left join connection_schemas cs on cs.environment_id = o.environment_id and cs.connection_id = o."connectionId" and cs.object = o.object
      left join lateral (
        select y.overrides from stream_overrides y where y.environment_id = o.environment_id and y.stream_id = o.stream_id order by y.n desc limit 1
      ) x on true
     order by o.found_at desc, o.id desc`,
  );
  const page = pageOf(rows, limit, ({ at, driftId }) => writeCursor(at, driftId));
  return { next: page.next, items: page.items.map(viewOf) };
}

function viewOf({ driftId, customerId, customerName, connectionId, accountLabel, at, ...row }: Row): ReachedByDrift {
  const { detail, fields, overrides, filter, chosen, model, sources, direction } = row;
  const inForce = withOverrides(fields, overrides ?? {});
  const remedy = remedyOf(detail, { inForce, filter: direction === "push" ? null : filter, only: chosen.only, model, sources, direction });
  return { ...{ driftId, customerId, customerName, connectionId, accountLabel, remedy }, foundAt: new Date(at) };
}

/** Settled by one call at most; the caller goes on until `after` is null. */
const AT_ONCE = 20;

export type SettledEverywhere = {
  accepted: number;
  /** Where one click was not enough: why, in the words of {@link settleDrift}. They stay open. */
  left: { driftId: string; customerName: string; message: string }[];
  /** Where to go on; null = there is no more. */
  after: string | null;
};

/** Refusals that concern one customer; anything else ends the call. */
const THEIRS: readonly ErrorCode[] = ["invalid", "conflict", "not_found", "config_invalid"];

/**
 * Accepts the remedy of one change for the next {@link AT_ONCE} customers whom it reaches, as `settleDrift` does for one: each is a revision
 * of that customer's mapping, and can be gone back from. `to` says what new values are, the same for all.
 */
export async function settleDriftEverywhere(
  ctx: Ctx,
  { to, after, ...key }: FleetKey & { to?: ValueChoices | undefined; after?: string | undefined },
): Promise<SettledEverywhere> {
  await checkIntegration(ctx, key);
  const rows = await readScoped<{ id: DriftId; customerName: string }[]>(
    ctx,
    (sql) => sql`
    select o.id, cu.name as "customerName"
      from (select d.id, d.customer_id, d.environment_id from ${openOf(sql, ctx, key)} and d.id > ${after ?? ""} order by d.id limit ${AT_ONCE + 1}) o
      join customers cu on cu.environment_id = o.environment_id and cu.id = o.customer_id
     order by o.id`,
  );
  const done: SettledEverywhere = { accepted: 0, left: [], after: null };
  for (const { id: driftId, customerName } of rows.slice(0, AT_ONCE)) {
    try {
      await settleDrift(ctx, { driftId, act: "accept", to });
      done.accepted++;
    } catch (error) {
      if (!isAppError(error) || !THEIRS.includes(error.code)) throw error;
      done.left.push({ driftId, customerName, message: error.message });
    }
  }
  if (rows.length > AT_ONCE) done.after = rows[AT_ONCE - 1]?.id ?? null;
  return done;
}

export const SettleEverywhere = FleetKey.extend({ to: ValueChoices.optional(), after: z.string().max(100).optional() });
