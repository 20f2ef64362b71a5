import { describe, test } from "vitest";
import { straight } from "#server/proof/bench";
import { proofsOf } from "#server/proof/proofs";
import type { Manifest, ManifestInput } from "#server/runtime/manifest";
import { runProof } from "./stand-in";
import { tinyManifest } from "./tiny-manifest";

type Auth = ManifestInput["auth"];
type Http = ManifestInput["http"];

/** An object as plain as may be. */
export const zedThing: ManifestInput["objects"][string] = {
  title: "Things",
  list: { path: "/things" },
  records: "data",
  id: "id",
  updatedAt: "at",
  fields: [{ path: "id", type: "string", title: "Id" }],
  sample: { id: "1", at: "2026-01-01T00:00:00Z" },
};

const key: Auth[string] = {
  type: "api_key",
  title: "Key",
  fields: [{ key: "api_key", title: "Key", secret: true }],
  headers: { authorization: "{api_key}" },
};

/** How Zed is reached, and what of it a test has its own way. */
export const zedHttp = (http: Partial<Http> = {}): Http => ({
  baseUrl: "https://api.zed.example/v1",
  errorMessage: "message",
  rateLimit: { defaultWaitMs: 1_000 },
  ...http,
});

/** A private connector of a system that is nobody's: with a key, and one object, unless a test says otherwise. */
export const zed = ({ auth = { key }, ...rest }: Partial<ManifestInput> = {}): Manifest =>
  tinyManifest(auth, {
    key: "x-zed",
    name: "Zed",
    identify: { request: { path: "/me" }, accountId: "id", label: "{id}" },
    http: zedHttp(),
    objects: { thing: zedThing },
    ...rest,
  });

/** Everything that these claim, shown against the stand-in, a test each. */
export const showAll = (played: Record<string, Manifest>): void =>
  describe.each(Object.entries(played))("%s", (_, manifest) => {
    test.each(proofsOf(manifest).map((proof) => [proof.claim, proof] as const))("%s", async (__, proof) => {
      await runProof(manifest, proof, { pages: {}, writes: {} }, straight);
    });
  });
