import { afterAll, describe, expect, test } from "vitest";
import { claimsOf } from "#server/proof/claims";
import { proofsOf } from "#server/proof/proofs";
import { overHttp, recordedOf, runProof } from "#tests/support/stand-in";
import { listManifests } from "./index";

const segments = (path: string) =>
  path.split("/").map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));

// Every claim of every manifest, against a system played from that manifest and its fixtures, over real HTTP.
describe.each(listManifests().map((manifest) => [manifest.key, manifest] as const))("%s", (key, manifest) => {
  const recorded = recordedOf(key);
  const proofs = proofsOf(manifest);
  const asked = new Set<string>();
  test("claims nothing that is not proven", () => {
    const proven = new Set(proofs.map((proof) => proof.claim));
    expect(claimsOf(manifest).filter((one) => one.proof === null || !proven.has(one.proof))).toEqual([]);
    expect(proven.size).toBe(proofs.length);
  });
  if (proofs.length === 0) return;
  test.each(proofs.map((proof) => [proof.claim, proof] as const))("%s", { timeout: 30_000 }, async (_claim, proof) => {
    for (const { method, url } of await runProof(manifest, proof, recorded, overHttp)) asked.add(`${method} ${url.pathname}`);
  });
  afterAll(() => {
    // A bucket nothing falls into keeps no limit.
    for (const { name, methods, paths } of manifest.http.rateLimit.buckets) {
      const of = `^(?:${methods?.join("|") ?? "[A-Z]+"}) .*(?:${paths?.map((one) => segments(one).join("/")).join("|") ?? ""})$`;
      const pattern = new RegExp(paths ? of : of.replace(/\$$/, ""));
      if (asked.size > 0)
        expect(
          [...asked].some((one) => pattern.test(one)),
          `bucket "${name}" of ${key}`,
        ).toBe(true);
    }
  });
});
