import { startCluster } from "./postgres";

/** Vitest's global set-up of the database tests: one cluster for the whole run. */
export default async function setup() {
  if (process.env["INLAY_TEST_POSTGRES"]) return undefined;
  const cluster = await startCluster();
  process.env["INLAY_TEST_POSTGRES"] = cluster.url;
  return () => cluster.stop();
}
