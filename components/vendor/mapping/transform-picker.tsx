"use client";

import { Plus } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { count } from "#components/ui/format";
import { Popover, PopoverContent, PopoverTrigger } from "#components/ui/popover.tsx";
import type { Transform } from "#server/mapping/schema";
import { TRANSFORM_GROUPS } from "#server/mapping/transforms/registry";

type Choice = { type: Transform["type"]; title: string; description: string };
type Group = { title: string; choices: readonly Choice[] };

const GROUPS: readonly Group[] = TRANSFORM_GROUPS.map(({ title, transforms }) => ({
  title,
  choices: transforms.map(({ type, title: name, description }) => ({ type, title: name, description })),
}));

/** Groups with what fits every word of the search: in the title before the description. */
function found(search: string): readonly Group[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return GROUPS;
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  return GROUPS.flatMap(({ title, choices }) => {
    const named = choices.filter((one) => fits(`${one.title} ${one.type} ${title}`));
    const told = choices.filter((one) => !named.includes(one) && fits(`${one.title} ${one.type} ${title} ${one.description}`));
    return named.length + told.length === 0 ? [] : [{ title, choices: [...named, ...told] }];
  });
}

function List({ onPick }: { onPick: (type: Transform["type"]) => void }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const groups = useMemo(() => found(search), [search]);
  const flat = useMemo(() => groups.flatMap(({ choices }) => choices), [groups]);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${active}"]`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 };
    const to = moves[event.key];
    const chosen = flat[active];
    if (to !== undefined) setActive(Math.max(0, Math.min(flat.length - 1, to)));
    else if (event.key === "Enter" && chosen) onPick(chosen.type);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-label="Search transforms"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={flat[active] ? `${id}-${active}` : undefined}
        autoComplete="off"
        placeholder="Search transforms"
        value={search}
        onChange={({ target }) => {
          setSearch(target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full shrink-0 border-hairline border-b bg-transparent px-3 text-sm outline-none placeholder:text-subtle"
      />
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="Transforms"
        className="min-h-0 flex-1 scroll-py-7 overflow-y-auto p-1 pt-0"
      >
        {groups.map(({ title, choices }) => (
          // biome-ignore lint/a11y/useSemanticElements: options of a listbox are grouped by role
          <div key={title} role="group" aria-label={title}>
            <p aria-hidden="true" className="sticky top-0 bg-popover px-2 pt-2 pb-1 font-medium text-subtle text-xs">
              {title}
            </p>
            {choices.map((choice) => {
              const at = flat.indexOf(choice);
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the input, which keeps the focus
                <div
                  key={choice.type}
                  id={`${id}-${at}`}
                  data-at={at}
                  role="option"
                  tabIndex={-1}
                  aria-selected={at === active}
                  aria-label={choice.title}
                  onClick={() => onPick(choice.type)}
                  onPointerMove={() => setActive(at)}
                  className={cn("cursor-pointer rounded-sm px-2 py-1.5", at === active && "bg-pressed")}
                >
                  <span className="block text-sm">{choice.title}</span>
                  <span className="line-clamp-2 text-secondary text-xs">{choice.description}</span>
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 ? <p className="px-2 py-3 text-center text-secondary text-sm">Nothing fits “{search}”.</p> : null}
      </div>
      <p role="status" className="sr-only">
        {count(flat.length, "transform")}
      </p>
    </>
  );
}

/** All transforms there are, by group, found by typing. */
export function TransformPicker({
  label,
  disabled,
  onPick,
}: {
  label: string;
  disabled: boolean;
  onPick: (type: Transform["type"]) => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button size="sm" variant="ghost" disabled={disabled} aria-label={label} aria-haspopup="listbox">
          <Plus aria-hidden="true" />
          Add
        </Button>
      </PopoverTrigger>
      <PopoverContent
        aria-label={label}
        className="flex max-h-[min(420px,var(--radix-popover-content-available-height))] w-[min(380px,calc(100vw-32px))] flex-col p-0"
      >
        <List
          onPick={(type) => {
            setOpen(false);
            onPick(type);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}
