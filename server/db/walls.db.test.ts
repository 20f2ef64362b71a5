import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asRetention } from "#server/domains/retention/as-retention";
import { createDatabase } from "#tests/support/postgres";
import { openDatabase } from "./client";
import { asSystem, readScoped } from "./tenancy";

let db: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
beforeAll(async () => {
  db = await createDatabase();
  owner = postgres(db.url, { max: 1 });
});
afterAll(async () => {
  await owner.end();
  await db.drop();
});

test("every table stands behind forced row-level security", async () => {
  const open = await owner`
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`;
  expect(open.map((row) => row["relname"])).toEqual([]);
});

test("no role of ours may bypass the walls, own a table or truncate one", async () => {
  const roles = await owner`select rolname from pg_roles where rolname like 'inlay\\_%' and (rolbypassrls or rolsuper or rolcanlogin)`;
  expect(roles).toHaveLength(0);
  const truncators = await owner`
    select table_name, grantee from information_schema.role_table_grants where privilege_type = 'TRUNCATE' and grantee like 'inlay\\_%'`;
  expect(truncators).toHaveLength(0);
});

test("only the worker reads a customer's secrets", async () => {
  for (const role of ["inlay_web", "inlay_system"]) {
    const sql = postgres(db.url, { max: 1, connection: { role } as Record<string, string> });
    await expect(sql`select secret from credentials`).rejects.toThrow(/permission denied/);
    await expect(sql`select id, version from credentials`).resolves.toHaveLength(0);
    await sql.end();
  }
  const worker = postgres(db.url, { max: 1, connection: { role: "inlay_worker" } as Record<string, string> });
  await expect(worker`select secret from credentials`).resolves.toHaveLength(0);
  await worker.end();
});

test("no statement of the worker goes on for ever, in whatever role; what retention removes takes the time it needs", async () => {
  const worker = openDatabase({ url: db.url, role: "worker", statementMs: 100 });
  const nap = sql`select 1 as slept from pg_sleep(0.5)`;
  const scope = { vendorId: "ven_x", environmentId: "env_x" } as never;
  await expect(readScoped({ db: worker, scope }, (tx) => tx`select pg_sleep(5)`)).rejects.toMatchObject({ code: "57014" });
  await expect(asSystem(worker, "test", (tx) => tx.execute(sql`select pg_sleep(5)`))).rejects.toMatchObject({ cause: { code: "57014" } });
  expect([...(await asRetention(worker, "test", (tx) => tx.execute(nap)))]).toEqual([{ slept: 1 }]);
  // And by itself it is minutes: longer than the longest that the engine has to do.
  const usual = openDatabase({ url: db.url, role: "worker" });
  const [row] = await readScoped({ db: usual, scope }, (tx) => tx<{ ms: string }[]>`select current_setting('statement_timeout') as ms`);
  expect(row?.ms).toBe("5min");
  await Promise.all([worker.close(), usual.close()]);
});
