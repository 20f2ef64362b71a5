import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./postgres";

export type ProcessName = "web" | "worker" | "simulator" | "temporal" | "postgres";

/** What the supervisor writes into running.json once everything answers. */
export type Running = {
  origin: string;
  demoOrigin: string;
  simulatorOrigin: string;
  databaseUrl: string;
  temporalAddress: string;
  temporalUi: string | null;
  secretKey: string;
  logs: string;
  pids: Record<ProcessName | "supervisor", number>;
};

export type Stack = Omit<Running, "pids" | "logs"> & {
  /** INLAY_HOME of this stack: a directory of its own, removed by `stop`. */
  home: string;
  /** What runs right now; process ids change when the supervisor starts something again. */
  running(): Running;
  /** SIGKILL, as a power cut would. The supervisor starts it again; wait for it with `until`. */
  kill(name: ProcessName): void;
  /** Polls until `probe` is true; throws after `timeoutMs`. */
  until(probe: () => boolean | Promise<boolean>, what: string, timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
  /** Everything the supervisor printed so far. */
  said(): string;
};

const ROOT = path.resolve(import.meta.dirname, "../..");
const START_MS = 120_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function portsEnv(): Promise<Record<string, string>> {
  const names = ["INLAY_PORT", "INLAY_POSTGRES_PORT", "INLAY_TEMPORAL_PORT", "INLAY_TEMPORAL_UI_PORT", "INLAY_SIMULATOR_PORT"];
  const env: Record<string, string> = {};
  for (const name of names) env[name] = String(await freePort());
  return env;
}

async function until(probe: () => boolean | Promise<boolean>, what: string, timeoutMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(50)) {
    if (await probe()) return;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once("exit", resolve));
}

/**
 * Starts the whole product as `npm start` does, from what is built (`npm run build`), in a directory and on ports of its
 * own, with a Postgres that does not wait for the disk. About three seconds. `env` is added to its environment, e.g. a
 * failpoint.
 */
export async function startStack({ env = {} }: { env?: Record<string, string> } = {}): Promise<Stack> {
  if (!existsSync(path.join(ROOT, "dist", "web.mjs"))) throw new Error("nothing is built: run `npm run build` first");
  const home = mkdtempSync(path.join(tmpdir(), "inlay-stack-"));
  chmodSync(home, 0o755); // as root, Postgres runs as another user, who has to get in
  const { TEMPORAL_ADDRESS: _server, DATABASE_URL: _database, NODE_ENV: _mode, ...outer } = process.env;
  const said: string[] = [];
  const child = spawn(process.execPath, [path.join(ROOT, "scripts", "supervise.mjs"), "--fast"], {
    cwd: ROOT,
    env: { ...outer, NODE_ENV: "production", ...(await portsEnv()), INLAY_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk) => said.push(String(chunk)));
  child.stderr.on("data", (chunk) => said.push(String(chunk)));

  const file = path.join(home, "running.json");
  const running = (): Running => JSON.parse(readFileSync(file, "utf8")) as Running;
  const stop = async () => {
    child.kill("SIGTERM");
    await ended(child);
    rmSync(home, { recursive: true, force: true });
  };
  const isUp = () => {
    if (child.exitCode !== null) throw new Error(`the product did not start:\n${said.join("")}`);
    return existsSync(file);
  };
  try {
    await until(isUp, "the product to start", START_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  const { pids: _pids, logs: _logs, ...addresses } = running();
  return {
    ...addresses,
    home,
    running,
    until,
    stop,
    said: () => said.join(""),
    kill: (name) => process.kill(running().pids[name], "SIGKILL"),
  };
}
