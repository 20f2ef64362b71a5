import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Line, openBench } from "#server/proof/bench";
import type { Proof } from "#server/proof/proofs";
import { createEgress } from "#server/runtime/egress-undici";
import type { Manifest } from "#server/runtime/manifest";
import { serve } from "#server/simulator/from-manifest/serve";
import type { Heard } from "#server/simulator/from-manifest/stand-in";

const CONNECTORS = path.join(import.meta.dirname, "..", "..", "server", "connectors");

/** What a connector's fixtures recorded: answers by object, and what was written. */
export function recordedOf(key: string) {
  const folder = path.join(CONNECTORS, key, "fixtures");
  const read = (name: string) => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const pages = Object.fromEntries(names.filter((name) => name !== "writes.json").map((name) => [name.slice(0, -5), read(name)]));
  return { pages, writes: names.includes("writes.json") ? read("writes.json") : {} };
}

const egress = createEgress({ allowLoopback: true });

/** Through a real server on loopback and the product's own way out. */
export const overHttp: Line = async (party) => {
  const { origin, stop } = await serve(party);
  return { egress, sandboxOrigin: origin, stop };
};

/** Runs one proof against a fresh stand-in. Returns all that was asked of it. */
export async function runProof(manifest: Manifest, proof: Proof, recorded: ReturnType<typeof recordedOf>, line: Line): Promise<Heard[]> {
  const bench = await openBench(proof.scaled?.(manifest) ?? manifest, proof.auth, recorded, line, proof.answers);
  try {
    await proof.run(bench, recorded.writes);
    return bench.party.heard;
  } finally {
    await bench.stop();
  }
}
