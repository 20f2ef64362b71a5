import { sql } from "drizzle-orm";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConsumerRow } from "#server/trpc/views/feed";
import { FEED_DAYS } from "../retention/purge-old";
import { feedEnds, noSuch } from "./internal";

export type { ConsumerRow as Consumer } from "#server/trpc/views/feed";

export type Consumers = { items: ConsumerRow[]; latest: number; oldest: number };

const RISK_DAYS = 7;

type Row = {
  name: string;
  position: string;
  given: string;
  alert: number;
  seen_at: string | null;
  created_at: string;
  key_name: string | null;
  age: string | null;
};

function stateOf(position: number, oldest: number, lagSeconds: number, alertAfterMinutes: number): ConsumerRow["state"] {
  if (position < oldest) return "lost";
  if (lagSeconds > (FEED_DAYS - RISK_DAYS) * 86_400) return "atRisk";
  return lagSeconds > alertAfterMinutes * 60 ? "behind" : "current";
}

function toConsumer(row: Row, { latest, oldest }: { latest: number; oldest: number }): ConsumerRow {
  const position = Number(row.position);
  const lagSeconds = Math.max(0, Math.floor(Number(row.age ?? 0)));
  return {
    name: row.name,
    state: stateOf(position, oldest, lagSeconds, row.alert),
    ...{ position, lagSeconds, unconfirmed: Math.max(0, Number(row.given) - position), lag: Math.max(0, latest - position) },
    alertAfterMinutes: row.alert,
    seenAt: row.seen_at === null ? null : new Date(row.seen_at),
    keyName: row.key_name,
    createdAt: new Date(row.created_at),
  };
}

/** The environment's named readers by name, with how far behind each is, and where the feed begins and ends. One index look-up a reader. */
export function listConsumers(ctx: Ctx, { name = null }: { name?: string | null }): Promise<Consumers> {
  const { environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const ends = await feedEnds(ctx, tx);
    const rows = await tx.execute<Row>(sql`
      select c.name, c.position, c.given, c.alert_after_minutes as alert, c.seen_at, c.created_at, k.name as key_name,
        case when c.position < ${ends.latest} then extract(epoch from now() - coalesce(
          (select f.at from feed_pages f where f.environment_id = c.environment_id and f.position_from <= c.position + 1
            order by f.position_from desc limit 1),
          (select f.at from feed_pages f where f.environment_id = c.environment_id and f.position_from > c.position
            order by f.position_from limit 1))) end as age
        from consumers c left join api_keys k on k.id = c.api_key_id and k.environment_id = c.environment_id
       where c.environment_id = ${environmentId} and (${name}::text is null or c.name = ${name}) order by c.name`);
    return { items: rows.map((row) => toConsumer(row, ends)), ...ends };
  });
}

/** One of {@link listConsumers}; `not_found` when nobody has that name. */
export async function getConsumer(ctx: Ctx, { name }: { name: string }): Promise<ConsumerRow> {
  const [found] = (await listConsumers(ctx, { name })).items;
  if (!found) throw noSuch(name);
  return found;
}
