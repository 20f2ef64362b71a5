"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import { count } from "#components/ui/format";
import type { ManifestFault } from "#server/domains/connectors/schema";

/** What is wrong with a manifest, each with its line to go to. */
export function FaultList({ faults, onGoTo }: { faults: readonly ManifestFault[]; onGoTo: (line: number) => void }) {
  if (faults.length === 0)
    return (
      <p role="status" className="flex items-center gap-1.5 text-secondary text-sm">
        <CircleCheck aria-hidden="true" className="size-4 text-success-text" />
        Nothing is wrong with it.
      </p>
    );
  return (
    <section aria-label="Faults">
      <p role="status" className="mb-2 flex items-center gap-1.5 font-medium text-danger-text text-sm">
        <CircleAlert aria-hidden="true" className="size-4" />
        {count(faults.length, "fault")}
      </p>
      <ul className="divide-y divide-hairline rounded-md border border-hairline bg-surface">
        {faults.map(({ line, path, message }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: faults have no name of their own and are replaced whole
          <li key={i} className="flex flex-col gap-0.5 px-3 py-2 text-sm sm:flex-row sm:gap-4">
            {line === null ? (
              <span className="w-16 shrink-0 text-subtle text-xs">whole file</span>
            ) : (
              <button
                type="button"
                className="w-16 shrink-0 rounded-sm text-start text-secondary text-xs underline underline-offset-2 hover:text-foreground"
                onClick={() => onGoTo(line)}
              >
                line {line}
              </button>
            )}
            <span className="min-w-0 break-words">
              {path === "" ? null : <code className="me-1.5">{path}</code>}
              {message}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
