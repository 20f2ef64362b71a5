import type { LucideIcon } from "lucide-react";
import { cn } from "#components/cn";
import { formatNumber } from "#components/ui/format";

/** What can become of a record, in a word and a sign. */
export type KindOf<K extends string> = { kind: K; word: string; icon: LucideIcon; tone: string };

type ChoiceProps<K extends string> = {
  kinds: readonly KindOf<K>[];
  counts: Record<K, number>;
  legend: string;
  shown: K;
  onShow: (kind: K) => void;
};

/** How many of each kind there are, to choose whose samples are shown. Kinds without any are left out. */
export function KindChoice<K extends string>({ kinds, counts, legend, shown, onShow }: ChoiceProps<K>) {
  return (
    <fieldset className="mt-1.5 flex flex-wrap gap-1">
      <legend className="sr-only">{legend}</legend>
      {kinds
        .filter(({ kind }) => counts[kind] > 0)
        .map(({ kind, word, icon: Icon, tone }) => (
          <button
            key={kind}
            type="button"
            aria-pressed={kind === shown}
            onClick={() => onShow(kind)}
            className={cn(
              "inline-flex h-7 items-center gap-1.5 rounded-full px-2.5 text-xs",
              kind === shown ? "bg-pressed font-medium" : "hover:bg-hover",
            )}
          >
            <Icon aria-hidden="true" className={cn("size-3.5 stroke-[1.75]", tone)} />
            <span className="tabular-nums">{formatNumber(counts[kind])}</span> {word}
          </button>
        ))}
    </fieldset>
  );
}

/** One value of a sample. `from` = null where there was nothing to compare it with. `at`: its place, on hover. */
type Line = { key: string; name: string; at: string; from: string | null; to: string };

const SHOWN = 8;

/** Values of a sample by the names of their fields; the first eight. */
export function ValueLines({ lines }: { lines: readonly Line[] }) {
  return (
    <dl className="mt-1 space-y-0.5">
      {lines.slice(0, SHOWN).map(({ key, name, at, from, to }) => (
        <div key={key} className="flex items-baseline gap-2 text-xs">
          <dt className="w-24 shrink-0 truncate text-secondary" title={at}>
            {name}
          </dt>
          <dd className="min-w-0 flex-1 break-words">
            {from === null ? null : <span className="me-1.5 text-subtle line-through">{from}</span>}
            {to}
          </dd>
        </div>
      ))}
    </dl>
  );
}
