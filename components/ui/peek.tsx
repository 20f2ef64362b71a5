"use client";

import { ChevronDown } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { cn } from "#components/cn";

type PeekProps = { title: string; summary: ReactNode; children: ReactNode };

/** What stands beside on a wide screen, on a narrow one: a line that stays in sight above, and opens. */
export function Peek({ title, summary, children }: PeekProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="overflow-hidden rounded-lg border border-hairline bg-surface shadow-float">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex min-h-11 w-full items-center gap-3 px-4 py-2 text-start"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate font-semibold text-sm">{title}</span>
          {summary}
        </span>
        <ChevronDown aria-hidden="true" className={cn("size-4 shrink-0 stroke-[1.75] text-subtle", open && "rotate-180")} />
      </button>
      <div id={id} hidden={!open} className="max-h-[60dvh] overflow-y-auto border-hairline border-t">
        {open ? children : null}
      </div>
    </div>
  );
}
