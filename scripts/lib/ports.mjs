import { connect, createServer } from "node:net";
import { Stop } from "./progress.mjs";

/** True when nobody listens on `port` of either loopback address. */
export async function isFree(port) {
  for (const host of ["127.0.0.1", "::1"]) {
    const code = await new Promise((resolve) => {
      const probe = createServer();
      probe.once("error", (error) => resolve(error.code));
      probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(null)));
    });
    if (code === "EADDRINUSE" || code === "EACCES") return false;
  }
  return true;
}

async function askedFor(variable, asked, takenBy) {
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Stop(`${variable}=${asked} is not a port number`, "Use 1 to 65535.");
  if (takenBy) throw new Stop(`${variable} and ${takenBy} both ask for port ${port}`, "Give each its own.");
  if (await isFree(port)) return port;
  throw new Stop(
    `port ${port} (${variable}) is already in use`,
    `End what listens there, or choose another: ${variable}=${port + 1} npm start`,
  );
}

async function nextFree(variable, preferred, used) {
  for (let port = preferred; port < preferred + 200; port++) if (!(port in used) && (await isFree(port))) return port;
  throw new Stop(`no free port from ${preferred} on`, `Choose one with ${variable}.`);
}

/**
 * A port for each name. One asked for in the environment (`INLAY_PORT`, …) is taken as it is and a Stop tells when it is
 * in use; a default that is in use moves on to the next free one, and `tell` is given a line that says so.
 * @param {Record<string, { variable: string, port: number, what?: string }>} wishes
 * @param {Record<string, string | undefined>} env
 * @param {(line: string) => void} tell
 * @returns {Promise<Record<string, number>>}
 */
export async function choosePorts(wishes, env = process.env, tell = () => {}) {
  const chosen = {};
  const used = {}; // port → the variable it belongs to
  const take = (name, variable, port) => {
    chosen[name] = port;
    used[port] = variable;
  };
  // What was asked for comes first, so that no default takes it away.
  const all = Object.entries(wishes);
  for (const [name, { variable }] of all)
    if (env[variable]) take(name, variable, await askedFor(variable, env[variable], used[Number(env[variable])]));
  for (const [name, { variable, port, what = name }] of all) {
    if (env[variable]) continue;
    take(name, variable, await nextFree(variable, port, used));
    if (chosen[name] !== port) tell(`  port ${port} is taken: ${what} uses ${chosen[name]} (${variable} chooses another)`);
  }
  return chosen;
}

/** True when something accepts connections there within `timeoutMs`. */
export function answers(port, host = "127.0.0.1", timeoutMs = 500) {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: timeoutMs });
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
