import { cn } from "#components/cn";

/** Our own mark: a piece let into a frame. */
export function Logo({ className }: { className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-2 font-semibold text-lg tracking-[-0.02em]", className)}>
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--accent)" />
        <path d="M9 9h8v5h-3v4h9v5H9z" fill="var(--on-accent)" />
        <rect x="19" y="9" width="4" height="5" rx="1" fill="var(--on-accent)" opacity=".62" />
      </svg>
      Inlay
    </span>
  );
}
