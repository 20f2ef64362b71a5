"use client";

import { CircleAlert, CircleCheck, Funnel, TriangleAlert } from "lucide-react";
import { useDeferredValue, useId, useMemo, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { type Known, strangerAmong } from "#components/vendor/mapping/field-issues";
import { loadedPaths } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";

type Tried = { state: "ok"; passing: number; of: number } | { state: "fault"; message: string } | { state: "waiting" };

/** "3 of 4 samples pass." */
const passingWords = ({ passing, of }: { passing: number; of: number }): string =>
  of === 1 ? `The sample ${passing === 1 ? "passes" : "does not pass"}.` : `${passing} of ${of} samples pass.`;

/** What a filter does on the samples, by the code that production runs. */
export function tryFilter(filter: string, samples: readonly unknown[], ready: boolean): Tried {
  if (!ready || filter.trim() === "") return { state: "waiting" };
  try {
    const passes = compileFilter(filter.trim());
    let passing = 0;
    for (const sample of samples) {
      const result = passes(sample);
      if (!result.ok) return { state: "fault", message: result.fault.message };
      if (result.passes) passing++;
    }
    return { state: "ok", passing, of: samples.length };
  } catch (error) {
    return { state: "fault", message: error instanceof Error ? error.message.replace(/^filter: /, "") : "This cannot be used." };
  }
}

type FilterProps = {
  filter: string | null;
  samples: readonly unknown[];
  ready: boolean;
  /** What paths there are. */
  known: Known;
  disabled: boolean;
  onChange: (filter: string | null) => void;
};

/** Which records are taken. Tried on the samples at every key. */
export function FilterEditor({ filter, samples, ready, known, disabled, onChange }: FilterProps) {
  const [open, setOpen] = useState(filter !== null);
  const id = useId();
  const deferred = useDeferredValue(filter ?? "");
  const tried = useMemo(() => tryFilter(deferred, samples, ready), [deferred, samples, ready]);
  const stranger = useMemo(() => (tried.state === "ok" ? strangerAmong(loadedPaths(deferred), known) : null), [tried, deferred, known]);
  const shown = open || filter !== null;
  if (!shown) {
    return (
      <div className="flex items-center gap-2 border-hairline border-b px-4 py-2 text-sm sm:px-5">
        <Funnel aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />
        <span className="text-secondary">All records are taken.</span>
        <Button size="sm" variant="ghost" className="ms-auto" disabled={disabled} onClick={() => setOpen(true)}>
          Filter
        </Button>
      </div>
    );
  }
  return (
    <div className="border-hairline border-b px-4 py-3 sm:px-5">
      <div className="flex items-center gap-2">
        <Funnel aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />
        <label htmlFor={id} className="font-medium text-sm">
          Only records where
        </label>
        <Button
          size="sm"
          variant="ghost"
          className="ms-auto"
          disabled={disabled}
          onClick={() => {
            onChange(null);
            setOpen(false);
          }}
        >
          Take all
        </Button>
      </div>
      <Textarea
        id={id}
        data-filter
        value={filter ?? ""}
        rows={2}
        maxLength={2_000}
        disabled={disabled}
        spellCheck={false}
        aria-invalid={tried.state === "fault" ? true : undefined}
        aria-describedby={`${id}-said`}
        onChange={({ target }) => onChange(target.value === "" ? null : target.value)}
        placeholder={'properties.lifecyclestage == "customer"'}
        className="mt-1.5 min-h-0 resize-y font-mono text-[12.5px]"
      />
      <p id={`${id}-said`} aria-live="polite" className="mt-1 flex items-start gap-1.5 text-xs">
        {tried.state === "fault" ? (
          <>
            <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75] text-danger-text" />
            <span className="min-w-0 break-words text-danger-text">{tried.message}</span>
          </>
        ) : tried.state === "ok" ? (
          <>
            <CircleCheck aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-2 text-success-text" />
            <span className="text-secondary">
              {passingWords(tried)} Records that do not pass are left out, and removed where they are held.
            </span>
          </>
        ) : (
          <span className="text-secondary">CEL over the record: true for those to take. One that reads an empty field does not pass.</span>
        )}
      </p>
      {stranger === null ? null : (
        <p role="status" className="mt-1 flex items-start gap-1.5 text-warning-text text-xs">
          <TriangleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
          <span className="min-w-0 break-words">{stranger}</span>
        </p>
      )}
    </div>
  );
}
