import type { ReactNode } from "react";
import { cn } from "#components/cn";

export type Fact = { term: string; value: ReactNode };

/** Facts of one thing, in columns that fold when narrow. */
export function Facts({ facts, className }: { facts: Fact[]; className?: string }) {
  return (
    <dl className={cn("grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-4", className)}>
      {facts.map(({ term, value }) => (
        <div key={term} className="min-w-0">
          <dt className="text-secondary text-xs">{term}</dt>
          <dd className="mt-0.5 truncate text-base tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
