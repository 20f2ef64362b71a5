import type { Tone } from "#components/ui/badge.tsx";
import { count } from "#components/ui/format";
import type { RolloutView } from "#server/domains/rollouts/list-rollouts";

export const STATUS: Record<RolloutView["status"], { word: string; tone: Tone }> = {
  running: { word: "Rolling out", tone: "info" },
  halted: { word: "Paused", tone: "warning" },
  done: { word: "With everybody", tone: "success" },
  rolled_back: { word: "Rolled back", tone: "danger" },
};

/** What a step takes, in a few words. */
export const stepWords = (percent: number): string => (percent === 0 ? "Internal" : percent === 100 ? "All" : `${percent} %`);

/** How the step fares, in a sentence. */
export function figureWords({ figures, maxErrorPercent }: RolloutView): string {
  if (!figures) return "";
  const { streams, moved, pending, records, heldBack, writes, heldWrites, failedRuns } = figures;
  if (moved === 0) return `None of ${count(streams, "stream")} is there yet.`;
  const facts = [
    `${moved} of ${count(streams, "stream")}`,
    pending > 0 ? `${pending} still being re-mapped` : "",
    `${heldBack} of ${count(records, "record")} newly held back (${maxErrorPercent} % may be)`,
    writes > 0 ? `${heldWrites} of ${count(writes, "write")} refused or in doubt` : "",
    failedRuns > 0 ? `${count(failedRuns, "run")} failed` : "no run failed",
  ];
  return `${facts.filter(Boolean).join(" · ")}.`;
}
