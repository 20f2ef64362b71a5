import { createServer, type RequestListener, type Server } from "node:http";

/** Longest request headers may take; slow writers are cut off. */
const HEADERS_MS = 20_000;

function open(listener: RequestListener, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: 60_000, keepAliveTimeout: 65_000 }, listener);
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? "");

/**
 * Listens on `host`, or on both loopbacks when it is null, so that `localhost` and `127.0.0.1` reach the same process
 * whatever a browser resolves first. A machine without IPv6 has only one of them.
 */
export async function listen(listener: RequestListener, host: string | null, port: number): Promise<Server[]> {
  if (host !== null) return [await open(listener, host, port)];
  const servers = [await open(listener, "127.0.0.1", port)];
  try {
    servers.push(await open(listener, "::1", port));
  } catch (error) {
    if (!["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"].includes(codeOf(error))) {
      for (const server of servers) server.close();
      throw error;
    }
  }
  return servers;
}

/** Lets running requests finish for `graceMs`, then cuts what is left (streams are never done by themselves). */
export async function closeServers(servers: readonly Server[], graceMs: number): Promise<void> {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(() => server.closeAllConnections(), graceMs);
          server.close(() => {
            clearTimeout(timer);
            resolve();
          });
          server.closeIdleConnections();
        }),
    ),
  );
}
