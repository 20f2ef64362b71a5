import type { TestProject } from "vitest/node";
import { buildStale } from "../../scripts/lib/build.mjs";
import { namespacesOf, startTemporal } from "./temporal";

/** Vitest's global set-up of the `temporal` project: what the workers run is built, and one server for the whole run, its address in INLAY_TEST_TEMPORAL. */
export default async function setup({ config }: TestProject) {
  await buildStale({ only: ["bundles", "workflows"] });
  const server = await startTemporal({ namespaces: namespacesOf(config.maxWorkers) });
  process.env["INLAY_TEST_TEMPORAL"] = server.address;
  return () => server.stop();
}
