import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { migrateDatabase } from "#server/db/migrate";
import { preparePostgres } from "../../scripts/lib/postgres.mjs";
import { ensureDatabase } from "../../scripts/lib/ready.mjs";

export type Cluster = { url: string; stop(): Promise<void> };

/** Below the ports that the system gives to outgoing connections: one of those may be taken between the asking and the using. */
const PORTS = { first: 12_000, count: 20_000 };

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A port that nobody listens at, drawn at random, so that others who draw at the same time have another one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
}

/**
 * A throw-away Postgres with one migrated database, `template_inlay`, from which {@link createDatabase} clones. `durable`
 * leaves the server's settings as they come, for measurements.
 */
export async function startCluster({ durable = false } = {}): Promise<Cluster> {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-pg-"));
  chmodSync(dir, 0o755); // as root the server runs as another user, who has to get in
  const port = await freePort();
  const prepared = await preparePostgres({ dir: path.join(dir, "data"), port, password: "test", fast: !durable });
  const server = spawn(prepared.command, prepared.args, { ...prepared.spawn, stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  server.stderr?.on("data", (chunk) => said.push(String(chunk)));
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const deadline = Date.now() + 30_000;
  while (!(await ensureDatabase(prepared.url("postgres"), "template_inlay"))) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`Postgres did not start:\n${said.slice(-20).join("")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await migrateDatabase(prepared.url("template_inlay"), path.resolve("drizzle"));
  return {
    url: prepared.url("").replace(/\/$/, ""),
    async stop() {
      server.kill("SIGQUIT"); // nothing here is worth a checkpoint
      await ended;
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
