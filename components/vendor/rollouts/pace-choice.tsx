"use client";

import { Select } from "#components/ui/select.tsx";

/** How long each step is watched, and how many of a hundred moved records may be newly held back; null = all at once. */
export type Pace = { watchMs: number; maxErrorPercent: number } | null;

const WATCHES = [
  { value: "600000", label: "10 minutes" },
  { value: "3600000", label: "an hour" },
  { value: "86400000", label: "a day" },
] as const;
const HALTS = [
  { value: "0", label: "any record is" },
  { value: "1", label: "more than 1 % are" },
  { value: "2", label: "more than 2 % are" },
  { value: "5", label: "more than 5 % are" },
  { value: "10", label: "more than 10 % are" },
  { value: "25", label: "more than 25 % are" },
] as const;
/** How careful a roll-out is unless somebody says otherwise. */
export const USUAL_PACE = { watchMs: 600_000, maxErrorPercent: 2 };

/** All at once, or step by step and how. */
export function PaceChoice({ pace, onPace }: { pace: Pace; onPace: (pace: Pace) => void }) {
  const option = (label: string, text: string, chosen: boolean, wanted: Pace) => (
    <label className="flex cursor-pointer items-start gap-2.5 px-3 py-2.5 text-sm has-checked:bg-accent-soft">
      <input
        type="radio"
        name="pace"
        checked={chosen}
        onChange={() => onPace(wanted)}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <span>
        <span className="font-medium">{label}</span>
        <span className="block text-secondary text-xs">{text}</span>
      </span>
    </label>
  );
  return (
    <>
      <fieldset className="mt-4 divide-y divide-hairline overflow-hidden rounded-md border border-hairline">
        <legend className="sr-only">How it goes out</legend>
        {option(
          "All at once",
          "Everybody now, unwatched. To go back, make a draft of the version before and publish it.",
          pace === null,
          null,
        )}
        {option(
          "Step by step",
          "Internal customers, then 5 %, then all. Rolls back by itself when records are held back.",
          pace !== null,
          pace ?? USUAL_PACE,
        )}
      </fieldset>
      {pace === null ? null : (
        <div className="mt-2.5 flex flex-wrap items-center gap-2 text-sm">
          <span>Watch each step for</span>
          <Select
            aria-label="Watch each step for"
            className="w-36"
            value={String(pace.watchMs)}
            onChange={(watchMs) => onPace({ ...pace, watchMs: Number(watchMs) })}
            options={WATCHES}
          />
          <span>and roll back when</span>
          <Select
            aria-label="Roll back when"
            className="w-48"
            value={String(pace.maxErrorPercent)}
            onChange={(percent) => onPace({ ...pace, maxErrorPercent: Number(percent) })}
            options={HALTS}
          />
          <span>newly held back.</span>
        </div>
      )}
    </>
  );
}
