"use client";

import { useQuery } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { count } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ReachedAccounts } from "#components/vendor/rollouts/reached-accounts.tsx";
import type { NextVersion } from "#components/vendor/rollouts/reached-values.tsx";
import type { RolloutPreview } from "#server/domains/rollouts/preview-rollout";

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

/** "12 customers, 2 have own changes, 1 conflict." */
const impactWords = ({ customers, withOwn, conflicts }: RolloutPreview) =>
  `${count(customers, "customer")}; ${withOwn === 0 ? "none has" : withOwn === 1 ? "1 has" : `${withOwn} have`} changes of their own${
    withOwn > 0 ? `; ${conflicts === 0 ? "no conflict" : count(conflicts, "conflict")}` : ""
  }.`;

/** Whom the new version reaches, and what it does to what they have changed themselves. */
function Impact({ preview, next }: { preview: RolloutPreview; next: NextVersion }) {
  const accounts = [...preview.diverging, ...preview.others];
  const more = preview.streams - accounts.length;
  return (
    <>
      <p className="text-sm">{impactWords(preview)}</p>
      {accounts.length > 0 ? <ReachedAccounts accounts={accounts} next={next} /> : null}
      {more > 0 ? <p className="mt-1 text-secondary text-xs">And {count(more, "more account")} without conflicts to decide here.</p> : null}
    </>
  );
}

type ChoiceProps = { next: NextVersion; pace: Pace; onPace: (pace: Pace) => void };

/** All at once, or step by step; with whom it reaches. */
export function RolloutChoice({ next, pace, onPace }: ChoiceProps) {
  const trpc = useVendor();
  const { templateId, streamKey } = next;
  const query = useQuery(trpc.rollouts.preview.queryOptions({ templateId, streamKey }, { staleTime: 0, gcTime: 0 }));
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
    <div className="mt-4">
      <h3 className="mb-1.5 font-medium text-sm">Whom it reaches</h3>
      {query.data ? (
        <Impact preview={query.data} next={next} />
      ) : query.isError ? (
        <p className="text-danger-text text-sm">It could not be counted now. Publishing works all the same.</p>
      ) : (
        <Skeleton className="h-5 w-64" />
      )}
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
    </div>
  );
}
