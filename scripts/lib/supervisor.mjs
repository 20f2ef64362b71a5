import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { endOrphans, keepChild } from "./child.mjs";
import { checkGivenTemporal } from "./given-temporal.mjs";
import { readRunning, takeLock } from "./lock.mjs";
import { ensureWritable, keepPrivate, ROOT } from "./paths.mjs";
import { choosePorts } from "./ports.mjs";
import { endOrphanedPostgres, preparePostgres } from "./postgres.mjs";
import { birthOf } from "./process-identity.mjs";
import { say } from "./progress.mjs";
import { ensureDatabase, waitForHttp, waitForLine, waitForPort, waitUntil } from "./ready.mjs";
import { run } from "./run.mjs";
import { loadSecrets } from "./secrets.mjs";
import { childEnv, commands, externals, PORTS, simulatorEnv, workerEnv } from "./settings.mjs";
import { temporalArgs, temporalReady } from "./temporal-server.mjs";

/** Stopped in this order: first who uses, then what is used. */
const STOP_ORDER = [["web", "worker"], ["simulator"], ["temporal", "postgres"]];
const GRACE_MS = { web: 5000, worker: 12_000, simulator: 3000, temporal: 5000, postgres: 15_000 };

/** What the database's preparation prints while there is no vendor. */
const SETUP_LINK = /https?:\/\/\S+\/setup#\S+/;

/** How it begins to say what was wrong with a setting, in words for whoever started us (server/setup.ts). */
const EXPLAINED = /Setting up the database is not possible\.\n([\s\S]+)/;

function writeJson(file, value) {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Runs the whole product out of one directory `home`: the servers we bring, the database's preparation, our processes.
 * Resolves when all of it answers, with the addresses and `stop()`. Everything started is ended again when a part fails.
 *
 * `temporal` gives the path of the Temporal binary (not asked for when TEMPORAL_ADDRESS is set); `dev` runs the sources
 * with reload; `fast` makes Postgres careless, for tests.
 */
export async function supervise({ home, env = process.env, dev = false, fast = false, temporal, tell = say }) {
  ensureWritable(home);
  const release = takeLock(home);
  const system = { home, env, dev, fast, tell, children: new Map(), stopping: false, ready: false, info: {} };
  const stop = async () => {
    system.stopping = true;
    for (const names of STOP_ORDER) await Promise.all(names.map((name) => system.children.get(name)?.stop()));
    rmSync(path.join(home, "running.json"), { force: true });
    rmSync(path.join(home, "children.json"), { force: true });
    release();
  };
  // Postgres dies of SIGKILL in pieces; SIGQUIT is its own way of ending at once, and it recovers from its log.
  const kill = () => {
    for (const [name, child] of system.children) child.kill(name === "postgres" ? "SIGQUIT" : "SIGKILL");
    release();
  };
  try {
    await bringUp(system, temporal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { info: { ...system.info, setupLink: system.setupLink }, stop, kill };
}

async function bringUp(system, temporal) {
  const { home, env, dev } = system;
  await endOrphans(readRunning(home, "children.json"));
  await endOrphanedPostgres(path.join(home, "postgres"));
  rmSync(path.join(home, "running.json"), { force: true });
  const outside = externals(env);
  const ports = await choosePorts(needed(outside), env, system.tell);
  const secrets = loadSecrets(home);
  if (outside.temporal) await checkGivenTemporal(env, logOf(system, "setup"));
  const databaseUrl = outside.postgres ? env.DATABASE_URL : await startPostgres(system, ports.postgres, secrets.postgresPassword);
  // Postgres has been prepared, whose user reads some of what we make; from here on, what anybody makes is its owner's only.
  process.umask(0o077);
  keepPrivate(home);
  const vars = childEnv({ env, home, ports, secrets, databaseUrl, dev });
  const how = commands(dev, env);

  // Side by side: the database's schema, Temporal, and the stand-in third party.
  const [said] = await Promise.all([
    run(how.setup.command, how.setup.args, { env: vars, log: logOf(system, "setup"), hide: SETUP_LINK, explained: EXPLAINED }),
    outside.temporal ? undefined : startTemporal(system, ports, temporal),
    outside.simulator ? startSimulator(system, how.simulator, vars, ports.simulator) : undefined,
  ]);
  system.info = describe(system, vars, ports, outside);
  system.setupLink = SETUP_LINK.exec(said)?.[0] ?? null;
  await Promise.all([startWeb(system, how.web, vars, ports.web), startWorker(system, how.worker, vars)]);
  system.ready = true;
  publish(system);
}

const needed = (outside) =>
  Object.fromEntries(
    Object.entries(PORTS).filter(
      ([name]) =>
        !(outside.postgres && name === "postgres") &&
        !(outside.temporal && name.startsWith("temporal")) &&
        !(name === "simulator" && !outside.simulator),
    ),
  );

const logOf = ({ home }, name) => path.join(home, "logs", `${name}.log`);

/** Writes down who runs: `children.json` for a successor that has to clear up, `running.json` once all is ready. */
function publish(system) {
  const pids = Object.fromEntries([...system.children].map(([name, child]) => [name, child.state.pid]));
  if (system.stopping) return;
  mkdirSync(system.home, { recursive: true });
  const children = Object.entries(pids).map(([name, pid]) => [name, { pid, birth: birthOf(pid) }]);
  writeJson(path.join(system.home, "children.json"), Object.fromEntries(children));
  if (system.ready) writeJson(path.join(system.home, "running.json"), { ...system.info, pids: { supervisor: process.pid, ...pids } });
}

function keep(system, name, { command, args, env, options, stopSignal, leash }) {
  const child = keepChild({
    name,
    command,
    args,
    env,
    options,
    stopSignal,
    leash,
    log: logOf(system, name),
    graceMs: GRACE_MS[name],
    onChange: (change) => {
      if (change.event === "ended") {
        system.tell(
          `${name} ended (${change.reason}); starting it again in ${change.pauseMs} ms. Its log: ${path.relative(ROOT, logOf(system, name))}`,
        );
      } else queueMicrotask(() => publish(system));
    },
  });
  system.children.set(name, child);
  publish(system);
  return child;
}

async function startPostgres(system, port, password) {
  const prepared = await preparePostgres({ dir: path.join(system.home, "postgres"), port, password, fast: system.fast });
  const { command, args, spawn } = prepared;
  const child = keep(system, "postgres", { command, args, options: spawn, stopSignal: "SIGINT" });
  await waitUntil(() => ensureDatabase(prepared.url("postgres"), "inlay"), { what: "Postgres", child, seconds: 60 });
  return prepared.url("inlay");
}

async function startTemporal(system, ports, provide) {
  const binary = await provide();
  const contract = await import(pathToFileURL(path.join(ROOT, "dist", "contract.mjs")).href);
  const args = temporalArgs({
    file: path.join(system.home, "temporal.db"),
    port: ports.temporal,
    uiPort: ports.temporalUi,
    searchAttributes: Object.values(contract.SEARCH_ATTRIBUTES),
  });
  const child = keep(system, "temporal", { command: binary, args });
  await waitForPort(ports.temporal, { what: "the Temporal server", child, seconds: 60 });
  await waitUntil(() => temporalReady(binary, ports.temporal), { what: "the Temporal server", child, seconds: 60 });
}

async function startSimulator(system, how, vars, port) {
  const child = keep(system, "simulator", { ...how, env: simulatorEnv(vars), leash: true });
  await waitForPort(port, { what: "the simulator", child, seconds: 60 });
}

async function startWeb(system, how, vars, port) {
  const child = keep(system, "web", { ...how, env: vars, leash: true });
  await waitForHttp(`http://127.0.0.1:${port}/api/health`, { what: "the web app", child, seconds: 120 });
}

async function startWorker(system, how, vars) {
  const log = logOf(system, "worker");
  const line = waitForLine(log, "worker is up");
  const child = keep(system, "worker", { ...how, env: workerEnv(vars), leash: true });
  const quiet = ["fatal", "error", "warn", "silent"].includes(vars.LOG_LEVEL ?? "");
  if (!quiet) await waitUntil(line, { what: "the worker", child, seconds: 60 });
}

function describe(system, vars, ports, outside) {
  return {
    origin: vars.INLAY_ORIGIN,
    demoOrigin: vars.INLAY_DEMO_ORIGIN ?? null,
    simulatorOrigin: outside.simulator ? vars.INLAY_SIMULATOR_ORIGIN : null,
    databaseUrl: vars.DATABASE_URL,
    temporalAddress: vars.TEMPORAL_ADDRESS,
    temporalUi: outside.temporal ? null : `http://127.0.0.1:${ports.temporalUi}`,
    secretKey: vars.INLAY_DEMO_SECRET_KEY ?? null,
    logs: path.join(system.home, "logs"),
  };
}
