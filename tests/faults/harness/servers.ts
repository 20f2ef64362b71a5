import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrateDatabase } from "#server/db/migrate";
import { eventually, stopChild } from "#tests/support/live";
import { freePort } from "#tests/support/postgres";
import { SEARCH_ATTRIBUTES } from "#workflows/contract";
import { homeOf } from "../../../scripts/lib/paths.mjs";
import { preparePostgres } from "../../../scripts/lib/postgres.mjs";
import { ensureDatabase } from "../../../scripts/lib/ready.mjs";
import { provideTemporal } from "../../../scripts/lib/temporal.mjs";
import { temporalArgs, temporalReady } from "../../../scripts/lib/temporal-server.mjs";

/** A server of ours that can die and come back on the same port with the same data. */
export type Server = {
  port: number;
  pid(): number;
  /** What it has said on its error stream. */
  said(): string;
  dir: string;
  /** SIGKILL, as a power cut would; waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it (again) and waits until it answers. Returns ms. */
  start(): Promise<number>;
  stop(): Promise<void>;
};

export type PostgresServer = Server & { url: string };
export type TemporalServer = Server & { address: string; wipe(): void };

type Plan = { what: string; port: number; dir: string; launch(): ChildProcess; ready(): Promise<boolean> };

function serverOf(plan: Plan): Server {
  let child: ChildProcess | null = null;
  const said: string[] = [];
  const kill = async () => {
    if (child) await stopChild(child);
    child = null;
  };
  return {
    port: plan.port,
    dir: plan.dir,
    pid: () => child?.pid ?? 0,
    said: () => said.join(""),
    kill,
    async start() {
      const since = performance.now();
      const started = plan.launch();
      child = started;
      started.stderr?.on("data", (chunk) => said.push(String(chunk)) > 2_000 && said.shift());
      await eventually(
        () => plan.ready(),
        (ready) => {
          if (started.exitCode !== null) throw new Error(`${plan.what} did not start:\n${said.slice(-20).join("")}`);
          return ready;
        },
        60_000,
      );
      return performance.now() - since;
    },
    async stop() {
      await kill();
      rmSync(plan.dir, { recursive: true, force: true });
    },
  };
}

/** A Postgres that keeps what it has acknowledged (fsync on), in `dir` or a directory of its own, with a migrated `inlay`. */
export async function startPostgres(
  dir = mkdtempSync(path.join(tmpdir(), "inlay-faults-pg-")),
  extra: string[] = [],
): Promise<PostgresServer> {
  chmodSync(dir, 0o755); // as root it runs as another user, who has to get in
  const port = await freePort();
  const prepared = await preparePostgres({ dir: path.join(dir, "data"), port, password: "test" });
  const args = [...prepared.args, ...extra.flatMap((setting) => ["-c", setting])];
  const server = serverOf({
    what: "Postgres",
    port,
    dir,
    launch: () => spawn(prepared.command, args, { ...prepared.spawn, stdio: ["ignore", "ignore", "pipe"] }),
    ready: () => ensureDatabase(prepared.url("postgres"), "inlay"),
  });
  await server.start();
  const url = prepared.url("inlay");
  await migrateDatabase(url, path.resolve("drizzle"));
  return { ...server, url };
}

/** {@link startPostgres} on a file system of its own, so many MB large. Only root may make one. */
export async function startPostgresOnTmpfs(megabytes: number): Promise<PostgresServer> {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-faults-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir]);
  const server = await startPostgres(dir, ["max_wal_size=128MB", "min_wal_size=32MB"]);
  return {
    ...server,
    async stop() {
      await server.kill();
      execFileSync("umount", ["-l", dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Temporal on a file, which survives the server. `fair: false` is the server without fairness between customers. */
export async function startTemporalServer({ fair = true } = {}): Promise<TemporalServer> {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-faults-temporal-"));
  const port = await freePort();
  const binary = await provideTemporal(homeOf());
  const file = path.join(dir, "temporal.db");
  const args = temporalArgs({ file, port, uiPort: null, searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  const server = serverOf({
    what: "Temporal",
    port,
    dir,
    launch: () =>
      spawn(binary, fair ? args : args.map((arg) => arg.replace("matching.enableFairness=true", "matching.enableFairness=false")), {
        stdio: ["ignore", "ignore", "pipe"],
      }),
    ready: () => temporalReady(binary, port),
  });
  await server.start();
  const wipe = () => {
    for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  };
  return { ...server, address: `127.0.0.1:${port}`, wipe };
}

/** The simulator as a process of its own. */
export async function startSimulatorProcess(): Promise<{ origin: string; child: ChildProcess; stop(): Promise<void> }> {
  const home = mkdtempSync(path.join(tmpdir(), "inlay-faults-sim-"));
  mkdirSync(path.join(home, "simulator"), { recursive: true });
  const port = await freePort();
  const child = spawn(process.execPath, ["dist/simulator.mjs"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, INLAY_SIMULATOR_PORT: String(port), INLAY_HOME: home },
  });
  const origin = `http://127.0.0.1:${port}`;
  const healthy = () =>
    fetch(`${origin}/_health`).then(
      (answer) => answer.ok,
      () => false,
    );
  await eventually(healthy, Boolean, 20_000);
  return {
    origin,
    child,
    async stop() {
      await stopChild(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Every byte of Temporal's file and what was written ahead of it. */
export const temporalBytes = (server: TemporalServer): Buffer[] =>
  ["", "-wal"].flatMap((end) => {
    try {
      return [readFileSync(path.join(server.dir, `temporal.db${end}`))];
    } catch {
      return [];
    }
  });
