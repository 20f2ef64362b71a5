"use client";

import { useSubscription } from "@trpc/tanstack-react-query";
import { MoreHorizontal, RefreshCw, Unplug } from "lucide-react";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count, formatNumber } from "#components/ui/format";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { MissingNote } from "#components/vendor/missing-note.tsx";
import { ProblemNote } from "#components/vendor/problem-note.tsx";
import { RUN_KINDS } from "#components/vendor/run-words";
import { StreamMenu } from "#components/vendor/stream-menu.tsx";
import { maySync, type StreamActions, useStreamActions } from "#components/vendor/use-stream-actions";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ConnectionView, StreamView } from "#server/trpc/views";

const PAUSERS: Record<string, string> = {
  vendor: "your team",
  customer: "the customer",
  auth: "lost access",
  quarantine: "too many records held back",
  provider: "the other system",
};

const pausedBy = (reasons: string[]) => reasons.map((reason) => PAUSERS[reason] ?? reason).join(", ");

function StreamFacts({ stream }: { stream: StreamView }) {
  if (stream.status === "off") return <>Turned off. {count(stream.recordCount, "record")} kept.</>;
  return (
    <>
      {count(stream.recordCount, "record")}
      {stream.quarantineCount > 0 ? <span className="text-warning-text">, {formatNumber(stream.quarantineCount)} held back</span> : null}
      {stream.heldCount > 0 ? <span className="text-warning-text">, {formatNumber(stream.heldCount)} not written</span> : null}
      {stream.conflictCount > 0 ? <span className="text-warning-text">, {count(stream.conflictCount, "conflict")}</span> : null}
      {stream.pauseReasons.length > 0 ? <>, paused by {pausedBy(stream.pauseReasons)}</> : null}
      {stream.lastSuccessAt ? (
        <>
          , checked <RelativeTime date={stream.lastSuccessAt} />
        </>
      ) : null}
      {stream.waitingUntil ? (
        <>
          , waiting for the rate limit, goes on <RelativeTime date={stream.waitingUntil} planned />
        </>
      ) : null}
      {stream.nextRunAt && stream.pauseReasons.length === 0 ? (
        <>
          , next <RelativeTime date={stream.nextRunAt} planned />
        </>
      ) : null}
      {`, version ${stream.templateVersion}`}
      {stream.mappedVersion < stream.mappingVersion ? " (re-mapping)" : null}
    </>
  );
}

function StreamRow({ stream, actions, live }: { stream: StreamView; actions: StreamActions; live: boolean }) {
  const may = useMay("support");
  const { progress } = stream;
  return (
    <li className="px-4 py-3 sm:px-5">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
            <span className="font-medium text-sm">{stream.label}</span>
            <StateBadge state={stream.state} />
          </p>
          <p className="mt-0.5 text-secondary text-xs tabular-nums">
            <StreamFacts stream={stream} />
          </p>
        </div>
        {live && may && stream.status === "active" ? (
          <>
            <Button
              size="sm"
              className="max-sm:hidden"
              disabled={!maySync(stream)}
              pending={actions.sync.isPending && actions.sync.variables?.streamId === stream.id}
              onClick={() => actions.sync.mutate({ streamId: stream.id })}
            >
              <RefreshCw aria-hidden="true" />
              Sync now
            </Button>
            <StreamMenu stream={stream} actions={actions} />
          </>
        ) : null}
      </div>
      {progress ? (
        <Progress
          className="mt-3"
          done={progress.done}
          total={progress.total}
          perSecond={progress.perSecond}
          etaSeconds={progress.etaSeconds}
          unit={`${stream.label.toLowerCase()} · ${RUN_KINDS[progress.kind].toLowerCase()}`}
        />
      ) : null}
      {stream.missing ? <MissingNote stream={stream} missing={stream.missing} /> : null}
      {stream.problem && !stream.missing ? <ProblemNote problem={stream.problem} className="mt-3" /> : null}
    </li>
  );
}

/** One connected account with its streams, live: the view is replaced whenever the server says so. */
export function ConnectionCard({ connection }: { connection: ConnectionView }) {
  const trpc = useVendor();
  const actions = useStreamActions();
  const may = useMay("developer");
  const [asking, setAsking] = useState(false);
  const [seen, setSeen] = useState<{ from: ConnectionView; now: ConnectionView }>({ from: connection, now: connection });
  useSubscription(
    trpc.connections.watch.subscriptionOptions(
      { connectionId: connection.id },
      { onData: ({ data }) => setSeen({ from: connection, now: data }), enabled: connection.state !== "disconnected" },
    ),
  );
  const view = seen.from === connection ? seen.now : connection;
  const live = view.state !== "disconnected";
  const saidBelow = view.streams.some(({ problem }) => problem?.text === view.problem?.text); // once is enough
  const name = `${view.integrationName} of ${view.customerName}`;
  return (
    <Card>
      <div className="flex items-center gap-3 border-hairline border-b px-4 py-3.5 sm:px-5">
        <Tile src={view.iconUrl} size={40} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-base">{view.integrationName}</h2>
          <p className="truncate text-secondary text-sm">
            {view.accountLabel} · connected <RelativeTime date={view.createdAt} />
          </p>
        </div>
        <StateBadge state={view.state} />
        {live && may ? (
          <Menu
            trigger={
              <Button variant="ghost" size="icon-sm" aria-label={`More for ${name}`}>
                <MoreHorizontal aria-hidden="true" />
              </Button>
            }
          >
            {view.streams.map((stream) => (
              <MenuItem key={stream.id} disabled={!maySync(stream)} onSelect={() => actions.sync.mutate({ streamId: stream.id })}>
                <RefreshCw aria-hidden="true" />
                Sync {stream.label.toLowerCase()} now
              </MenuItem>
            ))}
            <MenuSeparator />
            <MenuItem danger onSelect={() => setAsking(true)}>
              <Unplug aria-hidden="true" />
              Disconnect {view.integrationName}
            </MenuItem>
          </Menu>
        ) : null}
      </div>
      {view.problem && view.problem.code !== "delete_guard_tripped" && !saidBelow ? (
        <ProblemNote problem={view.problem} className="mx-4 mt-4 sm:mx-5" />
      ) : null}
      {view.streams.length > 0 ? (
        <ul className="divide-y divide-hairline">
          {view.streams.map((stream) => (
            <StreamRow key={stream.id} stream={stream} actions={actions} live={live} />
          ))}
        </ul>
      ) : (
        <EmptyState title="Connected, but nothing is turned on" className="py-8">
          The customer chooses a template in the marketplace.
        </EmptyState>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Disconnect ${name}?`}
        action={`Disconnect ${view.integrationName}`}
        pending={actions.disconnect.isPending}
        onConfirm={() => actions.disconnect.mutate({ connectionId: view.id }, { onSettled: () => setAsking(false) })}
      >
        <p>All its streams stop, access is revoked at the other system and the stored credential is destroyed.</p>
        <p>Records already synced stay and can still be read. The customer can connect again at any time.</p>
      </ConfirmDialog>
    </Card>
  );
}
