import type postgres from "postgres";
import { vi } from "vitest";
import { newId } from "#server/lib/ids";
import { renewerOf } from "#server/runtime/auth/renewer";
import type { RefreshDeps } from "#server/runtime/refresh";
import { sealSecret } from "#server/runtime/secret";
import { insert, type Scene, testVault } from "./world";

/** Whose credential it is. */
export const ownerIds = (scene: Scene) => ({
  environmentId: scene.environment,
  customerId: scene.customer,
  connectionId: scene.connection,
});

/** The scene's connection gets tokens `a0` and `r0`. Returns the credential's id. */
export async function grantTokens(owner: postgres.Sql, scene: Scene): Promise<string> {
  const id = newId("credential");
  await insert(owner, "credentials", {
    id,
    environment_id: scene.environment,
    customer_id: scene.customer,
    connection_id: scene.connection,
    secret: sealSecret(testVault, ownerIds(scene), 1, { type: "oauth2", accessToken: "a0", refreshToken: "r0" }),
    key_id: "t1",
    expires_at: new Date(Date.now() + 600_000),
    refresh_after: new Date(Date.now() + 300_000),
  });
  return id;
}

/** Renewing as a process of its own does it: with modules of its own, so with flights of its own. */
export async function openRenewal() {
  vi.resetModules();
  const { refreshCredential } = await import("#server/runtime/refresh");
  const { getManifest } = await import("#server/connectors/index");
  const method = getManifest("hubspot").auth["oauth"];
  if (method?.type !== "oauth2_code") throw new Error("no oauth");
  return (deps: RefreshDeps, scene: Scene, credentialId: string, seen = 1) => {
    const renewer = renewerOf({
      caller: { egress: deps.egress, name: "HubSpot", sandboxOrigin: null },
      method,
      app: { clientId: "c", clientSecret: "s" },
      config: {},
      scopes: [],
      clock: deps.clock,
    });
    if (!renewer) throw new Error("nothing renews it");
    return refreshCredential(deps, { owner: ownerIds(scene), credentialId, renewer }, seen);
  };
}
