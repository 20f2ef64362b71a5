"use client";

import { useQuery } from "@tanstack/react-query";
import { cn } from "#components/cn";
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

const listed = (names: readonly string[]) => names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");

/** Who runs the stream and is newly asked for a field: nothing stops, and the field waits for them. Null when nobody is. */
export function askedWords({ toChoose, asked }: Pick<RolloutPreview, "toChoose" | "asked">): string | null {
  if (toChoose === 0) return null;
  const needed = asked.filter((field) => field.needed).map(({ name }) => name);
  const who = `${count(toChoose, "customer")} ${toChoose === 1 ? "has" : "have"} to choose ${listed(asked.map(({ name }) => name))}`;
  const meanwhile =
    needed.length === 0
      ? "Until then their records come without it."
      : `The model requires ${listed(needed)}: until then all their records are held back. Make it optional in the model first, or map it here.`;
  return `${who}, and find it as a task in their mapping. ${meanwhile}`;
}

/** Whom the new version reaches, and what it does to what they have changed themselves. */
function Impact({ preview, next }: { preview: RolloutPreview; next: NextVersion }) {
  const accounts = [...preview.diverging, ...preview.others];
  const more = preview.streams - accounts.length;
  const asked = askedWords(preview);
  const isHeld = preview.asked.some(({ needed }) => needed);
  return (
    <>
      <p className="text-sm">{impactWords(preview)}</p>
      {asked === null ? null : <p className={cn("mt-1 text-sm", isHeld ? "text-danger-text" : "text-warning-text")}>{asked}</p>}
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
