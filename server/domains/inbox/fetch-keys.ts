import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { sandboxed } from "#server/runtime/send";

const KEEP_MS = 3_600_000;
/** An address that gave nothing is not asked again for this long. */
const SULK_MS = 60_000;
const MOST_KEPT = 200;
/** Fetches a minute and host: calls can be forged, and each may name another key. */
const MOST_A_MINUTE = 10;
const LIMIT_BYTES = 262_144;

type Kept = { text: Promise<string>; until: number };

/**
 * Fetches public keys of third parties through the egress and keeps them for an hour. Throws `provider_unavailable` when a
 * key cannot be had now; then the call cannot be judged, and its sender is asked to call again.
 */
export function createKeyFetcher(deps: Deps): (url: string, sandboxOrigin: string | null) => Promise<string> {
  const kept = new Map<string, Kept>();
  const spent = new Map<string, { minute: number; n: number }>();

  function spend(host: string): void {
    const minute = Math.floor(Date.now() / 60_000);
    const before = spent.get(host);
    const n = before?.minute === minute ? before.n + 1 : 1;
    if (n > MOST_A_MINUTE) throw new AppError("provider_unavailable", "too many different signing keys were asked for at once");
    spent.set(host, { minute, n });
  }

  async function fetchText(url: string): Promise<string> {
    const answer = await deps.egress({ method: "GET", url, timeoutMs: 5_000, limitBytes: LIMIT_BYTES });
    if (answer.status !== 200) throw new AppError("provider_unavailable", `the signing key's address answered ${answer.status}`);
    return answer.body.toString();
  }

  return (declared, sandboxOrigin) => {
    const url = sandboxed(declared, sandboxOrigin);
    const now = Date.now();
    const hit = kept.get(url);
    if (hit && hit.until > now) return hit.text;
    try {
      spend(new URL(url).host);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    if (kept.size >= MOST_KEPT) kept.clear();
    const entry: Kept = { text: fetchText(url), until: now + KEEP_MS };
    entry.text.catch(() => {
      entry.until = now + SULK_MS;
    });
    kept.set(url, entry);
    return entry.text;
  };
}
