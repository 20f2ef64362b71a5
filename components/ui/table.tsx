import type { ComponentProps } from "react";
import { cn } from "#components/cn";

/** Rows 40 high; numbers go right with `numeric`; the table scrolls inside itself when narrow. */
export function Table({ className, label, ...props }: ComponentProps<"table"> & { label: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative w-full overflow-x-auto rounded-[inherit] focus-visible:outline-offset-[-2px]"
    >
      <table className={cn("w-full border-collapse text-start text-sm", className)} {...props} />
    </section>
  );
}

export function THead({ className, ...props }: ComponentProps<"thead">) {
  return <thead className={cn("border-hairline border-b", className)} {...props} />;
}

export function TBody({ className, ...props }: ComponentProps<"tbody">) {
  return <tbody className={cn("[&>tr:last-child]:border-b-0 [&>tr]:border-hairline [&>tr]:border-b", className)} {...props} />;
}

export function TR({ className, ...props }: ComponentProps<"tr">) {
  return <tr className={cn("h-10", className)} {...props} />;
}

/** `wide`: a column that a telephone does without, so that what matters is seen without scrolling. */
type Cell = { numeric?: boolean; wide?: boolean };

export function TH({ className, numeric = false, wide = false, ...props }: ComponentProps<"th"> & Cell) {
  return (
    <th
      scope="col"
      className={cn(
        "h-9 whitespace-nowrap px-3 text-start font-medium text-secondary text-xs first:ps-4 last:pe-4 sm:first:ps-5 sm:last:pe-5",
        numeric && "text-end",
        wide && "max-sm:hidden",
        className,
      )}
      {...props}
    />
  );
}

export function TD({ className, numeric = false, wide = false, ...props }: ComponentProps<"td"> & Cell) {
  return (
    <td
      className={cn(
        "whitespace-nowrap px-3 py-1.5 first:ps-4 last:pe-4 sm:first:ps-5 sm:last:pe-5",
        numeric && "text-end tabular-nums",
        wide && "max-sm:hidden",
        className,
      )}
      {...props}
    />
  );
}

/**
 * A text of somebody else's in a cell, on one line: however long, it leaves room for the columns beside it and is told whole on hover.
 * Its direction is its own, so that a right-to-left name does not turn what stands beside it.
 */
export function Clipped({ children, className }: { children: string; className?: string }) {
  return (
    <bdi title={children.length > 24 ? children : undefined} className={cn("block max-w-[34ch] truncate sm:max-w-[44ch]", className)}>
      {children}
    </bdi>
  );
}
