"use client";

import { ChevronRight, FlaskConical } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { cn } from "#components/cn";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { count, formatNumber } from "#components/ui/format";
import { KINDS } from "#components/vendor/mapping/dry-run-card.tsx";
import { useDryRun } from "#components/vendor/mapping/use-dry-run";
import { type NextVersion, ReachedValues } from "#components/vendor/rollouts/reached-values.tsx";
import type { DryRunResult } from "#server/domains/dry-runs/schema";
import type { Reached } from "#server/domains/rollouts/preview-rollout";

/** "2 new, 14 changed, 3 held back of 120 records"; what stays the same is not counted up. */
function countWords(result: DryRunResult): string {
  const told = KINDS.flatMap(({ kind, word }) => (kind === "same" || result[kind] === 0 ? [] : [`${formatNumber(result[kind])} ${word}`]));
  const of = `${result.more ? "the first " : ""}${count(result.read, "record")}`;
  return told.length === 0 ? `Nothing changes in ${of}.` : `${told.join(", ")}, of ${of}.`;
}

function ownWords({ fields }: Reached): string {
  return fields.length === 0 ? "nothing of their own" : `of their own: ${fields.join(", ")}`;
}

type RowProps = {
  reached: Reached;
  next: NextVersion;
  /** It is its turn in a dry run of all. */
  turn: boolean;
  onDone: () => void;
};

function Row({ reached, next, turn, onDone }: RowProps) {
  const [open, setOpen] = useState(false);
  const { templateId, streamKey } = next;
  const { begin, phase } = useDryRun({ templateId, streamKey, connectionId: reached.connectionId });
  const now = useRef({ begin, onDone });
  now.current = { begin, onDone };
  const { is } = phase;
  useEffect(() => {
    if (!turn) return;
    if (is === "idle") now.current.begin();
    else if (is !== "pending") now.current.onDone();
  }, [turn, is]);
  const toggle = () => {
    if (!open && is === "idle") begin();
    setOpen(!open);
  };
  return (
    <li className="text-sm">
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        className="flex w-full items-start gap-2 px-3 py-2 text-start hover:bg-hover"
      >
        <ChevronRight
          aria-hidden="true"
          className={cn("mt-0.5 size-4 shrink-0 stroke-[1.75] text-subtle rtl:-scale-x-100", open && "rotate-90 rtl:-rotate-90")}
        />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
            <bdi className="truncate font-medium">{reached.customerName}</bdi>
            {reached.internal ? <Badge className="h-[18px] px-1.5 text-[11px]">Internal</Badge> : null}
            {reached.conflicts.length > 0 ? (
              <Badge tone="warning" className="h-[18px] px-1.5 text-[11px]">
                {count(reached.conflicts.length, "conflict")}
              </Badge>
            ) : null}
          </span>
          <span className="block text-secondary text-xs">
            {count(reached.records, "record")}; {ownWords(reached)}
            {reached.toChoose.length > 0 ? `; has to choose ${reached.toChoose.join(", ")}` : null}
            {reached.unwritten.length > 0
              ? `; not written for them, as another field has the place: ${reached.unwritten.join(", ")}`
              : null}
          </span>
          <span role="status" className="block text-xs tabular-nums empty:hidden">
            {phase.is === "pending" ? "Dry run: the worker goes through their records." : null}
            {phase.is === "done" ? `Dry run: ${countWords(phase.result)}` : null}
            {phase.is === "failed" ? <span className="text-danger-text">Dry run: {phase.text}</span> : null}
          </span>
        </span>
      </button>
      {open ? (
        <div className="border-hairline border-t bg-muted py-2.5 ps-9 pe-3">
          {reached.fields.length > 0 ? (
            <ReachedValues reached={reached} next={next} />
          ) : (
            <p className="text-secondary text-xs">They use your mapping as it is: the dry run counts what the new version changes.</p>
          )}
          {phase.is === "failed" ? (
            <Button size="sm" className="mt-2" onClick={() => begin()}>
              Dry run again
            </Button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

/**
 * Account by account whom a new version reaches, those with conflicts first. A line opens to both values of what the customer changed, and
 * to what the version would do with all their records, by the worker's own code; nothing is written.
 */
export function ReachedAccounts({ accounts, next }: { accounts: readonly Reached[]; next: NextVersion }) {
  /** Whose turn it is in a dry run of all, one after the other; null = it was not asked for. */
  const [at, setAt] = useState<number | null>(null);
  const running = at !== null && at < accounts.length;
  return (
    <>
      <ul
        aria-label="Customers it reaches"
        className="mt-1.5 max-h-72 divide-y divide-hairline overflow-y-auto rounded-md border border-hairline"
      >
        {accounts.map((reached, index) => (
          <Row key={reached.connectionId} reached={reached} next={next} turn={index === at} onDone={() => setAt(index + 1)} />
        ))}
      </ul>
      <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button size="sm" pending={running} onClick={() => setAt(0)}>
          <FlaskConical aria-hidden="true" /> Dry run {accounts.length === 1 ? "" : `of all ${accounts.length}`}
        </Button>
        <span role="status" className="text-secondary text-xs tabular-nums">
          {running ? `${at} of ${accounts.length} done` : "Nothing is written. That their records were read is noted."}
        </span>
      </div>
    </>
  );
}
