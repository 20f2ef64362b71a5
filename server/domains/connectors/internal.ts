import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectorVersions } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Actor, Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { Manifest } from "#server/runtime/manifest";
import type { Breaking } from "./compare-manifests";

export type StoredVersion = typeof connectorVersions.$inferSelect;

/** The rows of one of the vendor's connectors. */
export const ofKey = (ctx: Ctx, key: string): SQL | undefined =>
  and(eq(connectorVersions.vendorId, ctx.scope.vendorId), eq(connectorVersions.key, key));

export const actorName = (actor: Actor): string =>
  actor.type === "member" ? actor.email : actor.type === "apiKey" ? "API key" : actor.type;

/** One at a time may change a connector of this vendor. */
export const lockKey = (tx: Tx, ctx: Ctx, key: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${ctx.scope.vendorId} ${key}`}, 7))`);

export async function versionOf(tx: Tx, ctx: Ctx, key: string, version: number): Promise<StoredVersion> {
  const [row] = await tx
    .select()
    .from(connectorVersions)
    .where(and(ofKey(ctx, key), eq(connectorVersions.version, version)));
  if (!row) throw new AppError("not_found", `There is no version ${version} of the connector "${key.slice(0, 60)}" here.`);
  return row;
}

/** A stored manifest as the runtime takes it. Throws `config_invalid` for one that was fine once and is not any more. */
export function manifestIn(row: Pick<StoredVersion, "key" | "version" | "manifest">): Manifest {
  const parsed = Manifest.safeParse(row.manifest);
  if (parsed.success) return parsed.data;
  throw new AppError(
    "config_invalid",
    `Version ${row.version} of "${row.key}" does not fit any more: upload it again and see what to correct.`,
  );
}

export type Reach = { connections: number; streams: number };
/** Who uses one of the vendor's connectors, in both of its environments. `pinned`: versions that integrations stay with. */
export type Users = Reach & {
  integrations: number;
  following: number;
  pinned: number[];
  byAuth: Record<string, Reach>;
  byObject: Record<string, Reach>;
};

export async function usersOf(ctx: Ctx, key: string): Promise<Users> {
  const rows = await asSystem(ctx.db, "a connector is its vendor's, in all of its environments", (tx) =>
    tx.execute<Users>(sql`
      with used as (
        select i.id as integration, i.auth_key, i.connector_version, c.id as connection, s.id as stream, s.object
          from integrations i
          join environments e on e.id = i.environment_id and e.vendor_id = ${ctx.scope.vendorId}
          left join connections c on c.environment_id = i.environment_id and c.integration_id = i.id and c.status <> 'disconnected'
          left join streams s on s.environment_id = c.environment_id and s.connection_id = c.id and s.status = 'active'
         where i.connector_key = ${key}
      )
      select count(distinct integration)::int as integrations, count(distinct connection)::int as connections, count(distinct stream)::int as streams,
             count(distinct integration) filter (where connector_version is null)::int as following,
             coalesce(jsonb_agg(distinct connector_version) filter (where connector_version is not null), '[]') as pinned,
             (select coalesce(jsonb_object_agg(auth_key, jsonb_build_object('connections', connections, 'streams', streams)), '{}') from (
                select auth_key, count(distinct connection)::int as connections, count(distinct stream)::int as streams from used group by 1) a) as "byAuth",
             (select coalesce(jsonb_object_agg(object, jsonb_build_object('connections', connections, 'streams', streams)), '{}') from (
                select object, count(distinct connection)::int as connections, count(distinct stream)::int as streams from used
                 where object is not null group by 1) o) as "byObject"
        from used`),
  );
  const [users] = rows;
  return users ?? { integrations: 0, following: 0, connections: 0, streams: 0, pinned: [], byAuth: {}, byObject: {} };
}

export type Affected = Breaking & Reach;

const NOBODY: Reach = { connections: 0, streams: 0 };

/** Each breaking change with how many connections and streams it touches. */
export const affectedBy = (breaking: readonly Breaking[], users: Users): Affected[] =>
  breaking.map((one) => {
    const reach = one.object !== null ? users.byObject[one.object] : one.authKey !== null ? users.byAuth[one.authKey] : users;
    const { connections, streams } = reach ?? NOBODY;
    return { ...one, connections, streams };
  });
