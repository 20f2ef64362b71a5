"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { StreamId } from "#server/lib/ids";
import type { ConnectionView } from "#server/trpc/views";
import type { ProblemCause } from "#server/trpc/views/embed";
import { HeldRecord } from "./held-record.tsx";
import { useSay } from "./language.tsx";
import { ScreenFault, StatusLine } from "./parts.tsx";
import { type HeldState, type Settling, useProblems, useSettling } from "./use-problems";

/** One entry a reason, with all streams it is found in. */
function reasonsOf(causes: readonly ProblemCause[]): (ProblemCause & { streams: string[] })[] {
  const found = new Map<string, ProblemCause & { streams: string[] }>();
  for (const one of causes) {
    const known = found.get(one.cause);
    found.set(one.cause, { ...one, records: one.records + (known?.records ?? 0), streams: [...(known?.streams ?? []), one.streamId] });
  }
  return [...found.values()];
}

type Reasons = { causes: readonly ProblemCause[]; cause: string; onCause: (cause: string) => void };

/** Which reason is looked at; nothing where there is only one. */
function ReasonPicker({ causes, cause, onCause }: Reasons) {
  const say = useSay();
  const reasons = reasonsOf(causes);
  if (reasons.length < 2) return null;
  const total = reasons.reduce((sum, one) => sum + one.records, 0);
  return (
    <select
      aria-label={say("problems.causes")}
      className="h-8 min-w-0 max-w-full rounded-md border border-hairline-strong bg-surface px-2.5 text-sm"
      value={cause}
      onChange={(event) => onCause(event.target.value)}
    >
      <option value="">{say("problems.cause_all", { count: total })}</option>
      {reasons.map((one) => (
        <option key={one.cause} value={one.cause}>
          {say("problems.cause_one", { what: one.fieldName ?? say("problems.cause_whole"), count: one.records })}
        </option>
      ))}
    </select>
  );
}

/** For all that is looked at: the reason chosen, or every one. */
function ForAll({ causes, cause, work, state }: Omit<Reasons, "onCause"> & { work: Settling; state: HeldState }) {
  const say = useSay();
  const meant = causes.filter((one) => !cause || one.cause === cause);
  if (meant.reduce((sum, one) => sum + one.records, 0) < 2) return null;
  const each = (act: "retry" | "skip" | "restore") => {
    for (const one of meant) work[act].mutate({ streamId: one.streamId as StreamId, cause: one.cause });
  };
  if (state === "skipped")
    return (
      <Button size="sm" disabled={work.busy} onClick={() => each("restore")}>
        {say("problems.restore_all")}
      </Button>
    );
  return (
    <>
      <Button size="sm" disabled={work.busy} onClick={() => each("retry")}>
        {say("problems.retry_all")}
      </Button>
      <Button size="sm" variant="ghost" disabled={work.busy} onClick={() => each("skip")}>
        {say("problems.skip_all")}
      </Button>
    </>
  );
}

/** Records of a connection that are held back or were put aside, a page at a time, with what can be done about one and about all. */
export function HeldRecords({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const [state, setState] = useState<HeldState>("held");
  const [cause, setCause] = useState("");
  const { records, causes } = useProblems(connection.id, state, cause);
  const work = useSettling();
  const name = connection.integrationName;
  if (records.isPending) return <Skeleton className="h-16 w-full rounded-lg" />;
  if (records.isError && !records.data) return <ScreenFault error={records.error} retry={() => void records.refetch()} />;
  const items = records.data.pages.flatMap((page) => page.items);
  const show = (next: HeldState) => {
    setState(next);
    setCause("");
  };
  const known = causes.data ?? [];
  const paused = new Set(
    connection.streams.flatMap(({ id, pauseReasons }) => (pauseReasons.some((one) => one !== "quarantine") ? [id] : [])),
  );
  return (
    <section aria-label={say(`problems.${state}.title`)}>
      {items.length > 0 || state === "skipped" ? (
        <>
          <h2 className="font-semibold text-base">{say(`problems.${state}.title`)}</h2>
          <p className="mt-0.5 mb-3 max-w-[68ch] text-secondary text-sm">{say(`problems.${state}.text`, { name })}</p>
          <div className="mb-2.5 flex flex-wrap items-center gap-2 empty:hidden">
            <ReasonPicker causes={known} cause={cause} onCause={setCause} />
            <ForAll causes={known} {...{ cause, work, state }} />
          </div>
        </>
      ) : null}
      {items.some(({ streamId }) => paused.has(streamId)) ? (
        <div className="mb-2.5">
          <StatusLine tone="wait">{say("problems.paused")}</StatusLine>
        </div>
      ) : null}
      {work.note ? (
        <div className="mb-2.5" role="alert">
          <StatusLine tone={work.note.tone}>{work.note.text}</StatusLine>
        </div>
      ) : null}
      {items.length > 0 ? (
        <ul className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
          {items.map((record) => (
            <HeldRecord key={`${record.streamId} ${record.id}`} {...{ record, name, work }} />
          ))}
        </ul>
      ) : state === "skipped" ? (
        <p className="text-secondary text-sm">{say("problems.skipped.empty")}</p>
      ) : null}
      <div className="mt-3 flex flex-wrap items-center gap-2">
        {records.hasNextPage ? (
          <Button pending={records.isFetchingNextPage} onClick={() => void records.fetchNextPage()}>
            {say("differ.more")}
          </Button>
        ) : null}
        <Button variant="link" size="sm" onClick={() => show(state === "held" ? "skipped" : "held")}>
          {say(state === "held" ? "problems.show_skipped" : "problems.show_held")}
        </Button>
      </div>
    </section>
  );
}
