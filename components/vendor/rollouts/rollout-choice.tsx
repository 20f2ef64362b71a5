"use client";

import { useQuery } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { count } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RolloutPreview } from "#server/domains/rollouts/preview-rollout";

/** How long each step is watched; null = all at once. */
export type Pace = number | null;

const WATCHES = [
  { value: "600000", label: "10 minutes" },
  { value: "3600000", label: "an hour" },
  { value: "86400000", label: "a day" },
] as const;
/** How long a step is watched unless somebody says otherwise. */
export const USUAL_WATCH_MS = 600_000;

/** "12 customers, 2 have own changes, 1 conflict." */
const impactWords = ({ customers, withOwn, conflicts }: RolloutPreview) =>
  `${count(customers, "customer")}; ${withOwn === 0 ? "none has" : withOwn === 1 ? "1 has" : `${withOwn} have`} changes of their own${
    withOwn > 0 ? `; ${conflicts === 0 ? "no conflict" : count(conflicts, "conflict")}` : ""
  }.`;

/** Whom the new version reaches, and what it does to what they have changed themselves. */
function Impact({ preview }: { preview: RolloutPreview }) {
  return (
    <>
      <p className="text-sm">{impactWords(preview)}</p>
      {preview.diverging.length > 0 ? (
        <ul className="mt-1.5 max-h-40 divide-y divide-hairline overflow-y-auto rounded-md border border-hairline text-sm">
          {preview.diverging.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a customer is here once for each account
            <li key={`${one.customerId} ${index}`} className="px-3 py-2">
              <p className="truncate font-medium">
                <bdi>{one.customerName}</bdi>
              </p>
              <p className="text-secondary text-xs">
                {one.conflicts.length > 0 ? (
                  <span className="text-warning-text">Conflict: {one.conflicts.join(", ")}. Theirs stays until they decide. </span>
                ) : null}
                Own: {one.fields.join(", ")}
                {one.needless.length > 0 ? `. Now the same as yours: ${one.needless.join(", ")}` : ""}.
              </p>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

type ChoiceProps = { templateId: string; streamKey: string; pace: Pace; onPace: (pace: Pace) => void };

/** All at once, or step by step; with whom it reaches. */
export function RolloutChoice({ templateId, streamKey, pace, onPace }: ChoiceProps) {
  const trpc = useVendor();
  const query = useQuery(trpc.rollouts.preview.queryOptions({ templateId, streamKey }, { staleTime: 0, gcTime: 0 }));
  const option = (label: string, text: string, chosen: boolean, next: Pace) => (
    <label className="flex cursor-pointer items-start gap-2.5 px-3 py-2.5 text-sm has-checked:bg-accent-soft">
      <input type="radio" name="pace" checked={chosen} onChange={() => onPace(next)} className="mt-0.5 size-4 shrink-0 accent-(--accent)" />
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
        <Impact preview={query.data} />
      ) : query.isError ? (
        <p className="text-danger-text text-sm">It could not be counted now. Publishing works all the same.</p>
      ) : (
        <Skeleton className="h-5 w-64" />
      )}
      <fieldset className="mt-4 divide-y divide-hairline overflow-hidden rounded-md border border-hairline">
        <legend className="sr-only">How it goes out</legend>
        {option("All at once", "Everybody now. To go back, publish an earlier mapping again.", pace === null, null)}
        {option(
          "Step by step",
          "Internal customers, then 5 %, then all. Rolls back by itself when records are held back.",
          pace !== null,
          pace ?? USUAL_WATCH_MS,
        )}
      </fieldset>
      {pace === null ? null : (
        <div className="mt-2.5 flex flex-wrap items-center gap-2 text-sm">
          <span>Watch each step for</span>
          <Select
            aria-label="Watch each step for"
            className="w-36"
            value={String(pace)}
            onChange={(next) => onPace(Number(next))}
            options={WATCHES}
          />
        </div>
      )}
    </div>
  );
}
