import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { logTail } from "./logs.mjs";
import { ROOT } from "./paths.mjs";
import { answers } from "./ports.mjs";
import { Stop } from "./progress.mjs";
import { throwIfCancelled } from "./run.mjs";

const GIVE_UP_AFTER_RESTARTS = 3;

/** Polls `probe` until it is true. A child that keeps dying, or time running out, ends it with the child's last words. */
export async function waitUntil(probe, { what, child, seconds }) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    throwIfCancelled();
    if (await probe()) return;
    const dying = child.state.restarts >= GIVE_UP_AFTER_RESTARTS;
    if (dying || Date.now() > deadline) {
      const why = dying ? `${what} ends as soon as it is started` : `${what} did not become ready in ${seconds} s`;
      throw new Stop(`${why}. Its last words:\n    ${logTail(child.state.log)}`, `Its log is ${path.relative(ROOT, child.state.log)}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Until something accepts connections on a loopback port. */
export const waitForPort = (port, rest) => waitUntil(() => answers(port), rest);

/** Until `url` answers 200. */
export const waitForHttp = (url, rest) =>
  waitUntil(async () => {
    try {
      return (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;
    } catch {
      return false;
    }
  }, rest);

/** A probe: whether `text` was written to `log` after this call. */
export function waitForLine(log, text) {
  const from = existsSync(log) ? statSync(log).size : 0;
  return async () => {
    if (!existsSync(log)) return false;
    const bytes = readFileSync(log);
    return bytes.subarray(bytes.length < from ? 0 : from).includes(text);
  };
}

/** Whether the server answers; creates database `name` on the way when it is not there yet. */
export async function ensureDatabase(adminUrl, name) {
  const { default: postgres } = await import("postgres");
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, connect_timeout: 2, fetch_types: false });
  try {
    const [found] = await sql`select 1 from pg_database where datname = ${name}`;
    if (!found) await sql`create database ${sql(name)}`;
    return true;
  } catch (error) {
    if (error.code === "28P01")
      throw new Stop(
        "Postgres refused our own password",
        "secrets.json and postgres/ in INLAY_HOME belong together: restore the one that was replaced.",
      );
    return false;
  } finally {
    await sql.end({ timeout: 1 }).catch(() => {});
  }
}
