import type { Simulation } from "./simulation";

/** Ten seconds, the window of the rate limit. */
export const WINDOW_MS = 10_000;

/** Counts one request of an account. `retryAfter` is null when it may pass, else the seconds until the window ends. */
export function takeFromWindow(sim: Simulation, account: string): { remaining: number; retryAfter: number | null } {
  const now = Date.now();
  let window = sim.windows.get(account);
  if (!window || now - window.startedAt >= WINDOW_MS) {
    window = { startedAt: now, used: 0 };
    sim.windows.set(account, window);
  }
  const limit = sim.controls.ratePer10s;
  if (window.used >= limit) return { remaining: 0, retryAfter: Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - now) / 1000)) };
  window.used++;
  return { remaining: limit - window.used, retryAfter: null };
}
