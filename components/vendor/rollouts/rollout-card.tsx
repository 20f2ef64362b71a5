"use client";

import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useState } from "react";
import { cn } from "#components/cn";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count, formatDuration } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { figureWords, STATUS, stepWords } from "#components/vendor/rollouts/rollout-words";
import { useRolloutActions } from "#components/vendor/rollouts/use-rollout-actions";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { RolloutView } from "#server/domains/rollouts/list-rollouts";

const isOpen = ({ status }: RolloutView) => status === "running" || status === "halted";

function Steps({ rollout }: { rollout: RolloutView }) {
  return (
    <ol aria-label="Steps" className="flex flex-wrap items-center gap-x-1.5 gap-y-1 text-xs">
      {rollout.steps.map((percent, index) => {
        const [past, present] = [index < rollout.step, index === rollout.step];
        return (
          <li key={percent} aria-current={present ? "step" : undefined} className="flex items-center gap-1.5">
            {index > 0 ? <span aria-hidden="true" className={cn("h-px w-4", past || present ? "bg-accent" : "bg-hairline")} /> : null}
            <span
              className={cn(
                "inline-flex h-5 items-center gap-1 rounded-full border px-2 font-medium",
                present
                  ? "border-accent bg-accent-soft text-accent-text"
                  : past
                    ? "border-accent text-accent-text"
                    : "border-hairline text-secondary",
              )}
            >
              {past ? <Check aria-label="done:" className="size-3 stroke-2" /> : null}
              {stepWords(percent)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

type Asking = "back" | "finish";

function Ask({ asking, rollout, onClose }: { asking: Asking; rollout: RolloutView; onClose: () => void }) {
  const { rollBack, finish } = useRolloutActions();
  const { id: rolloutId, toVersion, fromVersion, figures } = rollout;
  const back = asking === "back";
  const left = (figures?.streams ?? 0) - (figures?.moved ?? 0);
  const action = back ? rollBack : finish;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={back ? `Roll version ${toVersion} back?` : `Give version ${toVersion} to everybody now?`}
      action={back ? `Go back to version ${fromVersion}` : "Finish now"}
      tone={back ? "danger" : "primary"}
      pending={action.isPending}
      onConfirm={() => action.mutate({ rolloutId }, { onSettled: onClose })}
    >
      <p>
        {back
          ? `${count(figures?.moved ?? 0, "stream goes", "streams go")} back to version ${fromVersion} and are re-mapped. Version ${toVersion} is withdrawn; its content stays in the history.`
          : `${count(left, "more stream is", "more streams are")} re-mapped at once, unwatched. It cannot be rolled back by itself any more.`}
      </p>
    </ConfirmDialog>
  );
}

function Buttons({ rollout, ask }: { rollout: RolloutView; ask: (asking: Asking) => void }) {
  const { pause, resume } = useRolloutActions();
  const which = { rolloutId: rollout.id };
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {rollout.status === "running" ? (
        <Button size="sm" pending={pause.isPending} onClick={() => pause.mutate(which)}>
          Pause
        </Button>
      ) : (
        <Button size="sm" pending={resume.isPending} onClick={() => resume.mutate(which)}>
          Go on
        </Button>
      )}
      <Button size="sm" onClick={() => ask("finish")}>
        Finish now
      </Button>
      <Button size="sm" variant="ghost" onClick={() => ask("back")}>
        Roll back
      </Button>
    </div>
  );
}

function RolloutLine({ rollout }: { rollout: RolloutView }) {
  const may = useMay("developer");
  const [asking, setAsking] = useState<Asking | null>(null);
  const open = isOpen(rollout);
  return (
    <li className="px-4 py-3 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <p className="font-medium text-sm">
          {rollout.streamLabel}: version {rollout.fromVersion} → {rollout.toVersion}
        </p>
        <Badge tone={STATUS[rollout.status].tone}>{STATUS[rollout.status].word}</Badge>
        <p className="ms-auto truncate text-secondary text-xs">
          {rollout.startedBy}, <RelativeTime date={rollout.finishedAt ?? rollout.createdAt} />
        </p>
      </div>
      {rollout.reason ? <p className="mt-1 text-secondary text-sm">{rollout.reason}</p> : null}
      {open ? (
        <>
          <div className="mt-2.5 flex flex-wrap items-center gap-x-4 gap-y-1.5">
            <Steps rollout={rollout} />
            <span className="text-secondary text-xs">Each step is watched for {formatDuration(rollout.watchMs)}.</span>
          </div>
          <p className="mt-2 text-secondary text-sm tabular-nums">{figureWords(rollout)}</p>
          {rollout.figures?.worst ? (
            <p className="mt-0.5 text-secondary text-sm tabular-nums">
              Most at <bdi>{rollout.figures.worst.customer}</bdi>: {rollout.figures.worst.heldBack} of {rollout.figures.worst.records}{" "}
              {rollout.figures.worst.of === "writes" ? "writes refused or in doubt" : "held back"}.
            </p>
          ) : null}
          {may ? <Buttons rollout={rollout} ask={setAsking} /> : null}
        </>
      ) : null}
      {asking && open ? <Ask asking={asking} rollout={rollout} onClose={() => setAsking(null)} /> : null}
    </li>
  );
}

/** Versions on their way to customers, and the last that were. Shown once there has been one. */
export function RolloutCard({ templateId }: { templateId: string }) {
  const trpc = useVendor();
  const query = useQuery(
    trpc.rollouts.list.queryOptions(
      { templateId, limit: 5 },
      { refetchInterval: ({ state }) => (state.data?.items.some(isOpen) ? 3_000 : 30_000) },
    ),
  );
  if (!query.data || query.data.items.length === 0) return null;
  return (
    <Card>
      <CardHeader
        title="Roll-outs"
        description="New versions of a mapping go out step by step, and roll back by themselves when records are held back."
      />
      <ul aria-live="polite" className="divide-y divide-hairline">
        {query.data.items.map((rollout) => (
          <RolloutLine key={rollout.id} rollout={rollout} />
        ))}
      </ul>
    </Card>
  );
}
