import { count, formatNumber } from "#components/ui/format";
import type { RunKind, RunView } from "#server/trpc/views";

export const RUN_KINDS: Record<RunKind, string> = {
  backfill: "First sync",
  incremental: "Changes",
  remap: "Re-map",
  named: "Named by a call",
  push: "Own records",
};

const TRIGGERS: Record<string, string> = {
  schedule: "on schedule",
  customer: "by the customer",
  vendor: "by your team",
  manual: "by hand",
  activation: "turned on",
  webhook: "by webhook",
  mapping: "mapping published",
  reconnect: "reconnected",
};

export const triggerWords = (trigger: string) => TRIGGERS[trigger] ?? trigger.replaceAll("_", " ");

/** What a run did, in one line: "204 created, 12 updated". */
export function runOutcome(run: RunView): string {
  const parts = [
    run.created > 0 ? `${formatNumber(run.created)} created` : "",
    run.updated > 0 ? `${formatNumber(run.updated)} updated` : "",
    run.deleted > 0 ? `${formatNumber(run.deleted)} deleted` : "",
    run.quarantined > 0 ? `${formatNumber(run.quarantined)} held back` : "",
    run.skipped > 0 ? `${formatNumber(run.skipped)} left out` : "",
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(", ");
  return run.seen > 0 ? `${count(run.seen, "record")} unchanged` : "Nothing new";
}
