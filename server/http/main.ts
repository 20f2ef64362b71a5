import { createServer } from "node:http";
import path from "node:path";
import next from "next";
import { getDeps } from "#server/deps";
import { EnvError, getEnv } from "#server/env";
import { createDoor } from "./door";
import { closeServers, listen } from "./listen";

// The web process: one node:http server, the lean door before Next's request handler.

const GRACE_MS = 3_000;

/** The repository's root, whether this runs as dist/web.mjs or from source. */
const root = path.resolve(import.meta.dirname, path.basename(import.meta.dirname) === "dist" ? ".." : "../..");

async function main(): Promise<void> {
  const env = getEnv();
  const deps = getDeps();
  // Next listens for the reload's upgrades on one server, by itself. Ours are two (see listen.ts), so it gets one that nobody
  // calls and that all upgrades are handed to: a page whose upgrade goes unanswered waits for ever.
  const upgrades = createServer();
  const app = next({ dev: env.dev, dir: root, hostname: new URL(env.origin).hostname, port: env.port, httpServer: upgrades });
  await app.prepare();
  const handle = app.getRequestHandler();
  const servers = await listen(createDoor(deps, env, handle), env.host, env.port);
  for (const server of env.dev ? servers : [])
    server.on("upgrade", (request, socket, head) => upgrades.emit("upgrade", request, socket, head) || socket.destroy());
  deps.log.info({ origin: env.origin, demo: env.demo?.origin ?? null }, "the web process listens");

  let closing = false;
  const close = async () => {
    if (closing) return;
    closing = true;
    await closeServers(servers, GRACE_MS);
    await deps.db.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void close());
  process.once("SIGINT", () => void close());
  process.on("unhandledRejection", (error) => deps.log.error({ err: error }, "a promise failed that nobody waited for"));
}

function explain(error: unknown): string {
  if (error instanceof EnvError) return error.message;
  if ((error as { code?: unknown }).code === "EADDRINUSE") return "The port is taken. Set INLAY_PORT (and INLAY_ORIGIN) to a free one.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`The web process could not start.\n${explain(error)}\n`);
  process.exit(1);
});
