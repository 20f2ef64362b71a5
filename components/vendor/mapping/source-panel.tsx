"use client";

import { Search } from "lucide-react";
import { type KeyboardEvent, memo, useCallback, useDeferredValue, useId, useMemo, useRef, useState } from "react";
import { cn } from "#components/cn";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { count, formatNumber } from "#components/ui/format";
import { TypeIcon } from "#components/vendor/field-type.tsx";
import { exampleWords, type SourceField } from "#components/vendor/mapping/source-picker.tsx";
import type { Used } from "#components/vendor/mapping/use-suggestions";

/** What is dragged from here onto a field of the model. */
export const PATH_TYPE = "application/x-inlay-path";

const ROW = 44;
const BEYOND = 6;
const SHOWS = ["all", "custom", "unused"] as const;
type Show = (typeof SHOWS)[number];
const SHOW_WORDS: Record<Show, string> = { all: "All", custom: "Custom", unused: "Unmapped" };

/** Which rows are in sight: a list of thousands costs no more than a screenful. */
function useRowsInSight(total: number) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const height = list.current?.clientHeight || 480;
  const start = Math.max(0, Math.min(Math.floor(top / ROW), total) - BEYOND);
  const end = Math.min(total, Math.ceil((top + height) / ROW) + BEYOND);
  const reveal = (index: number) => {
    const element = list.current;
    if (!element) return;
    if (element.scrollTop > index * ROW) element.scrollTop = index * ROW;
    else if (element.scrollTop < (index + 1) * ROW - element.clientHeight) element.scrollTop = (index + 1) * ROW - element.clientHeight;
    setTop(element.scrollTop);
  };
  return { list, start, end, reveal, onScroll: () => setTop(list.current?.scrollTop ?? 0) };
}

function found(fields: readonly SourceField[], search: string, show: Show, used: Used): readonly SourceField[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return fields.filter(({ path, title, custom }) => {
    if (show === "custom" && !custom) return false;
    if (show === "unused" && used.has(path)) return false;
    const all = `${path} ${title ?? ""}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

type RowProps = {
  id: string;
  field: SourceField;
  index: number;
  total: number;
  active: boolean;
  usedBy: readonly string[] | undefined;
  onTake: (path: string) => void;
};

const Row = memo(function Row({ id, field, index, total, active, usedBy, onTake }: RowProps) {
  const empty =
    !field.unread && field.emptyShare !== undefined && field.emptyShare >= 0.5 ? `, ${Math.round(field.emptyShare * 100)} % empty` : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the search, which keeps the focus
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={usedBy !== undefined}
      aria-posinset={index + 1}
      aria-setsize={total}
      draggable
      onDragStart={({ dataTransfer }) => {
        dataTransfer.setData(PATH_TYPE, field.path);
        dataTransfer.effectAllowed = "copy";
      }}
      onClick={() => onTake(field.path)}
      title={[
        field.path,
        field.example,
        field.unread && "Not asked for yet. Once a field of your model takes it, it is.",
        usedBy && `Fills ${usedBy.join(", ")}`,
      ]
        .filter(Boolean)
        .join("\n")}
      style={{ height: ROW }}
      className={cn("flex cursor-pointer items-center gap-2 rounded-sm px-2 hover:bg-hover", active && "bg-pressed")}
    >
      <TypeIcon type={field.type} />
      <span className="min-w-0 flex-1 leading-4">
        <span className="flex items-center gap-1.5">
          <span className="truncate text-sm">{field.title ?? field.path}</span>
          {field.custom ? <Badge className="h-4 px-1.5 text-[11px]">Custom</Badge> : null}
        </span>
        <span className="block truncate text-secondary text-xs">
          {usedBy === undefined ? (
            `${exampleWords(field)}${empty}`
          ) : (
            <>
              <span aria-hidden="true">→</span> <span className="sr-only">fills</span> {usedBy.join(", ")}
            </>
          )}
        </span>
      </span>
    </div>
  );
});

type PanelProps = {
  fields: readonly SourceField[];
  /** Names of the model's fields by the path that fills them. */
  used: Used;
  /** The field of the model that a click fills, or null. */
  target: string | null;
  onTake: (path: string) => void;
  disabled: boolean;
  className?: string;
};

/** The source's fields: searched, walked through by arrow keys, put into the field in hand by a click or Enter, or dragged onto any. */
export function SourcePanel({ fields, used, target, onTake, disabled, className }: PanelProps) {
  const id = useId();
  const [search, setSearch] = useState("");
  const [show, setShow] = useState<Show>("all");
  const [at, setAt] = useState(-1);
  const wanted = useDeferredValue(search);
  const rows = useMemo(() => found(fields, wanted, show, used), [fields, wanted, show, used]);
  const { list, start, end, reveal, onScroll } = useRowsInSight(rows.length);
  const take = useCallback((path: string) => !disabled && onTake(path), [disabled, onTake]);
  const move = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    setAt(index);
    reveal(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === "Enter" && rows[at]) {
      event.preventDefault();
      take(rows[at].path);
    }
  };
  const customs = useMemo(() => fields.filter(({ custom }) => custom).length, [fields]);
  return (
    <Card className={cn("flex min-h-0 flex-col overflow-hidden", className)}>
      <div className="border-hairline border-b px-3 pt-3 pb-2">
        <div className="flex items-baseline justify-between gap-2">
          <h2 className="font-semibold text-base">Source fields</h2>
          <span className="text-secondary text-xs tabular-nums">{formatNumber(fields.length)}</span>
        </div>
        <div className="relative mt-2">
          <Search aria-hidden="true" className="pointer-events-none absolute start-2.5 top-2 size-4 stroke-[1.75] text-subtle" />
          <input
            role="combobox"
            data-search-source
            aria-label="Search the source's fields"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={at >= start && at < end && rows[at] ? `${id}-${at}` : undefined}
            autoComplete="off"
            placeholder="Search"
            value={search}
            onChange={({ target: input }) => {
              setSearch(input.value);
              setAt(-1);
              if (list.current) list.current.scrollTop = 0;
            }}
            onKeyDown={onKeyDown}
            className="h-8 w-full rounded-md border border-hairline-strong bg-surface ps-8 pe-2 text-sm outline-none placeholder:text-subtle focus-visible:border-accent-text focus-visible:ring-2 focus-visible:ring-accent-text/25"
          />
        </div>
        <fieldset className="mt-2 flex gap-1">
          <legend className="sr-only">Which fields</legend>
          {SHOWS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={show === one}
              disabled={one === "custom" && customs === 0}
              onClick={() => setShow(one)}
              className={cn(
                "h-6 whitespace-nowrap rounded-full px-2 text-xs disabled:opacity-50",
                show === one ? "bg-pressed font-medium text-foreground" : "text-secondary hover:bg-hover",
              )}
            >
              {SHOW_WORDS[one]}
              {one === "custom" && customs > 0 ? ` ${formatNumber(customs)}` : ""}
            </button>
          ))}
        </fieldset>
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="Source fields"
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        className="min-h-0 flex-1 overflow-y-auto p-1 focus-visible:outline-offset-[-2px]"
      >
        <div role="presentation" style={{ paddingTop: start * ROW, paddingBottom: (rows.length - end) * ROW }}>
          {rows.slice(start, end).map((field, offset) => (
            <Row
              key={field.path}
              id={`${id}-${start + offset}`}
              field={field}
              index={start + offset}
              total={rows.length}
              active={start + offset === at}
              usedBy={used.get(field.path)}
              onTake={take}
            />
          ))}
        </div>
      </div>
      {rows.length === 0 ? (
        <p className="px-3 pb-3 text-center text-secondary text-sm">Nothing fits{search ? ` “${search}”` : ""}.</p>
      ) : null}
      <p className="border-hairline border-t px-3 py-2 text-secondary text-xs" role="status">
        {rows.length < fields.length ? `${count(rows.length, "field")} found. ` : ""}
        {target === null ? "Choose a field of your model, then a source field for it; or drag one onto it." : `A click fills ${target}.`}
      </p>
    </Card>
  );
}
