import { ArrowRight } from "lucide-react";
import { cn } from "#components/cn";
import { useSay } from "./language.tsx";
import { shown } from "./mapping-outcome";
import { ToneIcon } from "./parts.tsx";
import type { Tone } from "./words";

/** What can become of a record, and how many there are of it. */
type Counted<K extends string> = { kind: K; tone: Tone; word: string; count: number };

type ChoiceProps<K extends string> = { legend: string; counted: readonly Counted<K>[]; kind: K; onKind: (kind: K) => void };

/** The counts, each leading to its samples. */
export function KindChoice<K extends string>({ legend, counted, kind, onKind }: ChoiceProps<K>) {
  const say = useSay();
  return (
    <fieldset className="flex flex-wrap gap-2 px-4 pt-3 pb-1">
      <legend className="sr-only">{legend}</legend>
      {counted.map(({ kind: one, tone, word, count }) => (
        <button
          key={one}
          type="button"
          aria-pressed={kind === one}
          disabled={count === 0}
          onClick={() => onKind(one)}
          className={cn(
            "min-w-24 flex-1 rounded-md border px-3 py-2 text-start disabled:opacity-60",
            kind === one && count > 0 ? "border-accent bg-accent-soft" : "border-hairline hover:bg-muted",
          )}
        >
          <span className="flex items-center gap-1.5 text-secondary text-xs">
            <ToneIcon tone={tone} className="size-3.5" /> {word}
          </span>
          <span className="mt-0.5 block font-semibold text-base tabular-nums">{say.number(count)}</span>
        </button>
      ))}
    </fieldset>
  );
}

type Line = { key: string; name: string; before: unknown; after: unknown };

/** Values of one record by the names of their fields. `compared`: beside what stood there before. */
export function ValueLines({ lines, compared }: { lines: readonly Line[]; compared: boolean }) {
  const say = useSay();
  return (
    <dl className="mt-1 space-y-0.5">
      {lines.slice(0, 12).map(({ key, name, before, after }) => (
        <div key={key} className="grid grid-cols-[96px_minmax(0,1fr)] items-baseline gap-3 text-sm">
          <dt className="truncate text-secondary text-xs" title={name}>
            {name}
          </dt>
          <dd className="flex min-w-0 items-baseline gap-1.5">
            {compared ? (
              <>
                <bdi className="max-w-[45%] truncate text-subtle">{shown(before, say)}</bdi>
                <ArrowRight aria-label={say("row.becomes")} className="size-3 shrink-0 self-center text-subtle rtl:rotate-180" />
              </>
            ) : null}
            <bdi className="min-w-0 truncate">{shown(after, say)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
