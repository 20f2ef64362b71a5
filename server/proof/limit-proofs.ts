import { type Level, paceOf, slotsFor, take } from "#server/runtime/limits/pace";
import type { Manifest } from "#server/runtime/manifest";
import type { Bench } from "./bench";
import { must } from "./reading";

type Bucket = Manifest["http"]["rateLimit"]["buckets"][number];
type Asked = { method: string; path: string };

const partsOf = (path: string): string[] => (path.split("?", 1)[0] ?? "").split("/").filter((part) => part !== "");
const OPEN = /\{[^{}]*\}/;

/** Whether an address as it is declared can be one that a limit speaks of: a hole may become anything. */
function mayFit(wanted: readonly string[], parts: readonly string[]): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return parts.length === 0;
  if (first === "**") return mayFit(rest, parts) || (parts.length > 0 && mayFit(wanted, parts.slice(1)));
  const [part, ...others] = parts;
  if (part === undefined) return false;
  if (part.startsWith("{+")) return mayFit(rest, others) || mayFit(rest, parts);
  return (first === "*" || OPEN.test(part) || first === part) && mayFit(rest, others);
}

/** Every request that a manifest declares. */
function requestsOf(manifest: Manifest): Asked[] {
  const found: Asked[] = [];
  const walk = (value: unknown, name: string): void => {
    if (typeof value !== "object" || value === null || name === "sample" || name === "body") return;
    const { path, method = "GET" } = value as { path?: unknown; method?: unknown };
    if (typeof path === "string" && path.startsWith("/") && typeof method === "string") found.push({ method, path });
    for (const [inner, one] of Object.entries(value)) walk(one, inner);
  };
  const { auth: _, ...rest } = manifest;
  walk(rest, "");
  return found;
}

/** Requests in the fullest stretch of `perMs`, wherever it begins. */
function fullest(sentMs: readonly number[], perMs: number): number {
  let [from, most] = [0, 0];
  for (const [n, at] of sentMs.entries()) {
    while (at - (sentMs[from] ?? at) >= perMs) from++;
    most = Math.max(most, n - from + 1);
  }
  return most;
}

/** When somebody who always has something to ask is let through, over three stretches. */
function letThrough(bucket: Bucket): number[] {
  const pace = paceOf(bucket);
  const step = Math.max(1, Math.floor(1 / pace.perMs / 4));
  let level: Level = { tokens: pace.capacity, atMs: 0 };
  const sent: number[] = [];
  for (let now = 0; now < 3 * bucket.perMs && sent.length < 5_000; now += step) {
    const taken = take(level, pace, { want: bucket.requests, reserve: 0, back: 0 }, now);
    level = taken.level;
    // What is taken may be spent as late as it may be held.
    for (let n = 0; n < taken.granted; n++) sent.push(now + pace.holdMs);
  }
  return sent;
}

/** A limit is about requests that there are, and is kept: never more in any stretch, and never none. */
export async function keepsBucket({ manifest }: Bench, index: number): Promise<void> {
  const bucket = manifest.http.rateLimit.buckets[index];
  must(bucket !== undefined, "there is no such limit");
  const { methods, paths, requests, perMs, burst } = bucket;
  const meant = requestsOf(manifest).some(
    ({ method, path }) => (!methods || methods.includes(method)) && (!paths || paths.some((one) => mayFit(partsOf(one), partsOf(path)))),
  );
  must(meant, "no request of this connector falls into it");
  const [sent, most] = [letThrough(bucket), burst === undefined ? requests : requests + burst];
  must(fullest(sent, perMs) <= most, `${fullest(sent, perMs)} requests went out within a stretch of ${most}`);
  must(sent.length > 0, "nothing is ever let through");
}

/** However many want to ask at the same time, together they are never more, and somebody always may. */
export async function keepsConcurrency({ manifest }: Bench): Promise<void> {
  for (const limit of Object.values(manifest.http.rateLimit.concurrency)) {
    if (limit === undefined) continue;
    const using: number[] = [0, 0, 0];
    for (let round = 0; round < 6; round++) {
      for (const n of using.keys())
        using[n] = slotsFor(
          { limit, using: using[n] ?? 0, want: limit + 1 },
          using.filter((_, other) => other !== n),
        );
      const all = using.reduce((sum, one) => sum + one, 0);
      must(all <= limit && all > 0, `${all} may ask at once of ${limit}`);
    }
  }
}
