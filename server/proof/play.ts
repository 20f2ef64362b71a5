import { setImmediate as breathe } from "node:timers/promises";
import type { Manifest } from "#server/runtime/manifest";
import { openBench, straight } from "./bench";
import { type Proof, proofsOf } from "./proofs";

/** A claim, and whether it was shown; `untried` says why it could not be. */
export type Played = { claim: string; title: string; state: "ok" | "failed" | "untried"; note: string | null };

/** All proofs of one manifest together take no longer. */
const BUDGET_MS = 3_000;
const KEPT = 20;
const kept = new Map<string, Played[]>();

async function play(manifest: Manifest, proof: Proof): Promise<Pick<Played, "state" | "note">> {
  try {
    const bench = await openBench(proof.scaled?.(manifest) ?? manifest, proof.auth, { pages: {} }, straight, proof.answers);
    await proof.run(bench, {});
    await bench.stop();
    return { state: "ok", note: null };
  } catch (error) {
    return { state: "failed", note: (error instanceof Error ? error.message : String(error)).slice(0, 300) };
  }
}

/**
 * Runs every proof of a manifest against a system played from it, without network, one after the other and never for long: what there
 * was no time for is `untried`. The same manifest is played once.
 */
export async function playManifest(manifest: Manifest, { budgetMs = BUDGET_MS } = {}): Promise<Played[]> {
  const id = JSON.stringify(manifest);
  const before = kept.get(id);
  if (before) return before;
  const until = performance.now() + budgetMs;
  const played: Played[] = [];
  for (const proof of proofsOf(manifest)) {
    const { claim, title } = proof;
    const late = performance.now() > until;
    played.push({ claim, title, ...(late ? { state: "untried" as const, note: "there was no time left" } : await play(manifest, proof)) });
    await breathe();
  }
  const [oldest] = kept.keys();
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(id, played);
  return played;
}
