"use client";

import { useQuery } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { count } from "#components/ui/format";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type Pace, PaceChoice } from "#components/vendor/rollouts/pace-choice.tsx";
import { ReachedAccounts } from "#components/vendor/rollouts/reached-accounts.tsx";
import type { NextVersion } from "#components/vendor/rollouts/reached-values.tsx";
import type { RolloutPreview } from "#server/domains/rollouts/preview-rollout";

/** "12 customers, 2 have own changes, 1 conflict." */
export const impactWords = ({ customers, withOwn, conflicts }: RolloutPreview) =>
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
      <PaceChoice pace={pace} onPace={onPace} />
    </div>
  );
}
