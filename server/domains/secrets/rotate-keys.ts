import { type SQL, sql } from "drizzle-orm";
import { environments } from "#server/db/schema";
import { asSystem, withScope } from "#server/db/tenancy";
import type { Deps, Scope } from "#server/lib/context";
import type { Sealed } from "#server/lib/vault";

const BATCH = 500;
const PAUSE_MS = 3_600_000;

/** A column of secrets that stay: whose it is, and under which name and version it was sealed. */
type Column = { table: SQL; column: SQL; id: SQL; customer: SQL; owner: SQL; field: string; version: SQL; also?: (keyId: string) => SQL };

/** What lives for a fortnight at most (calls, answers, sign-ins under way) is not wrapped anew: its key goes after it. */
const COLUMNS: Column[] = [
  {
    ...{ table: sql`credentials`, column: sql`secret`, id: sql`id`, customer: sql`customer_id`, owner: sql`connection_id` },
    ...{ field: "secret", version: sql`version`, also: (keyId) => sql`, key_id = ${keyId}` },
  },
  // Meant to follow the version it was kept under; of use to none other.
  {
    ...{ table: sql`credentials`, column: sql`orphan`, id: sql`id`, customer: sql`customer_id`, owner: sql`connection_id` },
    ...{ field: "orphan", version: sql`version` },
  },
  {
    ...{ table: sql`integrations`, column: sql`client_secret`, id: sql`id`, customer: sql`''`, owner: sql`id` },
    ...{ field: "client_secret", version: sql`1` },
  },
  ...[sql`secret`, sql`previous_secret`].map((column) => ({
    ...{ table: sql`webhook_endpoints`, column, id: sql`id`, customer: sql`''`, owner: sql`id` },
    ...{ field: "secret", version: sql`1` },
  })),
  {
    ...{ table: sql`inbound_endpoints`, column: sql`secret`, id: sql`id`, customer: sql`coalesce(customer_id, '')`, owner: sql`id` },
    ...{ field: "secret", version: sql`1` },
  },
  {
    ...{
      table: sql`webhook_subscriptions`,
      column: sql`told`,
      id: sql`connection_id`,
      customer: sql`customer_id`,
      owner: sql`endpoint_id`,
    },
    ...{ field: "subscription", version: sql`1` },
  },
];

type Found = { id: string; customerId: string; ownerId: string; version: number; sealed: Sealed };
type Work = Pick<Deps, "db" | "vault" | "log">;

const pausedUntil = new WeakMap<Deps["db"], number>();

const everyEnvironment = (deps: Work): Promise<Scope[]> =>
  asSystem(deps.db, "key rotation: every environment, to look into each by itself", (tx) =>
    tx.select({ vendorId: environments.vendorId, environmentId: environments.id }).from(environments),
  );

const found = (deps: Work, scope: Scope, one: Column, former: string[], after: string) =>
  withScope({ db: deps.db, scope }, (tx) =>
    tx.execute<Found>(sql`
      select ${one.id} as id, ${one.customer} as "customerId", ${one.owner} as "ownerId", ${one.version} as version, ${one.column} as sealed
        from ${one.table}
       where environment_id = ${scope.environmentId} and split_part(${one.column}, '.', 2) in ${former} and ${one.id} > ${after}
       order by ${one.id} limit ${BATCH}`),
  );

/** What somebody has written meanwhile is under the current key already, and stays as it is. */
const put = (deps: Work, scope: Scope, one: Column, { id, sealed: was }: Found, sealed: Sealed) =>
  withScope({ db: deps.db, scope }, (tx) =>
    tx.execute(sql`
      update ${one.table} set ${one.column} = ${sealed}${one.also?.(deps.vault.currentKeyId) ?? sql``}
       where environment_id = ${scope.environmentId} and ${one.id} = ${id} and ${one.column} = ${was}`),
  );

async function rotateColumn(deps: Work, scope: Scope, one: Column, former: string[], total: { wrapped: number; failed: number }) {
  for (let after = ""; ; ) {
    const rows = await found(deps, scope, one, former, after);
    for (const row of rows) {
      const { customerId, ownerId, version } = row;
      const context = { environmentId: scope.environmentId, customerId, ownerId, version, field: one.field };
      try {
        await put(deps, scope, one, row, deps.vault.rewrap(row.sealed, context));
        total.wrapped++;
      } catch (error) {
        total.failed++;
        deps.log.error({ err: error, id: row.id, field: one.field }, "a secret could not be wrapped under the current key");
      }
    }
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last.id;
  }
}

/**
 * Worker: wraps the data keys of all secrets that stay under the current key, where a former one is still configured. The secrets
 * themselves are not decrypted. Everybody goes on reading meanwhile; stopped half way, the next call goes on; once done, it looks
 * again in an hour. `failed` could not be opened and keep their key. `pauseMs` is for tests.
 */
export async function rotateKeys(
  deps: Work & Pick<Deps, "clock">,
  { pauseMs = PAUSE_MS }: { pauseMs?: number } = {},
): Promise<{ wrapped: number; failed: number }> {
  const total = { wrapped: 0, failed: 0 };
  const former = deps.vault.keyIds.filter((id) => id !== deps.vault.currentKeyId);
  const now = deps.clock.now().getTime();
  if (former.length === 0 || now < (pausedUntil.get(deps.db) ?? 0)) return total;
  for (const scope of await everyEnvironment(deps)) for (const one of COLUMNS) await rotateColumn(deps, scope, one, former, total);
  pausedUntil.set(deps.db, now + pauseMs);
  if (total.wrapped > 0) deps.log.info(total, "secrets are wrapped under the current key");
  return total;
}
