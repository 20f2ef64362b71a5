"use client";

import { count, formatNumber } from "#components/ui/format";
import { Progress } from "#components/ui/progress.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { StreamView } from "#server/trpc/views";
import { MissingRecords } from "./missing-records.tsx";

const DOING = {
  backfill: "First sync",
  incremental: "Reading what changed",
  remap: "Applying the new mapping",
  named: "Reading what changed",
} as const;

function Facts({ stream }: { stream: StreamView }) {
  return (
    <dl className="mt-3 grid grid-cols-3 gap-3 text-sm">
      <div>
        <dt className="text-secondary text-xs">Records</dt>
        <dd className="mt-0.5 font-medium tabular-nums">{formatNumber(stream.recordCount)}</dd>
      </div>
      <div>
        <dt className="text-secondary text-xs">Last checked</dt>
        <dd className="mt-0.5">
          <RelativeTime date={stream.lastSuccessAt} fallback="not yet" />
        </dd>
      </div>
      <div>
        <dt className="text-secondary text-xs">Next check</dt>
        <dd className="mt-0.5">
          <RelativeTime date={stream.status === "active" ? stream.nextRunAt : null} fallback="none planned" planned />
        </dd>
      </div>
    </dl>
  );
}

/** One kind of record that flows: how far it is, or when it was looked at last. */
export function StreamCard({ stream }: { stream: StreamView }) {
  const { progress, problem } = stream;
  return (
    <li className="rounded-lg border border-hairline bg-surface p-4">
      <div className="flex items-center justify-between gap-3">
        <h3 className="truncate font-semibold text-base">{stream.label}</h3>
        <StateBadge state={stream.state} />
      </div>
      {progress ? (
        <div className="mt-3">
          <p className="mb-1.5 text-secondary text-sm">
            {DOING[progress.kind]}
            {stream.waitingUntil ? (
              <>
                , goes on <RelativeTime date={stream.waitingUntil} planned />
              </>
            ) : null}
          </p>
          <Progress done={progress.done} total={progress.total} etaSeconds={progress.etaSeconds} unit={stream.label.toLowerCase()} />
        </div>
      ) : (
        <Facts stream={stream} />
      )}
      {stream.missing ? <MissingRecords stream={stream} missing={stream.missing} /> : null}
      {problem && !stream.missing ? <p className="mt-3 border-hairline border-t pt-3 text-secondary text-sm">{problem.text}</p> : null}
      {stream.quarantineCount > 0 ? (
        <p className="mt-2 text-sm text-warning-text">{count(stream.quarantineCount, "record")} held back. See Problems.</p>
      ) : null}
    </li>
  );
}
