import { pino } from "pino";
import { type DatabaseRole, openDatabase } from "#server/db/client";
import type { Deps } from "#server/lib/context";
import { createVault } from "#server/lib/vault";

/**
 * Dependencies for tests over a real database: a fixed key, a silent log, no way out (every egress call throws unless
 * `over` gives one) and a Temporal that is always away. Close with `deps.db.close()`.
 */
export function createTestDeps(url: string, over: Partial<Deps> & { role?: DatabaseRole } = {}): Deps {
  const { role = "web", ...rest } = over;
  return {
    db: openDatabase({ url, role, poolSize: 4, systemPoolSize: 2 }),
    vault: createVault({ k1: Buffer.alloc(32, 7) }, "k1"),
    egress: () => Promise.reject(new Error("this test did not expect an outbound request")),
    keeping: {
      pokeStream: async () => false,
      stopStream: async () => false,
      pokeEndpoint: async () => false,
      reachable: async () => false,
    },
    log: pino({ level: "silent" }),
    clock: { now: () => new Date() },
    config: { origin: "http://127.0.0.1:4600", demoOrigin: "http://localhost:4600", failpoint: null },
    ...rest,
  };
}
