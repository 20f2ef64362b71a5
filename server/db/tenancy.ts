import { sql } from "drizzle-orm";
import type postgres from "postgres";
import type { Scope } from "#server/lib/context";
import type { CustomerId } from "#server/lib/ids";
import { DatabaseSilent } from "#server/lib/outage";
import type { Database, Orm, Tx } from "./client";

/** The part of a context that the doors below need. */
type Holder = { db: Database; scope: Scope };

const scopeSettings = (vendorId: string, environmentId: string, customerId: string) =>
  sql`select set_config('app.vendor_id', ${vendorId}, true), set_config('app.environment_id', ${environmentId}, true), set_config('app.customer_id', ${customerId}, true)`;

/** The answer of `work`, or {@link DatabaseSilent} when it takes longer than the database's patience. */
function withPatience<T>({ patienceMs }: Database, work: (isLate: () => boolean) => Promise<T>): Promise<T> {
  if (patienceMs === null) return work(() => false);
  return new Promise<T>((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new DatabaseSilent(patienceMs));
    }, patienceMs);
    work(() => late)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** One transaction. What comes to its end only after the caller was told of an outage is rolled back. */
function transact<T>(db: Database, orm: Orm, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return withPatience(db, (isLate) =>
    orm.transaction(async (tx) => {
      const result = await fn(tx);
      if (isLate()) throw new Error("nobody waits for this any more");
      return result;
    }),
  );
}

/**
 * Runs `fn` in one transaction that sees the scope's environment and nothing else; narrowed to one customer when the
 * scope names one. The settings end with the transaction, so a pooled connection carries nothing over.
 */
export function withScope<T>(ctx: Holder, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  return transact(ctx.db, ctx.db.orm, async (tx) => {
    await tx.execute(scopeSettings(vendorId, environmentId, customerId ?? ""));
    return fn(tx);
  });
}

/** {@link withScope}, narrowed to one customer of the scope's environment. */
export function withCustomer<T>(ctx: Holder, customerId: CustomerId, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return withScope({ db: ctx.db, scope: { ...ctx.scope, customerId } }, fn);
}

/**
 * One hand-written read in scope, in one round trip: settings and statement are sent together.
 * `query` gets the transaction's client and returns the pending statement.
 */
export async function readScoped<R extends readonly object[]>(
  ctx: Holder,
  query: (tx: postgres.TransactionSql) => postgres.PendingQuery<R & postgres.MaybeRow[]>,
): Promise<R> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  const [, rows] = await withPatience(ctx.db, () =>
    ctx.db.raw.begin((tx) => [
      tx`select set_config('app.vendor_id', ${vendorId}, true), set_config('app.environment_id', ${environmentId}, true), set_config('app.customer_id', ${customerId ?? ""}, true)`,
      query(tx),
    ]),
  );
  return rows as unknown as R;
}

const SETTINGS = ["app.vendor_id", "app.environment_id", "app.customer_id"];
const ENTER = SETTINGS.map((name, index) => `set_config('${name}', $${index + 1}, true) is not null`).join(" and ");

/**
 * One hand-written read in scope that gives one text: settings and statement are one statement, prepared, in one round trip.
 * `query` gives one row of one text; its values are text, `$4` and on. The settings stand in the condition of a CASE, hence come
 * first; were they ever to come later, the walls would hide every row.
 */
export async function readScopedText(ctx: Holder, query: string, values: readonly (string | null)[]): Promise<string | null> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  const statement = `select case when ${ENTER} then (${query}) end as text`;
  const given = [vendorId, environmentId, customerId ?? "", ...values];
  const [row] = await withPatience(ctx.db, () => ctx.db.raw.unsafe<{ text: string | null }[]>(statement, given, { prepare: true }));
  return row?.text ?? null;
}

/**
 * The way around the walls, for what has to look before a scope is known (a key, a token, a state) or across all of
 * them (the reconciler). `reason` is for the reader and for the lint list in docs/rules.md.
 */
export function asSystem<T>(db: Database, _reason: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, db.system, fn);
}

/**
 * {@link asSystem} for one hand-written statement: prepared, committed by itself, one round trip. `values` are text, in the
 * order of `$1`, `$2` ….
 */
export async function systemStatement<R extends object>(db: Database, _reason: string, text: string, values: string[]): Promise<R[]> {
  return [...(await withPatience(db, () => db.systemRaw.unsafe<R[]>(text, values, { prepare: true })))];
}
