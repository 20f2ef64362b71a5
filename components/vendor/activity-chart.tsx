"use client";

import { useState } from "react";
import { cn } from "#components/cn";
import { formatCompact, formatNumber } from "#components/ui/format";
import { useHydrated } from "#components/ui/use-hydrated";
import type { Overview } from "#server/trpc/views";

type Hour = Overview["activity"][number];

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Hours in the reader's zone; empty until that is known. */
function useClock(): (hour: Date) => string {
  const hydrated = useHydrated();
  return (hour) => (hydrated ? clock.format(hour) : "");
}

/** A round number at or above `max`: 1, 2 or 5 times a power of ten. */
function ceiling(max: number): number {
  if (max <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(max));
  return ([1, 2, 5, 10].find((step) => step * power >= max) ?? 10) * power;
}

function Bar({ hour, top, active, onEnter }: { hour: Hour; top: number; active: boolean; onEnter: () => void }) {
  const height = (value: number) => (value === 0 ? "0%" : `max(2px, ${(value / top) * 100}%)`);
  return (
    <div className={cn("relative flex h-full flex-1 flex-col justify-end px-[1.5px]", active && "bg-hover")} onPointerEnter={onEnter}>
      {hour.failedRuns > 0 ? <span className="absolute inset-x-0 top-0 mx-auto size-1.5 rounded-full bg-danger" /> : null}
      <div className="rounded-t-[2px] bg-accent/35" style={{ height: height(hour.updated) }} />
      <div className={cn("bg-accent", hour.updated === 0 && "rounded-t-[2px]")} style={{ height: height(hour.created) }} />
    </div>
  );
}

/** Records written per hour of the last day. Two series, labelled directly; the same data as a table for screen readers. */
export function ActivityChart({ activity }: { activity: Hour[] }) {
  const [active, setActive] = useState<number | null>(null);
  const top = ceiling(Math.max(0, ...activity.map((hour) => hour.created + hour.updated)));
  const created = activity.reduce((sum, hour) => sum + hour.created, 0);
  const updated = activity.reduce((sum, hour) => sum + hour.updated, 0);
  const clockOf = useClock();
  const read = active === null ? null : activity[active];
  return (
    <div className="relative">
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-secondary text-xs tabular-nums" aria-hidden="true">
        <span className="flex items-center gap-1.5">
          <span className="size-2 rounded-[2px] bg-accent" />
          {formatNumber(read?.created ?? created)} created
        </span>
        <span className="flex items-center gap-1.5">
          <span className="size-2 rounded-[2px] bg-accent/35" />
          {formatNumber(read?.updated ?? updated)} updated
        </span>
        {read && read.failedRuns > 0 ? (
          <span className="flex items-center gap-1.5 text-danger-text">
            <span className="size-1.5 rounded-full bg-danger" />
            {formatNumber(read.failedRuns)} failed
          </span>
        ) : null}
        <span className="ms-auto">{read ? `from ${clockOf(read.hour)}` : "last 24 hours"}</span>
      </p>
      <div className="relative mt-3 h-36 ps-9" aria-hidden="true" onPointerLeave={() => setActive(null)}>
        {[1, 0.5, 0].map((line) => (
          <div key={line} className="absolute inset-x-0 flex -translate-y-1/2 items-center" style={{ top: `${(1 - line) * 100}%` }}>
            <span className="w-7 -translate-y-px text-end text-[11px] text-subtle tabular-nums leading-none">
              {formatCompact(top * line)}
            </span>
            <span className="ms-2 h-px flex-1 bg-hairline" />
          </div>
        ))}
        <div className="relative flex h-full items-end">
          {activity.map((hour, index) => (
            <Bar key={hour.hour.getTime()} hour={hour} top={top} active={active === index} onEnter={() => setActive(index)} />
          ))}
        </div>
      </div>
      <div className="mt-1.5 flex justify-between ps-9 text-[11px] text-subtle tabular-nums" aria-hidden="true">
        {[0, 6, 12, 18].map((index) => (
          <span key={index} className="w-1/4">
            {activity[index] ? clockOf(activity[index].hour) : ""}
          </span>
        ))}
      </div>
      <ActivityTable activity={activity} />
    </div>
  );
}

function ActivityTable({ activity }: { activity: Hour[] }) {
  const clockOf = useClock();
  return (
    // A table takes no height of its own from `sr-only`: left alone it would lengthen the page.
    <div className="sr-only">
      <table>
        <caption>Records written per hour</caption>
        <thead>
          <tr>
            <th scope="col">Hour from</th>
            <th scope="col">Created</th>
            <th scope="col">Updated</th>
            <th scope="col">Failed runs</th>
          </tr>
        </thead>
        <tbody>
          {activity.map((hour) => (
            <tr key={hour.hour.getTime()}>
              <th scope="row">{clockOf(hour.hour)}</th>
              <td>{hour.created}</td>
              <td>{hour.updated}</td>
              <td>{hour.failedRuns}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
