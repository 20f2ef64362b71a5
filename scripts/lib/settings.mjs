import path from "node:path";
import { ROOT } from "./paths.mjs";

/** Ports we like, the variables that choose others, and what they are for. */
export const PORTS = {
  web: { variable: "INLAY_PORT", port: 4600, what: "the product" },
  postgres: { variable: "INLAY_POSTGRES_PORT", port: 4632, what: "Postgres" },
  temporal: { variable: "INLAY_TEMPORAL_PORT", port: 4633, what: "Temporal" },
  temporalUi: { variable: "INLAY_TEMPORAL_UI_PORT", port: 4680, what: "Temporal's web page" },
  simulator: { variable: "INLAY_SIMULATOR_PORT", port: 4640, what: "the third party" },
};

/** Whether only this machine reaches the product: no origin is given, or one of its own addresses. */
function isLocal({ INLAY_ORIGIN: origin }) {
  if (!origin) return true;
  return URL.canParse(origin) && /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(origin).hostname);
}

/** The demo signs anybody in as an owner: it is there by default only where nobody else can reach it. */
const wantsDemo = (env) => (env.INLAY_DEMO ? !["0", "false"].includes(env.INLAY_DEMO) : isLocal(env));

/** What is not ours to start, because the environment points at one or says no. */
export function externals(env) {
  const demo = wantsDemo(env);
  return {
    postgres: Boolean(env.DATABASE_URL),
    temporal: Boolean(env.TEMPORAL_ADDRESS),
    demo,
    simulator: demo && env.INLAY_SIMULATOR !== "0",
  };
}

/**
 * The environment of our processes: what the caller set wins, the rest is derived from ports and secrets. Secrets travel
 * in the environment of the children only, never on a command line.
 */
export function childEnv({ env, home, ports, secrets, databaseUrl, dev }) {
  const outside = externals(env);
  const origin = env.INLAY_ORIGIN || `http://127.0.0.1:${ports.web}`;
  const demo = outside.demo
    ? {
        INLAY_DEMO: "1",
        INLAY_DEMO_ORIGIN: env.INLAY_DEMO_ORIGIN || `http://localhost:${ports.web}`,
        INLAY_DEMO_SECRET_KEY: env.INLAY_DEMO_SECRET_KEY || secrets.demoSecretKey,
        INLAY_DEMO_WEBHOOK_SECRET: env.INLAY_DEMO_WEBHOOK_SECRET || secrets.demoWebhookSecret,
        INLAY_ALLOW_LOOPBACK: env.INLAY_ALLOW_LOOPBACK || (isLocal(env) ? "1" : "0"),
      }
    : {};
  const simulator = outside.simulator
    ? { INLAY_SIMULATOR_ORIGIN: `http://127.0.0.1:${ports.simulator}`, INLAY_SIMULATOR_PORT: String(ports.simulator) }
    : {};
  return {
    ...env,
    NODE_ENV: dev ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    ...(dev ? { INLAY_DEV: "1" } : {}),
    INLAY_HOME: home,
    DATABASE_URL: databaseUrl,
    INLAY_ORIGIN: origin,
    INLAY_PORT: String(ports.web),
    NEXTAUTH_URL: env.NEXTAUTH_URL || origin,
    NEXTAUTH_SECRET: env.NEXTAUTH_SECRET || secrets.nextAuthSecret,
    INLAY_KEYS: env.INLAY_KEYS || secrets.keys,
    TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS || `127.0.0.1:${ports.temporal}`,
    ...demo,
    ...simulator,
  };
}

/** The stand-in third party is a stranger: it gets none of our secrets. */
const FOR_SIMULATOR = /^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|SystemRoot|NODE_\w+|INLAY_(HOME|DEV|ORIGIN|SIMULATOR_\w+))$/;
export const simulatorEnv = (vars) => Object.fromEntries(Object.entries(vars).filter(([name]) => FOR_SIMULATOR.test(name)));

/**
 * How the worker lives with little memory. Left to itself, V8 lets garbage grow to the size of the machine, and each thread of the workflow
 * engine keeps memory of its own: 500 MB at its highest in a sync of 100,000 records, and 300 MB so. A heap that is in need of more ends the
 * process, and NODE_OPTIONS cannot give it more, so INLAY_WORKER_HEAP_MB does.
 */
export const workerFlags = (env) => [
  `--max-old-space-size=${Number(env.INLAY_WORKER_HEAP_MB) || 768}`,
  ...["--require", path.join(ROOT, "scripts", "lib", "workflow-thread.cjs")],
];
export const workerEnv = (env) => ({ MALLOC_ARENA_MAX: "2", ...env });

const node = (...args) => ({ command: process.execPath, args: ["--enable-source-maps", "--import", leash(), ...args] });
const leash = () => path.join(ROOT, "scripts", "lib", "leash.mjs");
const tsx = (...args) => ({
  command: process.execPath,
  args: ["--import", leash(), path.join(ROOT, "node_modules/tsx/dist/cli.mjs"), ...args],
});

/** How each of our processes is run: the built bundles, or for contributors the sources with reload. */
export function commands(dev, env = {}) {
  if (!dev) {
    return {
      setup: node("dist/setup.mjs"),
      web: node("dist/web.mjs"),
      worker: node(...workerFlags(env), "dist/worker.mjs"),
      simulator: node("dist/simulator.mjs"),
    };
  }
  return {
    setup: tsx("server/setup.ts"),
    web: tsx("watch", "--clear-screen=false", "--ignore", "./.next/**", "server/http/main.ts"),
    worker: tsx("watch", "--clear-screen=false", "--include", "./workflows/definitions/**/*", "workflows/worker.ts"),
    simulator: tsx("watch", "--clear-screen=false", "server/simulator/main.ts"),
  };
}
