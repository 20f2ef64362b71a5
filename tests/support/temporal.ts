import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SEARCH_ATTRIBUTES } from "#workflows/contract";
import { homeOf } from "../../scripts/lib/paths.mjs";
import { provideTemporal } from "../../scripts/lib/temporal.mjs";
import { temporalArgs, temporalReady } from "../../scripts/lib/temporal-server.mjs";
import { freePort } from "./postgres";

export type TemporalServer = { address: string; stop(): Promise<void> };

/** A namespace for each of `processes`, which vitest counts from 1. */
export const namespacesOf = (processes: number) => Array.from({ length: processes }, (_, n) => `beside-${n + 1}`);

/** Where this process's workers and workflows meet nobody else's: a namespace of its own on the run's server. */
export function ownNamespace(): { temporalAddress: string; namespace: string } {
  const temporalAddress = process.env["INLAY_TEST_TEMPORAL"];
  const namespace = namespacesOf(Number(process.env["VITEST_POOL_ID"])).at(-1);
  if (!temporalAddress || !namespace) throw new Error("no Temporal server: run through `npm run test:temporal`");
  return { temporalAddress, namespace };
}

/** The real Temporal server on an empty file, with the settings of the product. About half a second. */
export async function startTemporal(
  options: { port?: number; searchAttributes?: boolean; namespaces?: string[] } = {},
): Promise<TemporalServer> {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-temporal-"));
  const binary = await provideTemporal(homeOf());
  const port = options.port ?? (await freePort());
  const args = temporalArgs({
    file: path.join(dir, "temporal.db"),
    port,
    uiPort: null,
    searchAttributes: options.searchAttributes === false ? [] : Object.values(SEARCH_ATTRIBUTES),
  });
  for (const namespace of options.namespaces ?? []) args.push("--namespace", namespace);
  const server = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  server.stderr.on("data", (chunk) => said.push(String(chunk)));
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const stop = async () => {
    server.kill("SIGKILL"); // nothing here is worth an orderly end
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  const deadline = Date.now() + 30_000;
  while (!(await temporalReady(binary, port))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`Temporal did not start:\n${said.slice(-20).join("")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { address: `127.0.0.1:${port}`, stop };
}
