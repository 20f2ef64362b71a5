import { startCluster } from "#tests/support/postgres";
import { takeOut } from "./guard-off.config";

/** A cluster whose databases lack the guard. */
export async function setup() {
  const cluster = await startCluster();
  process.env["INLAY_TEST_POSTGRES"] = cluster.url;
  await takeOut(`${cluster.url}/template_inlay`);
  return () => cluster.stop();
}
