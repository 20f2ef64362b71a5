import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { Stop } from "./progress.mjs";
import { TEMPORAL } from "./temporal.mjs";

const PATIENCE_MS = 8_000;
const UNKNOWN = 5; // gRPC status codes
const REFUSED = [7, 16];

const VARIABLES = "TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS=1 and TEMPORAL_API_KEY";

/** Why the server said no, as advice. */
function refusal(error, address, namespace) {
  if (error.code === UNKNOWN)
    return new Stop(
      `the Temporal server at ${address} has no namespace "${namespace}"`,
      `Create it (\`temporal operator namespace create --namespace ${namespace} --address ${address}\`), or set TEMPORAL_NAMESPACE to one there is.`,
    );
  if (REFUSED.includes(error.code))
    return new Stop(`the Temporal server at ${address} refuses us`, "Check TEMPORAL_API_KEY and TEMPORAL_NAMESPACE.");
  return new Stop(
    `no Temporal server answers at ${address}`,
    `Start it, or correct ${VARIABLES}. Without TEMPORAL_ADDRESS, the embedded server is used.`,
  );
}

/** Whether a server's version is one we know to work: "1.29.1" is, "1.28.0" is not, and one that tells none is believed. */
export function isRecent(version) {
  const [major, minor] = version.split(".").map(Number);
  const [needMajor, needMinor] = TEMPORAL.minServer;
  return Number.isNaN(major) || version === "" || major > needMajor || (major === needMajor && minor >= needMinor);
}

/** The driver's own words are for the log: they repeat the address, count milliseconds and name no variable. */
function note(log, error) {
  mkdirSync(path.dirname(log), { recursive: true, mode: 0o700 });
  appendFileSync(log, `${new Date().toISOString()} Temporal: ${error.stack ?? error.message}\n`, { mode: 0o600 });
  return `The details are in ${path.relative(ROOT, log)}.`;
}

/**
 * Makes sure that the Temporal server of the environment answers, has the namespace and is recent enough; else a Stop, with
 * what the driver said in `log`.
 */
export async function checkGivenTemporal(env, log) {
  const { Connection } = await import("@temporalio/client");
  const { TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: apiKey } = env;
  const namespace = env.TEMPORAL_NAMESPACE || "default";
  const tls = ["1", "true"].includes(env.TEMPORAL_TLS ?? "");
  const connection = Connection.lazy({ address, tls, connectTimeout: PATIENCE_MS, ...(apiKey ? { apiKey } : {}) });
  try {
    const version = await connection.withDeadline(Date.now() + PATIENCE_MS, async () => {
      const info = await connection.workflowService.getSystemInfo({});
      await connection.workflowService.describeNamespace({ namespace });
      return info.serverVersion ?? "";
    });
    if (isRecent(version)) return;
    throw new Stop(
      `the Temporal server at ${address} is version ${version}; ${TEMPORAL.minServer.join(".")} or newer is needed`,
      "Bring it up to date, or leave TEMPORAL_ADDRESS out: the embedded server is recent.",
    );
  } catch (error) {
    if (error instanceof Stop) throw error;
    const stop = refusal(error, address, namespace);
    stop.advice = `${stop.advice} ${note(log, error)}`;
    throw stop;
  } finally {
    await connection.close();
  }
}
