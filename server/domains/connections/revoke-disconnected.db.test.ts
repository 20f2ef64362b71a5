import { expect, test } from "vitest";
import { AppError } from "#server/lib/errors";
import { sealSecret } from "#server/runtime/secret";
import { connecting } from "#tests/support/connecting";
import { createConnection, insert, testVault } from "#tests/support/world";
import { revokeDisconnected } from "./revoke-disconnected";

const t = connecting();

/** Disconnected connections of the scene, their secrets still there. */
async function disconnected(count: number): Promise<void> {
  const scope = { environmentId: t.scene.environment, customerId: t.scene.customer };
  for (let i = 0; i < count; i++) {
    const { connection: connectionId } = await createConnection(t.owner, t.scene);
    await t.owner`update connections set status = 'disconnected', disconnected_at = now() where id = ${connectionId}`;
    const secret = sealSecret(testVault, { ...scope, connectionId }, 1, { type: "oauth2", accessToken: "a", refreshToken: `r${i}` });
    await insert(t.owner, "credentials", {
      id: `crd_${connectionId.slice(4)}`,
      environment_id: scope.environmentId,
      customer_id: scope.customerId,
      connection_id: connectionId,
      secret,
      key_id: "t1",
    });
  }
}

test("third parties that do not answer cost one call little, and another call asks others", async () => {
  await disconnected(60);
  const asked = new Set<string>();
  let now = 0;
  let most = 0;
  let silentMs = 1_000;
  const egress: typeof t.worker.egress = async ({ url }) => {
    asked.add(url);
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, silentMs));
    now--;
    throw new AppError("provider_unavailable");
  };
  const deps = { ...t.worker, egress };
  expect(await revokeDisconnected(deps, { atOnce: 8, budgetMs: 1_200 })).toBe(0);
  expect(most).toBe(8);
  expect(asked.size).toBeLessThanOrEqual(16);
  silentMs = 200;
  for (let i = 0; i < 12; i++) await revokeDisconnected(deps, { atOnce: 50, budgetMs: 150 });
  expect(asked.size).toBe(60); // of which one call looks at fifty
}, 120_000);
