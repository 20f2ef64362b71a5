import type { ReactNode } from "react";
import { cn } from "#components/cn";

/** One line what this is, one line what to do, one button. */
export function EmptyState({
  title,
  children,
  action,
  className,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-12 text-center", className)}>
      <p className="max-w-full break-words font-medium text-base">{title}</p>
      {children ? <div className="mt-1 max-w-[52ch] text-secondary text-sm">{children}</div> : null}
      {action ? <div className="mt-4">{action}</div> : null}
    </div>
  );
}
