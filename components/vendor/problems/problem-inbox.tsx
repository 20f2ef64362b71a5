"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { FilterChips } from "#components/vendor/filter-chips.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import type { CustomerId, StreamId } from "#server/lib/ids";
import type { ProblemCause, ProblemRecord } from "#server/trpc/views/embed";
import { CorrectDialog } from "./correct-dialog.tsx";
import { ProblemRows } from "./problem-rows.tsx";
import { useProblems } from "./use-problems";

type Which = { streamId: StreamId; ids?: string[]; cause?: string };
type State = "held" | "skipped";

/** Named as one reads it: the field, or that the whole record is meant. */
const causeWords = ({ side, fieldName, code }: ProblemCause): string => {
  const what = fieldName ?? code.replaceAll("_", " ");
  return side === "write" ? `Not written: ${what}` : what;
};

/** The chosen records by stream, since a stream is what carries a wish out. */
function byStream(records: readonly ProblemRecord[]): Which[] {
  const streams = new Map<string, string[]>();
  for (const { streamId, id } of records) streams.set(streamId, [...(streams.get(streamId) ?? []), id]);
  return [...streams].map(([streamId, ids]) => ({ streamId: streamId as StreamId, ids }));
}

function useInbox(customerId: CustomerId, state: State, cause: string) {
  const trpc = useVendor();
  const causes = useQuery(trpc.problems.causes.queryOptions({ customerId, state }, { refetchInterval: 10_000 }));
  const records = useInfiniteQuery(
    trpc.problems.list.infiniteQueryOptions(
      { customerId, state, ...(cause ? { cause } : {}) },
      { getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 10_000 },
    ),
  );
  return { causes, records };
}

type HeadProps = {
  state: State;
  scope: string;
  empty: boolean;
  busy: boolean;
  onRetry: () => void;
  onSkip: () => void;
  onRestore: () => void;
};

function Head({ state, scope, empty, busy, onRetry, onSkip, onRestore }: HeadProps) {
  const held = (
    <>
      <Button size="sm" disabled={busy} onClick={onRetry}>
        Retry {scope}
      </Button>
      <Button size="sm" variant="ghost" disabled={busy} onClick={onSkip}>
        Skip {scope}
      </Button>
    </>
  );
  const skipped = (
    <Button size="sm" disabled={busy} onClick={onRestore}>
      Take back {scope}
    </Button>
  );
  return (
    <CardHeader
      title={state === "held" ? "Held back" : "Skipped"}
      description={
        state === "held"
          ? "All others flow on. Each is tried again by itself when it changes at its source, or the mapping does."
          : "Not counted any more. Each comes back by itself when it changes at its source."
      }
      actions={empty ? null : state === "held" ? held : skipped}
    />
  );
}

type FilterProps = {
  state: State;
  cause: string;
  causes: readonly ProblemCause[];
  onState: (state: State) => void;
  onCause: (cause: string) => void;
};

function Filters({ state, cause, causes, onState, onCause }: FilterProps) {
  const total = causes.reduce((sum, one) => sum + one.records, 0);
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 border-hairline border-b px-4 py-2.5 sm:px-5">
      <FilterChips
        label="State"
        value={state}
        onChange={onState}
        chips={[
          { value: "held", label: "Held back" },
          { value: "skipped", label: "Skipped" },
        ]}
      />
      {causes.length > 1 || cause ? (
        <FilterChips
          label="Cause"
          value={cause}
          onChange={onCause}
          chips={[
            { value: "", label: "Every cause", count: total },
            ...sameCause(causes).map((one) => ({ value: one.cause, label: causeWords(one), count: one.records })),
          ]}
        />
      ) : null}
    </div>
  );
}

const Nothing = ({ state }: { state: State }) => (
  <EmptyState title={state === "held" ? "Nothing is held back" : "Nothing was skipped"}>
    {state === "held"
      ? "A record that cannot be read, mapped or written waits here; all the others flow on."
      : "What somebody puts aside is kept here, and can be taken back."}
  </EmptyState>
);

/** What is looked at: held back or put aside, of one cause or all, and which records are chosen. */
function useLook() {
  const [look, setLook] = useState<{ state: State; cause: string; chosen: ReadonlySet<string> }>({
    state: "held",
    cause: "",
    chosen: new Set(),
  });
  return {
    ...look,
    onState: (state: State) => setLook({ state, cause: "", chosen: new Set() }),
    onCause: (cause: string) => setLook({ ...look, cause, chosen: new Set() }),
    choose: (chosen: ReadonlySet<string>) => setLook({ ...look, chosen }),
  };
}

/** What an action for many is about: the chosen ones, else all of the cause that is looked at. */
function meantBy(items: readonly ProblemRecord[], causes: readonly ProblemCause[], cause: string, chosen: ReadonlySet<string>): Which[] {
  if (chosen.size > 0) return byStream(items.filter((one) => chosen.has(`${one.streamId} ${one.id}`)));
  return causes.filter((one) => !cause || one.cause === cause).map((one) => ({ streamId: one.streamId as StreamId, cause: one.cause }));
}

type Props = { customerId: CustomerId; streams: { id: string; label: string; paused: boolean }[] };

/** What did not get through, in either direction: why, who can fix it, and what to do about one, some, or all of a cause. */
export function ProblemInbox({ customerId, streams }: Props) {
  const look = useLook();
  const { state, cause, chosen } = look;
  const [correcting, setCorrecting] = useState<ProblemRecord | null>(null);
  const [skipping, setSkipping] = useState<Which[] | null>(null);
  const { causes, records } = useInbox(customerId, state, cause);
  const work = useProblems();
  const items = records.data?.pages.flatMap((page) => page.items) ?? [];
  const known = causes.data ?? [];
  const meant = meantBy(items, known, cause, chosen);
  const settle = (act: "retry" | "restore" | "skip", which: Which[]) => {
    for (const one of which) work[act].mutate(one);
    look.choose(new Set());
    setSkipping(null);
  };
  const isEmpty = records.isSuccess && items.length === 0;
  return (
    <Card>
      <Head
        {...{ state, empty: items.length === 0, busy: work.busy }}
        scope={chosen.size > 0 ? `${chosen.size} chosen` : cause ? "all of this cause" : "all"}
        onRetry={() => settle("retry", meant)}
        onSkip={() => setSkipping(meant)}
        onRestore={() => settle("restore", meant)}
      />
      <Filters {...{ state, cause, causes: known, onState: look.onState, onCause: look.onCause }} />
      <PausedNote
        labels={streams.filter((one) => one.paused && items.some(({ streamId }) => streamId === one.id)).map(({ label }) => label)}
      />
      {records.isError ? <FaultState error={records.error} onRetry={() => void records.refetch()} /> : null}
      {isEmpty ? <Nothing state={state} /> : null}
      {isEmpty || records.isError ? null : (
        <ProblemRows
          {...{ items, pending: records.isPending, state, chosen, busy: work.busy }}
          labels={new Map(streams.map(({ id, label }) => [id, label]))}
          onChoose={look.choose}
          onCorrect={setCorrecting}
          onRetry={(one) => settle("retry", byStream([one]))}
          onSkip={(one) => setSkipping(byStream([one]))}
          onRestore={(one) => settle("restore", byStream([one]))}
        />
      )}
      {items.length === 0 ? null : <LoadMore query={records} shown={`${count(items.length, "record")} shown`} />}
      <CorrectDialog record={correcting} correct={work.correct} onClose={() => setCorrecting(null)} />
      <SkipDialog
        which={skipping}
        pending={work.skip.isPending}
        onClose={() => setSkipping(null)}
        onSkip={(which) => settle("skip", which)}
      />
    </Card>
  );
}

/** A paused stream takes wishes, and carries none out. */
function PausedNote({ labels }: { labels: string[] }) {
  if (labels.length === 0) return null;
  return (
    <p role="status" className="border-hairline border-b bg-muted px-4 py-2.5 text-secondary text-sm sm:px-5">
      {labels.join(", ")}: paused. What you ask for here is carried out once it goes on.
    </p>
  );
}

type SkipProps = { which: Which[] | null; pending: boolean; onClose: () => void; onSkip: (which: Which[]) => void };

function SkipDialog({ which, pending, onClose, onSkip }: SkipProps) {
  const many = which?.some((one) => !one.ids || one.ids.length > 1);
  return (
    <ConfirmDialog
      open={which !== null}
      onOpenChange={(open) => !open && onClose()}
      title={many ? "Put these records aside?" : "Put this record aside?"}
      action="Skip"
      tone="primary"
      pending={pending}
      onConfirm={() => onSkip(which ?? [])}
    >
      <p>No longer counted, and kept under Skipped. What changes at its source, or in your product, comes back by itself.</p>
      <p>A deletion or an undo that was held is let go for good.</p>
    </ConfirmDialog>
  );
}

/** One chip a cause: streams of one customer may share it. */
function sameCause(causes: readonly ProblemCause[]): ProblemCause[] {
  const found = new Map<string, ProblemCause>();
  for (const one of causes) found.set(one.cause, { ...one, records: one.records + (found.get(one.cause)?.records ?? 0) });
  return [...found.values()];
}
