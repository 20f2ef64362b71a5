import { pad, pick, seedOf } from "../world/random";
import { COMPANY_HEADS, COMPANY_TAILS } from "../world/words";

/** The key the documentation names. Any other text that starts with `sbx_` is the key of an account of its own. */
export const DEMO_KEY = "sbx_demo_key";

export type SandboxAccount = { id: string; name: string };

/** The account an API key opens; null when it is no key. The same key always opens the same account. */
export function accountOf(key: string | undefined): SandboxAccount | null {
  if (key === undefined || !/^sbx_[\w-]{1,100}$/.test(key)) return null;
  if (key === DEMO_KEY) return { id: "acct_demo", name: "Demo workspace" };
  const seed = seedOf(key);
  return { id: `acct_${pad(seed, 10)}`, name: `${pick(COMPANY_HEADS, seed)} ${pick(COMPANY_TAILS, seed >>> 8)} workspace` };
}
