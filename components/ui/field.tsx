"use client";

import { CircleAlert } from "lucide-react";
import { Slot } from "radix-ui";
import { type ReactNode, useId } from "react";
import { cn } from "#components/cn";
import { useUiWords } from "#components/ui/words.tsx";

type FieldProps = {
  label: ReactNode;
  /** One control; it is given its id, description and validity here. */
  children: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  optional?: boolean;
  className?: string;
};

/** A labelled control whose hint and error are read with it by a screen reader. */
export function Field({ label, children, hint, error, optional = false, className }: FieldProps) {
  const id = useId();
  const words = useUiWords();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className="flex items-baseline gap-1.5 font-medium text-sm">
        {label}
        {optional ? <span className="font-normal text-subtle text-xs">{words.optional}</span> : null}
      </label>
      <Slot.Root id={id} aria-describedby={described || undefined} aria-invalid={error ? true : undefined}>
        {children}
      </Slot.Root>
      {error ? <FieldError id={`${id}-error`}>{error}</FieldError> : null}
      {hint ? (
        <p id={`${id}-hint`} className="max-w-[68ch] text-secondary text-xs">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} role="alert" className="flex items-start gap-1 text-danger-text text-xs">
      <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
      <span>{children}</span>
    </p>
  );
}
