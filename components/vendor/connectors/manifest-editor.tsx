"use client";

import { Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";

type Props = {
  value: string;
  onChange: (text: string) => void;
  /** The line to go to, counted from 1, and a number that grows with each wish to go there. */
  goTo: { line: number; wish: number } | null;
  faulty: ReadonlySet<number>;
};

const LINE = 20;

/** Where a text's line begins and ends, in characters. */
function lineRange(text: string, line: number): [number, number] {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + (lines[line - 1]?.length ?? 0)];
}

/** A plain text area with line numbers that takes a dropped or chosen file. Lines with faults are marked. */
export function ManifestEditor({ value, onChange, goTo, faulty }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const went = useRef(0);
  const [over, setOver] = useState(false);

  if (goTo && goTo.wish !== went.current) {
    went.current = goTo.wish;
    queueMicrotask(() => {
      const [start, end] = lineRange(value, goTo.line);
      area.current?.focus();
      area.current?.setSelectionRange(start, end);
      if (area.current) area.current.scrollTop = Math.max(0, (goTo.line - 6) * LINE);
    });
  }

  const take = async (given: File | undefined) => {
    if (given) onChange(await given.text());
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  const count = value.split("\n").length;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <label htmlFor="manifest" className="font-medium text-sm">
          Manifest
        </label>
        <span className="flex items-center gap-3">
          <span className="text-secondary text-xs">JSON or YAML. Paste it, drop a file, or</span>
          <Button size="sm" onClick={() => file.current?.click()}>
            <Upload aria-hidden="true" />
            Choose a file
          </Button>
          <input
            ref={file}
            type="file"
            accept=".json,.yaml,.yml,application/json,text/yaml"
            className="hidden"
            aria-label="Manifest file"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button beside does the same by keyboard */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn(
          "flex h-[56vh] min-h-80 overflow-hidden rounded-md border border-hairline-strong bg-surface font-mono text-xs leading-5",
          over && "outline-2 outline-accent",
        )}
      >
        <div
          ref={numbers}
          aria-hidden="true"
          className="select-none overflow-hidden border-hairline border-e bg-muted py-2 text-end text-subtle"
        >
          {Array.from({ length: count }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <div key={i} className={cn("px-2.5", faulty.has(i + 1) && "bg-danger-surface font-semibold text-danger-text")}>
              {i + 1}
            </div>
          ))}
        </div>
        <textarea
          id="manifest"
          ref={area}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => {
            if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop;
          }}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          className="min-w-0 flex-1 resize-none overflow-auto whitespace-pre bg-transparent p-2 outline-none"
        />
      </div>
    </div>
  );
}
