"use client";

import { Check, ChevronDown } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { cn } from "#components/cn";
import { CONTROL } from "#components/ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "#components/ui/popover.tsx";
import { useUiWords } from "#components/ui/words.tsx";

export type ComboboxOption = {
  value: string;
  /** What the search looks at, together with the value. */
  text: string;
  content: ReactNode;
  /** Shown, but not to be chosen; the content says why. */
  disabled?: boolean;
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
  /** Height of every row in px, for options of two lines. */
  rowHeight?: number;
  disabled?: boolean;
  invalid?: boolean;
  className?: string;
};

/** Height of a row in px; the list draws only the rows in sight, so that thousands cost no more than a screenful. */
const ROW = 32;
/** Rows drawn beyond either edge, so that quick scrolling shows no gaps. */
const BEYOND = 8;
/** Before the list has been measured. */
const HEIGHT = 320;

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
  const { value, onChange, options, children, label, searchLabel, footer, rowHeight, disabled = false, invalid = false, className } = props;
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
          rowHeight={rowHeight ?? ROW}
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

type ListProps = {
  value: string | null;
  options: readonly ComboboxOption[];
  searchLabel: string;
  rowHeight: number;
  onChoose: (value: string) => void;
};

/** Which rows are in sight, and how to bring one there. */
function useWindow(total: number, rowHeight: number) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const height = list.current?.clientHeight || HEIGHT;
  const start = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const end = Math.min(total, Math.ceil((top + height) / rowHeight) + BEYOND);
  const reveal = useCallback(
    (index: number) => {
      const element = list.current;
      if (!element) return;
      const [above, below] = [index * rowHeight, (index + 1) * rowHeight - element.clientHeight + 8];
      if (element.scrollTop > above) element.scrollTop = above;
      else if (element.scrollTop < below) element.scrollTop = below;
      setTop(element.scrollTop);
    },
    [rowHeight],
  );
  return { list, start, end, reveal, onScroll: () => setTop(list.current?.scrollTop ?? 0) };
}

function List({ value, options, searchLabel, rowHeight, onChoose }: ListProps) {
  const id = useId();
  const words = useUiWords();
  const [search, setSearch] = useState("");
  const chosen = options.findIndex((option) => option.value === value);
  const [active, setActive] = useState(Math.max(0, chosen));
  const found = useMemo(() => matching(options, search), [options, search]);
  const { list, start, end, reveal, onScroll } = useWindow(found.length, rowHeight);
  const optionId = (index: number) => `${id}-${index}`;
  const move = (to: number) => {
    const index = Math.max(0, Math.min(found.length - 1, to));
    setActive(index);
    reveal(index);
  };
  // Once, when it opens: what is chosen now is in sight.
  const first = useRef(Math.max(0, chosen));
  useEffect(() => reveal(first.current), [reveal]);
  const onKeyDown = (event: KeyboardEvent) => {
    const page = 8;
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: found.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = found[active];
      if (option && !option.disabled) onChoose(option.value);
    }
  };
  return (
    <>
      <input
        role="combobox"
        aria-label={searchLabel}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= start && active < end ? optionId(active) : undefined}
        autoComplete="off"
        placeholder={searchLabel}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          move(0);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full shrink-0 border-hairline border-b bg-transparent px-3 text-sm outline-none placeholder:text-subtle"
      />
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={searchLabel}
        onScroll={onScroll}
        className="min-h-0 flex-1 overflow-y-auto p-1"
      >
        <div role="presentation" style={{ paddingTop: start * rowHeight, paddingBottom: (found.length - end) * rowHeight }}>
          {found.slice(start, end).map((option, offset) => {
            const index = start + offset;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the input, which keeps the focus
              <div
                key={option.value}
                id={optionId(index)}
                role="option"
                tabIndex={-1}
                aria-selected={option.value === value}
                aria-posinset={index + 1}
                aria-setsize={found.length}
                aria-disabled={option.disabled || undefined}
                onClick={() => option.disabled || onChoose(option.value)}
                onPointerMove={() => setActive(index)}
                style={{ height: rowHeight }}
                className={cn(
                  "flex items-center gap-2 rounded-sm px-2",
                  option.disabled ? "cursor-not-allowed opacity-60" : "cursor-pointer",
                  index === active && "bg-pressed",
                )}
              >
                <span className="min-w-0 flex-1">{option.content}</span>
                {option.value === value ? <Check aria-hidden="true" className="size-4 shrink-0 stroke-[1.75]" /> : null}
              </div>
            );
          })}
        </div>
        {found.length === 0 ? <p className="px-2 py-3 text-center text-secondary text-sm">{words.noFit(search)}</p> : null}
      </div>
      <p role="status" className="sr-only">
        {found.length === 0 ? "" : words.results(found.length)}
      </p>
    </>
  );
}
