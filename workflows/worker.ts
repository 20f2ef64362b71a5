import { fileURLToPath } from "node:url";
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from "@temporalio/worker";
import { createDeps } from "#server/deps";
import { getEnv } from "#server/env";
import { createTemporalClient, ensureReconciler, keepingOf } from "#server/temporal/client";
import { createDataConverter } from "#server/temporal/codec";
import { searchAttributesOf } from "#server/temporal/search-attributes";
import { createActivities } from "./activities/create-activities";
import { TASK_QUEUE } from "./contract";

const ENSURE_MS = 15_000;
/**
 * What a process that is to end still may take: a leg ends after its page, so only a single request is ever waited for so long. Then it is
 * aborted, and `FORCE_MS` after the signal the process goes. Whoever runs the worker has to let it live as long.
 */
const GRACE_MS = 30_000;
const FORCE_MS = 45_000;

const env = getEnv();
const codec = { keys: env.keys.all, currentKeyId: env.keys.current };
const base = createDeps(env, "worker");
const { log } = base;

Runtime.install({
  logger: new DefaultLogger("WARN", ({ level, message, meta }) => log[level === "ERROR" ? "error" : "warn"](meta ?? {}, message)),
  shutdownSignals: ["SIGINT", "SIGTERM"],
});

const client = createTemporalClient({ ...env.temporal, codec, log });
const deps = { ...base, keeping: keepingOf(client, log) };
const connection = await NativeConnection.connect({
  address: env.temporal.address,
  tls: env.temporal.tls,
  ...(env.temporal.apiKey === null ? {} : { apiKey: env.temporal.apiKey }),
});
const closing = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => closing.abort());
const activities = createActivities(deps, client, closing.signal);

const shared = {
  connection,
  namespace: env.temporal.namespace,
  dataConverter: createDataConverter(codec),
  shutdownGraceTime: GRACE_MS,
  shutdownForceTime: FORCE_MS,
  activities,
} satisfies Partial<WorkerOptions>;

/** Workflows live in one thread of one worker: a second costs 50 MB and gains nothing. */
const definitions = {
  // Built beside this file by scripts/build; in development the sources are bundled at start.
  ...(import.meta.url.endsWith(".ts")
    ? { workflowsPath: fileURLToPath(new URL("./definitions/index.ts", import.meta.url)) }
    : { workflowBundle: { codePath: fileURLToPath(new URL("./workflow-bundle.js", import.meta.url)) } }),
} satisfies Partial<WorkerOptions>;

const workers = await Promise.all([
  Worker.create({
    ...shared,
    ...definitions,
    taskQueue: TASK_QUEUE.sync,
    maxConcurrentActivityTaskExecutions: 20,
    maxCachedWorkflows: 500,
  }),
  Worker.create({ ...shared, taskQueue: TASK_QUEUE.delivery, maxConcurrentActivityTaskExecutions: 10 }),
]);

// As in the web process: a statement that failed while the database was away, and that nobody waited for any more, is no reason to end.
process.on("unhandledRejection", (error) => log.error({ err: error }, "a promise failed that nobody waited for"));

const register = searchAttributesOf(client, log);
/** In this order: a server that has lost its memory is to know them before the reconciler starts everything again. */
const ensure = async () => {
  await register();
  await ensureReconciler(client).catch((error: unknown) => log.warn({ err: error }, "the reconciler could not be started yet"));
};
await ensure();
const timer = setInterval(ensure, ENSURE_MS);
log.info({ temporal: env.temporal.address }, "worker is up");
try {
  await Promise.all(workers.map((worker) => worker.run()));
} finally {
  clearInterval(timer);
  await connection.close();
  await client.connection.close();
  await deps.db.close();
}
