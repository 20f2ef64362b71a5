import type { Manifest } from "#server/runtime/manifest";

// Stands in for the registry of connectors: `vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"))`.

let held: Manifest;

export const hold = (manifest: Manifest): void => {
  held = manifest;
};
export const getManifest = (): Manifest => held;
export const isPrivateKey = (): boolean => false;
export const listManifests = (): Manifest[] => [held];
