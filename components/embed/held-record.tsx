"use client";

import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { ERRORS } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import type { ProblemRecord } from "#server/trpc/views/embed";
import { sayAround, useSay } from "./language.tsx";
import type { Settling } from "./use-problems";

type Props = { record: ProblemRecord; name: string; work: Settling };

/** A value of the customer's own for the field that keeps the record back. */
function Correction({ record, name, work, onDone }: Props & { onDone: () => void }) {
  const say = useSay();
  const id = useId();
  const [text, setText] = useState(record.input?.was ?? "");
  const { streamId, externalId, field, input } = record;
  if (!input || field === null || externalId === null) return null;
  const label = say("problems.correct_label", { field: record.fieldName ?? field });
  return (
    <form
      className="mt-2.5 rounded-md border border-hairline bg-muted px-3.5 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        work.correct.mutate({ streamId: streamId as StreamId, externalId, field, value: text }, { onSuccess: onDone });
      }}
    >
      <label htmlFor={id} className="block font-medium text-sm">
        {label}
      </label>
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        <Input
          id={id}
          autoFocus
          dir="auto"
          className="w-auto min-w-0 flex-1 basis-48"
          value={text}
          list={input.values ? `${id} values` : undefined}
          onChange={(event) => setText(event.target.value)}
        />
        {input.values ? (
          <datalist id={`${id} values`}>
            {input.values.map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
        ) : null}
        <Button type="submit" variant="primary" pending={work.correct.isPending} disabled={text.trim() === ""}>
          {say("problems.correct_save")}
        </Button>
        <Button variant="ghost" onClick={onDone}>
          {say("common.cancel")}
        </Button>
      </div>
      <p className="mt-1.5 max-w-[68ch] text-secondary text-xs">{say("problems.correct_text", { name })}</p>
    </form>
  );
}

function Actions({ record, work, onCorrect }: Props & { onCorrect: () => void }) {
  const say = useSay();
  const which = { streamId: record.streamId as StreamId, ids: [record.id] };
  const named = (action: string) => `${action}: ${record.externalId ?? record.ownId ?? ""}`;
  if (record.state === "skipped")
    return (
      <Button size="sm" disabled={work.busy} aria-label={named(say("problems.restore"))} onClick={() => work.restore.mutate(which)}>
        {say("problems.restore")}
      </Button>
    );
  return (
    <>
      {record.input ? (
        <Button size="sm" disabled={work.busy} aria-label={named(say("problems.correct"))} onClick={onCorrect}>
          {say("problems.correct")}
        </Button>
      ) : null}
      <Button
        size="sm"
        disabled={work.busy || (record.retrying && !record.paused)}
        aria-label={named(say("common.try_again"))}
        onClick={() => work.retry.mutate(which)}
      >
        {say("common.try_again")}
      </Button>
      <Button
        size="sm"
        variant="ghost"
        disabled={work.busy}
        aria-label={named(say("problems.skip"))}
        onClick={() => work.skip.mutate(which)}
      >
        {say("problems.skip")}
      </Button>
    </>
  );
}

/** One record that did not get through: what does not fit, who can fix it, and what to do about it. */
export function HeldRecord({ record, name, work }: Props) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const what = record.fieldName ?? record.field;
  const title =
    record.side === "write"
      ? say("problems.not_written", { what: what ?? record.ownId ?? "" })
      : what
        ? say("problems.does_not_fit", { field: what })
        : say("problems.unreadable");
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="min-w-0 break-words font-medium">{title}</p>
        <RelativeTime date={record.since} className="text-secondary text-sm" />
      </div>
      <p className="mt-0.5 max-w-[78ch] break-words text-secondary text-sm">
        {record.state === "unknown" ? `${say("problems.not_known")} ` : ""}
        {record.message}
      </p>
      <p className="mt-1 text-secondary text-xs">
        {sayAround(
          say,
          "problems.record",
          { id: <code className="break-all">{record.externalId ?? record.ownId}</code> },
          { fixer: say(`problems.fix_${record.input ? "customer" : ERRORS[record.code].fixer}`), count: record.attempts },
        )}
      </p>
      {open ? (
        <Correction {...{ record, name, work }} onDone={() => setOpen(false)} />
      ) : (
        <div className="mt-2 flex flex-wrap items-center gap-1.5">
          <Actions {...{ record, name, work }} onCorrect={() => setOpen(true)} />
          {record.retrying ? (
            <span className="ms-1 text-info-text text-xs" role="status">
              {say(record.paused ? "problems.waits" : "problems.retrying")}
            </span>
          ) : null}
        </div>
      )}
    </li>
  );
}
