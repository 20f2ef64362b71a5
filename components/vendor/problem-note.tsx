import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/cn";
import { FIXERS } from "#components/vendor/fixer-words";
import type { Problem } from "#server/trpc/views";

/** An error in place: what happened, the other system's own words, who can fix it and how. */
export function ProblemNote({ problem, action, className }: { problem: Problem; action?: ReactNode; className?: string }) {
  const waiting = problem.fixer === "provider";
  const Icon = waiting ? TriangleAlert : CircleAlert;
  return (
    <div className={cn("flex items-start gap-2.5 rounded-md px-3.5 py-3", waiting ? "bg-warning-soft" : "bg-danger-soft", className)}>
      <Icon aria-hidden="true" className={cn("mt-0.5 size-4 shrink-0 stroke-[1.75]", waiting ? "text-warning-text" : "text-danger-text")} />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-sm">{problem.text}</p>
        {problem.detail && problem.detail !== problem.text ? (
          <p className="mt-0.5 break-words text-secondary text-sm">{problem.detail}</p>
        ) : null}
        <p className="mt-1 text-secondary text-xs">
          {FIXERS[problem.fixer].sentence}. Next: {problem.next}.
        </p>
      </div>
      {action}
    </div>
  );
}
