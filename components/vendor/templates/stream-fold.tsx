"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cn } from "#components/cn";

type FoldProps = { title: string /** What is set in it, in a line. */; words: string; children: () => ReactNode };

/** A part of a stream's settings: what is set in a line, and all of it when opened. What is in it is made no sooner. */
export function StreamFold({ title, words, children }: FoldProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="mt-3">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex items-start gap-1.5 rounded-sm text-sm">
        <ChevronRight
          aria-hidden="true"
          className={cn("mt-0.5 size-4 shrink-0 stroke-[1.75] text-subtle rtl:-scale-x-100", open && "rotate-90")}
        />
        <span className="text-start">
          <span className="font-medium">{title}:</span> <span className="text-secondary">{words}</span>
        </span>
      </button>
      {open ? <div className="mt-3 flex flex-col gap-4 border-hairline border-s ps-4">{children()}</div> : null}
    </div>
  );
}
