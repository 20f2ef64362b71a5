"use client";

import { Check, ChevronDown } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { cn } from "#components/cn";
import { CONTROL } from "#components/ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "#components/ui/popover.tsx";

export type ComboboxOption = {
  value: string;
  /** What the search looks at, together with the value. */
  text: string;
  content: ReactNode;
};

type ComboboxProps = {
  value: string | null;
  onChange: (value: string) => void;
  options: readonly ComboboxOption[];
  /** What the closed control shows. */
  children: ReactNode;
  label: string;
  searchLabel: string;
  /** Under the list, always in sight: other ways than the list. */
  footer?: (close: () => void) => ReactNode;
  disabled?: boolean;
  invalid?: boolean;
  className?: string;
};

/** More than this is never useful to scroll through; the search narrows it. */
const SHOWN = 80;

function matching(options: readonly ComboboxOption[], search: string): readonly ComboboxOption[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  return options.filter(({ value, text }) => {
    const all = `${value} ${text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** One of many, found by typing. Arrow keys move, Enter chooses, Escape leaves. */
export function Combobox(props: ComboboxProps) {
  const { value, onChange, options, children, label, searchLabel, footer, disabled = false, invalid = false, className } = props;
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <button
          type="button"
          aria-label={label}
          aria-haspopup="listbox"
          aria-invalid={invalid || undefined}
          disabled={disabled}
          className={cn(CONTROL, "flex h-8 items-center justify-between gap-2 text-start text-sm", className)}
        >
          <span className="flex min-w-0 items-center gap-2 truncate">{children}</span>
          <ChevronDown aria-hidden="true" className="size-4 shrink-0 stroke-[1.75] text-subtle" />
        </button>
      </PopoverTrigger>
      <PopoverContent
        aria-label={label}
        className="flex max-h-[min(420px,var(--radix-popover-content-available-height))] w-[min(420px,calc(100vw-32px))] flex-col p-0"
      >
        <List
          value={value}
          options={options}
          searchLabel={searchLabel}
          onChoose={(next) => {
            onChange(next);
            setOpen(false);
          }}
        />
        {footer ? <div className="border-hairline border-t p-1">{footer(() => setOpen(false))}</div> : null}
      </PopoverContent>
    </Popover>
  );
}

type ListProps = { value: string | null; options: readonly ComboboxOption[]; searchLabel: string; onChoose: (value: string) => void };

function List({ value, options, searchLabel, onChoose }: ListProps) {
  const id = useId();
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      options.findIndex((option) => option.value === value),
    ),
  );
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => matching(options, search), [options, search]);
  const start = Math.max(0, Math.min(active - SHOWN / 2, found.length - SHOWN));
  const shown = found.slice(start, start + SHOWN);
  const optionId = (index: number) => `${id}-${index}`;
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, id]);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: found.length - 1 };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setActive(Math.max(0, Math.min(found.length - 1, to)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const chosen = found[active];
      if (chosen) onChoose(chosen.value);
    }
  };
  return (
    <>
      <input
        role="combobox"
        aria-label={searchLabel}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        autoComplete="off"
        placeholder={searchLabel}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full shrink-0 border-hairline border-b bg-transparent px-3 text-sm outline-none placeholder:text-subtle"
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={searchLabel} className="min-h-0 flex-1 overflow-y-auto p-1">
        {shown.map((option, offset) => {
          const index = start + offset;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the input, which keeps the focus
            <div
              key={option.value}
              id={optionId(index)}
              role="option"
              tabIndex={-1}
              aria-selected={option.value === value}
              onClick={() => onChoose(option.value)}
              onPointerMove={() => setActive(index)}
              className={cn("flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 py-1", index === active && "bg-pressed")}
            >
              <span className="min-w-0 flex-1">{option.content}</span>
              {option.value === value ? <Check aria-hidden="true" className="size-4 shrink-0 stroke-[1.75]" /> : null}
            </div>
          );
        })}
        {found.length === 0 ? <p className="px-2 py-3 text-center text-secondary text-sm">Nothing fits "{search}".</p> : null}
      </div>
      {found.length > shown.length ? (
        <p className="shrink-0 px-3 py-1.5 text-subtle text-xs">{found.length - shown.length} more: keep typing.</p>
      ) : null}
    </>
  );
}
