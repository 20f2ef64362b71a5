"use client";

import { ChevronLeft, CircleCheck, Clock, type LucideIcon, Pause, RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/cn";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { EndedPage } from "./host-pages.tsx";
import { useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";
import { sayFault } from "./say-fault";
import type { Tone } from "./words";

const TONES: Record<Tone, { icon: LucideIcon; className: string }> = {
  good: { icon: CircleCheck, className: "text-success-text" },
  busy: { icon: RefreshCw, className: "text-info-text" },
  wait: { icon: Clock, className: "text-warning-text" },
  bad: { icon: TriangleAlert, className: "text-danger-text" },
  off: { icon: Pause, className: "text-secondary" },
};

export function ToneIcon({ tone, className }: { tone: Tone; className?: string }) {
  const { icon: Icon, className: colour } = TONES[tone];
  return <Icon aria-hidden="true" className={cn("size-4 shrink-0 stroke-2", colour, className)} />;
}

/** Title of a screen: where one is, one sentence of state, the way back. */
export function ScreenHead(props: { iconUrl?: string; title: string; below?: ReactNode; actions?: ReactNode; backTo?: "all" | "back" }) {
  const say = useSay();
  const { iconUrl, title, below, actions, backTo } = props;
  const { back, go } = useNavigation();
  return (
    <header>
      {backTo ? (
        <button
          type="button"
          onClick={() => (backTo === "back" ? back() : go({ name: "marketplace" }))}
          className="-ms-1 mb-3 inline-flex h-6 items-center rounded-sm pe-1 text-secondary text-sm hover:text-foreground"
        >
          <ChevronLeft aria-hidden="true" className="size-4 stroke-[1.75] rtl:rotate-180" />
          {say(backTo === "back" ? "nav.back" : "nav.all")}
        </button>
      ) : null}
      <div className={cn("flex flex-wrap gap-x-4 gap-y-3", below ? "items-start" : "items-center")}>
        {iconUrl ? <Tile src={iconUrl} size={40} /> : null}
        <div className="min-w-0 flex-1 basis-56">
          <h1 className="break-words font-semibold text-xl">{title}</h1>
          {below ? <div className="mt-1 text-secondary">{below}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}

export function ScreenSkeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label}>
      <Skeleton className="mb-4 w-28" />
      <div className="flex items-center gap-4">
        <Skeleton className="size-10 rounded-md" />
        <div>
          <Skeleton className="h-5 w-48" />
          <Skeleton className="mt-2 w-64 max-w-full" />
        </div>
      </div>
      <Skeleton className="mt-8 h-28 w-full rounded-lg" />
      <Skeleton className="mt-3 h-28 w-full rounded-lg" />
    </div>
  );
}

/** A screen whose data could not be had, in the customer's words. A session that is over gets its own page. */
export function ScreenFault({ error, retry }: { error: unknown; retry: () => void }) {
  const say = useSay();
  const { go } = useNavigation();
  const fault = sayFault(error, say);
  if (fault.code === "unauthenticated") return <EndedPage />;
  const gone = fault.code === "not_found";
  return (
    <div>
      {gone ? (
        <button type="button" onClick={() => go({ name: "marketplace" })} className="text-secondary text-sm hover:text-foreground">
          {say("nav.all")}
        </button>
      ) : null}
      <ErrorState fault={fault} showFixer={false} onRetry={gone ? undefined : retry} />
    </div>
  );
}

/** A line that says how an action went, read out when it changes. */
export function StatusLine({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <p role="status" className="flex items-start gap-2 text-sm">
      <ToneIcon tone={tone} className="mt-0.5" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
