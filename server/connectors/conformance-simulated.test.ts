import { describe, test } from "vitest";
import { proofsOf } from "#server/proof/proofs";
import { overHttp, recordedOf, runProof } from "#tests/support/stand-in";
import { listManifests } from "./index";

// Every claim of every manifest, against a system played from that manifest and its fixtures, over real HTTP.
describe.each(listManifests().map((manifest) => [manifest.key, manifest] as const))("%s", (key, manifest) => {
  const recorded = recordedOf(key);
  test.each(proofsOf(manifest).map((proof) => [proof.claim, proof] as const))("%s", { timeout: 30_000 }, async (_claim, proof) => {
    await runProof(manifest, proof, recorded, overHttp);
  });
});
