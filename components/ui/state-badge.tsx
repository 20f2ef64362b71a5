"use client";

import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Clock,
  KeyRound,
  type LucideIcon,
  Pause,
  RefreshCw,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/cn";
import { useUiWords } from "#components/ui/words.tsx";
import type { ConnectionState, RunStatus } from "#server/trpc/views";

type Look = { word: string; icon: LucideIcon; tone: "success" | "warning" | "danger" | "info" | "neutral" };

/** The one vocabulary of states, as a person reads it. */
export const CONNECTION_STATES: Record<ConnectionState, Look> = {
  connecting: { word: "Connecting", icon: CircleDashed, tone: "info" },
  active: { word: "Up to date", icon: CircleCheck, tone: "success" },
  syncing: { word: "Syncing", icon: RefreshCw, tone: "info" },
  delayed: { word: "Delayed", icon: Clock, tone: "warning" },
  attention: { word: "Needs attention", icon: TriangleAlert, tone: "warning" },
  reauth: { word: "Reconnect needed", icon: KeyRound, tone: "danger" },
  paused: { word: "Paused", icon: Pause, tone: "neutral" },
  disconnected: { word: "Disconnected", icon: Unplug, tone: "neutral" },
};

export const RUN_STATES: Record<RunStatus, Look> = {
  running: { word: "Running", icon: RefreshCw, tone: "info" },
  succeeded: { word: "Succeeded", icon: CircleCheck, tone: "success" },
  failed: { word: "Failed", icon: CircleAlert, tone: "danger" },
  cancelled: { word: "Cancelled", icon: Ban, tone: "neutral" },
};

const TEXT = {
  success: "text-success-text",
  warning: "text-warning-text",
  danger: "text-danger-text",
  info: "text-info-text",
  neutral: "text-secondary",
};

/** Icon and word in the state's colour; never colour alone. */
export function StateMark({ look, children, className }: { look: Look; children?: ReactNode; className?: string }) {
  const Icon = look.icon;
  return (
    <span
      className={cn(
        "inline-flex min-w-0 items-center gap-1.5 whitespace-nowrap align-middle font-medium text-sm",
        TEXT[look.tone],
        className,
      )}
    >
      <Icon aria-hidden="true" className="size-3.5 shrink-0 stroke-2" />
      <span className="truncate">{children ?? look.word}</span>
    </span>
  );
}

export function StateBadge({ state, className, children }: { state: ConnectionState; className?: string; children?: ReactNode }) {
  const words = useUiWords();
  return (
    <StateMark look={CONNECTION_STATES[state]} {...(className === undefined ? {} : { className })}>
      {children ?? words.state[state]}
    </StateMark>
  );
}

export function RunStatusBadge({ status, className }: { status: RunStatus; className?: string }) {
  return <StateMark look={RUN_STATES[status]} {...(className === undefined ? {} : { className })} />;
}
