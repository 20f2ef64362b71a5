"use client";

import { cn } from "#components/cn";
import { useUiWords } from "#components/ui/words.tsx";

type ProgressProps = {
  done: number;
  /** Null when the source does not say: then a quiet line and the count so far. */
  total: number | null;
  perSecond?: number | null;
  etaSeconds?: number | null;
  /** What is counted, for the screen reader and the words: "contacts". */
  unit: string;
  className?: string;
};

/** A bar with numbers. A bar that does not know its end stays quiet and only counts. */
export function Progress({ done, total, perSecond = null, etaSeconds = null, unit, className }: ProgressProps) {
  const percent = total !== null && total > 0 ? Math.min(100, (done / total) * 100) : null;
  const said = useUiWords();
  const words = said.progress(done, total, unit);
  const pace = [
    perSecond !== null && perSecond > 0 ? said.pace(Math.round(perSecond)) : "",
    etaSeconds !== null && etaSeconds > 0 ? said.timeLeft(etaSeconds) : "",
  ].filter(Boolean);
  return (
    <div className={cn("min-w-0", className)}>
      <div
        role="progressbar"
        aria-label={unit}
        aria-valuetext={words}
        {...(percent === null ? {} : { "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(percent) })}
        className="h-1.5 w-full overflow-hidden rounded-full bg-pressed"
      >
        <div
          className={cn("h-full rounded-full bg-accent transition-[width] duration-300", percent === null && "opacity-45")}
          style={{ width: percent === null ? "100%" : `${percent}%` }}
        />
      </div>
      <p className="mt-1.5 flex flex-wrap justify-between gap-x-3 text-secondary text-xs tabular-nums">
        <span>{words}</span>
        {pace.length > 0 ? <span>{pace.join(" · ")}</span> : null}
      </p>
    </div>
  );
}
