import type { Controls } from "./control/state";
import type { Stats } from "./control/stats";
import type { TokenStore } from "./oauth/store";
import type { World } from "./world/world";

/** Everything one running simulator holds. Controls and stats are changed in place. */
export type Simulation = {
  world: World;
  tokens: TokenStore;
  controls: Controls;
  stats: Stats;
  /** Requests of the current ten seconds, by account. */
  windows: Map<string, { startedAt: number; used: number }>;
  /** Ids of what was made under an idempotency key, by account, object and key. */
  made: Map<string, number>;
};
