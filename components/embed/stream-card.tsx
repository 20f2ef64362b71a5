"use client";

import { Progress } from "#components/ui/progress.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { StreamView } from "#server/trpc/views";
import { sayAround, useSay } from "./language.tsx";
import { MissingRecords } from "./missing-records.tsx";

const DOING = {
  backfill: "stream.doing_backfill",
  incremental: "stream.doing_incremental",
  remap: "stream.doing_remap",
  named: "stream.doing_incremental",
  push: "stream.doing_push",
} as const;

function Facts({ stream }: { stream: StreamView }) {
  const say = useSay();
  return (
    <dl className="mt-3 grid grid-cols-3 gap-3 text-sm">
      <div>
        <dt className="text-secondary text-xs">{say("stream.records")}</dt>
        <dd className="mt-0.5 font-medium tabular-nums">{say.number(stream.recordCount)}</dd>
      </div>
      <div>
        <dt className="text-secondary text-xs">{say("stream.last")}</dt>
        <dd className="mt-0.5">
          <RelativeTime date={stream.lastSuccessAt} fallback={say("stream.not_yet")} />
        </dd>
      </div>
      <div>
        <dt className="text-secondary text-xs">{say("stream.next")}</dt>
        <dd className="mt-0.5">
          <RelativeTime date={stream.status === "active" ? stream.nextRunAt : null} fallback={say("stream.none_planned")} planned />
        </dd>
      </div>
    </dl>
  );
}

/** One kind of record that flows: how far it is, or when it was looked at last. */
export function StreamCard({ stream }: { stream: StreamView }) {
  const say = useSay();
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
            {stream.waitingUntil
              ? sayAround(
                  say,
                  "stream.goes_on",
                  { when: <RelativeTime date={stream.waitingUntil} planned /> },
                  { doing: say(DOING[progress.kind]) },
                )
              : say(DOING[progress.kind])}
          </p>
          <Progress done={progress.done} total={progress.total} etaSeconds={progress.etaSeconds} unit={say.inner(stream.label)} />
        </div>
      ) : (
        <Facts stream={stream} />
      )}
      {stream.missing ? <MissingRecords stream={stream} missing={stream.missing} /> : null}
      {problem && !stream.missing ? <p className="mt-3 border-hairline border-t pt-3 text-secondary text-sm">{problem.text}</p> : null}
      {stream.quarantineCount > 0 ? (
        <p className="mt-2 text-sm text-warning-text">{say("stream.held", { count: stream.quarantineCount })}</p>
      ) : null}
    </li>
  );
}
