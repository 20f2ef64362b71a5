import type { ComponentProps } from "react";
import { cn } from "#components/cn";

export const CONTROL =
  "w-full rounded-md border border-hairline-strong bg-surface px-2.5 text-base text-foreground outline-none transition-[border-color,box-shadow] placeholder:text-subtle hover:border-control focus-visible:border-accent-text focus-visible:ring-2 focus-visible:ring-accent-text/25 disabled:cursor-not-allowed disabled:bg-muted disabled:text-subtle aria-invalid:border-danger aria-invalid:focus-visible:ring-danger/25 [&[readonly]]:bg-muted";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(CONTROL, "h-8", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(CONTROL, "min-h-20 py-1.5", className)} {...props} />;
}
