"use client";

import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import { type ComponentProps, type MouseEvent, useRef } from "react";
import { cn } from "#components/cn";

const variants = cva(
  "relative inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none aria-disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:stroke-[1.75]",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:bg-[color-mix(in_oklab,var(--accent)_90%,var(--foreground))]",
        secondary: "border border-hairline-strong bg-surface text-foreground hover:bg-muted active:bg-pressed",
        ghost: "text-secondary hover:bg-hover hover:text-foreground active:bg-pressed",
        danger: "bg-danger text-white hover:bg-[color-mix(in_oklab,var(--danger)_88%,black)] bg-[oklch(0.52_0.19_27)]",
        "danger-ghost": "border border-hairline-strong bg-surface text-danger-text hover:bg-danger-soft",
        link: "h-auto rounded-sm px-0 text-accent-text underline-offset-4 hover:underline",
      },
      size: { sm: "h-7 px-2.5 text-sm", md: "h-8 px-3 text-sm", lg: "h-9 px-4 text-base", icon: "size-8 p-0", "icon-sm": "size-7 p-0" },
    },
    compoundVariants: [{ variant: "link", className: "h-auto px-0" }],
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof variants> & {
    asChild?: boolean;
    /** Of a button that acts: shows a quiet ring in place of the label and refuses further presses; the width stays. */
    pending?: boolean;
  };

/** Long enough for the press to be drawn as pending, shorter than anybody presses twice on purpose. */
const SAME_PRESS_MS = 60;

/**
 * Two presses that come before the first is drawn as pending are one. By the timer, not the clock: where the page is busy, both wait
 * in line before it.
 */
function usePressOnce(guarded: boolean) {
  const pressed = useRef(false);
  return (event: MouseEvent) => {
    if (!guarded) return;
    if (pressed.current) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    pressed.current = true;
    setTimeout(() => {
      pressed.current = false;
    }, SAME_PRESS_MS);
  };
}

/** One primary button a screen; everything else is secondary or ghost. An icon button needs an `aria-label`. */
export function Button({ className, variant, size, asChild = false, pending, disabled, children, type, ...props }: ButtonProps) {
  const classes = cn(variants({ variant, size }), className);
  const pressOnce = usePressOnce(pending !== undefined);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type ?? "button"}
      className={classes}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      onClickCapture={pressOnce}
      {...props}
    >
      {pending ? (
        <>
          <span className="invisible inline-flex items-center gap-1.5">{children}</span>
          <span
            aria-hidden="true"
            className="absolute size-4 animate-spin rounded-full border-2 border-current border-e-transparent opacity-80"
          />
        </>
      ) : (
        children
      )}
    </button>
  );
}
