import { startTemporal } from "./temporal";

/** Vitest's global set-up of the `temporal` project: one server for the whole run, its address in INLAY_TEST_TEMPORAL. */
export default async function setup() {
  if (process.env["INLAY_TEST_TEMPORAL"]) return undefined;
  const server = await startTemporal();
  process.env["INLAY_TEST_TEMPORAL"] = server.address;
  return () => server.stop();
}
