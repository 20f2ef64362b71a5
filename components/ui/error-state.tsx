import { CircleAlert, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { useUiWords } from "#components/ui/words.tsx";
import type { ErrorCode, Fixer } from "#server/lib/errors";

/** An error as both routers send it (`data.inlay` of the tRPC error shape). */
export type InlayFault = { code: ErrorCode; text: string; fixer: Fixer; next: string; detail?: string | null; requestId?: string | null };

const WHO: Record<Fixer, string> = {
  customer: "The customer can fix this.",
  vendor: "You or your team can fix this.",
  provider: "This is on the other system's side.",
  inlay: "This is on our side.",
};

type ErrorStateProps = {
  fault: InlayFault;
  onRetry?: (() => void) | undefined;
  /** Replaces the "try again" button, for instance with "Reconnect". */
  action?: ReactNode;
  /** Who can fix it is said to the vendor's team only. */
  showFixer?: boolean;
  className?: string;
};

/** What happened, who can fix it, what to do next, and the id to quote. */
export function ErrorState({ fault, onRetry, action, showFixer = true, className }: ErrorStateProps) {
  const words = useUiWords();
  const forbidden = fault.code === "forbidden";
  const Icon = forbidden ? Lock : CircleAlert;
  return (
    <div role="alert" className={cn("flex flex-col items-center px-6 py-12 text-center", className)}>
      <Icon aria-hidden="true" className={cn("size-5 stroke-[1.75]", forbidden ? "text-subtle" : "text-danger-text")} />
      <p className="mt-2 max-w-[56ch] font-medium text-base">{fault.text}</p>
      {fault.detail && fault.detail !== fault.text ? <p className="mt-1 max-w-[60ch] text-secondary text-sm">{fault.detail}</p> : null}
      {showFixer && !forbidden ? <p className="mt-1 text-secondary text-sm">{WHO[fault.fixer]}</p> : null}
      <div className="mt-4 flex items-center gap-2">
        {action ?? (onRetry && !forbidden ? <Button onClick={onRetry}>{words.tryAgain}</Button> : null)}
      </div>
      {fault.requestId ? (
        <p className="mt-4 text-subtle text-xs">
          {words.request} <code>{fault.requestId}</code>
        </p>
      ) : null}
    </div>
  );
}
