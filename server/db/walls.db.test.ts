import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase } from "#tests/support/postgres";

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
