import { register } from "node:module";
import { isMainThread } from "node:worker_threads";
import { mendDriver } from "./driver-patch.mjs";

// `node --import …/driver-hook.mjs`: sources run with the Postgres driver mended as in our bundles. Hooks run on a thread of their own.
if (isMainThread) register(import.meta.url);

/** Node's hook: the driver's connection.js as {@link mendDriver} makes it. */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  return /\/node_modules\/postgres\/src\/connection\.js$/.test(url) ? { ...loaded, source: mendDriver(String(loaded.source)) } : loaded;
}
