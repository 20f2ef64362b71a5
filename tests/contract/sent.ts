import { getManifest } from "#server/connectors/index";
import { straight } from "#server/proof/bench";
import { proofsOf } from "#server/proof/proofs";
import type { Heard } from "#server/simulator/from-manifest/stand-in";
import { REFUSED } from "#server/simulator/from-manifest/writes";
import { recordedOf, runProof } from "#tests/support/stand-in";

/** All that a connector's proofs send, once each; what is meant to be refused is left out. */
export async function sentBy(key: string): Promise<Heard[]> {
  const manifest = getManifest(key);
  const recorded = recordedOf(key);
  const sent = new Map<string, Heard>();
  // What is scaled down for a proof is not what is sent in earnest.
  for (const proof of proofsOf(manifest).filter((one) => !one.scaled)) {
    for (const one of await runProof(manifest, proof, recorded, straight))
      if (one.role !== null && !one.body.includes(REFUSED)) sent.set(`${one.method} ${one.url.href} ${one.body}`, one);
  }
  return [...sent.values()];
}

/** What a request is, in a report. */
export const shapeOf = ({ method, url, role }: Heard): string => `${role}: ${method} ${url.pathname}`;
