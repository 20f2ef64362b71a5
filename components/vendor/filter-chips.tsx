"use client";

import { cn } from "#components/cn";

type Chip<V extends string> = { value: V; label: string; count?: number };

/** One filter with few values: all of them in sight, one pressed. */
export function FilterChips<V extends string>({
  label,
  value,
  onChange,
  chips,
}: {
  label: string;
  value: V;
  onChange: (value: V) => void;
  chips: readonly Chip<V>[];
}) {
  return (
    <fieldset className="flex flex-wrap items-center gap-1.5">
      <legend className="sr-only">{label}</legend>
      {chips.map((chip) => {
        const on = chip.value === value;
        return (
          <button
            key={chip.value}
            type="button"
            aria-pressed={on}
            onClick={() => onChange(chip.value)}
            className={cn(
              "inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 font-medium text-xs transition-colors",
              on
                ? "border-foreground bg-foreground text-background"
                : "border-hairline-strong bg-surface text-secondary hover:bg-muted hover:text-foreground",
            )}
          >
            {chip.label}
            {chip.count === undefined ? null : <span className="tabular-nums opacity-75">{chip.count}</span>}
          </button>
        );
      })}
    </fieldset>
  );
}
