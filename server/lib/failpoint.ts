import type { PublicConfig } from "./context";

const counts = new Map<string, number>();

/**
 * Dies here, the hard way, when the configuration says so: `page.after_commit:3` = the third time this point is passed.
 * For tests of what survives a SIGKILL; without the setting it is one comparison.
 */
export function failAt(config: PublicConfig, point: string): void {
  if (config.failpoint === null) return;
  const [name, nth = "1"] = config.failpoint.split(":");
  if (name !== point) return;
  const count = (counts.get(point) ?? 0) + 1;
  counts.set(point, count);
  if (count === Number(nth)) process.kill(process.pid, "SIGKILL");
}
